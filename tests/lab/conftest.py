"""What the tests of the lab share with those of imports."""

from __future__ import annotations

import pytest

from tests.imports.conftest import operator

__all__ = ["operator"]


@pytest.fixture(autouse=True)
def _quick_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.sign_in.adapters.wait_out_failed_sign_in", lambda started: None)
