"""Every kind of legacy directory is found, and told of in the guide."""

from pathlib import Path

import pytest

from imports.directory_client.kind import Kind
from imports.directory_client.registry import KINDS

GUIDE = Path(__file__).parents[3] / "docs" / "legacy-directories.md"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda each: each.name)
def test_every_kind_is_documented(kind: Kind) -> None:
    assert f"\n| {kind.label} |" in GUIDE.read_text("utf-8")


def test_own_contract_is_offered_first() -> None:
    assert next(iter(KINDS)) == "http"
