"""The known-answer vectors, and a preferred hasher cheap enough to run beside each of them."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts import hashers
from accounts.hashing import FORMATS
from accounts.passwords.profiles import PROFILES, CostProfile

# Where no other test needs the site, Django's side of the hashers needs no more than this of it.
if not settings.configured:
    settings.configure(PASSWORD_HASHERS=hashers.PASSWORD_HASHERS, PASSWORD_COST_PROFILE="owasp")

VECTOR_FILES = sorted((Path(__file__).parents[2] / "vectors").glob("*.json"))


class Vector:
    """One known answer: a hash as its source presents it, a password, and whether they match."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self.format_id: str = fields["format"]
        self.value: str = fields["hash"]
        self.params: dict[str, object] = fields["params"]
        self.expected: bool = fields["expect"]
        self.password: str | bytes = fields["password"]
        if fields["password"] is None:
            self.password = base64.b64decode(fields["password_b64"])


VECTORS = [Vector(fields) for path in VECTOR_FILES for fields in json.loads(path.read_text())]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each vector, matching vector or format that it asks for by name."""
    if "vector" in metafunc.fixturenames:
        ids = [f"{vector.format_id}-{index}" for index, vector in enumerate(VECTORS)]
        metafunc.parametrize("vector", VECTORS, ids=ids)
    if "matching" in metafunc.fixturenames:
        first = {vector.format_id: vector for vector in reversed(VECTORS) if vector.expected}
        metafunc.parametrize("matching", first.values(), ids=first.keys())
    if "format_id" in metafunc.fixturenames:
        metafunc.parametrize("format_id", FORMATS)


@pytest.fixture
def vectors() -> list[Vector]:
    return VECTORS


@pytest.fixture(autouse=True)
def _quick_hasher(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROFILES, settings.PASSWORD_COST_PROFILE, CostProfile(64, 1, 1))
