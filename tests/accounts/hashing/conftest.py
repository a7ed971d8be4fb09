"""The known-answer vectors, and a preferred hasher cheap enough to run beside each of them."""

import base64
import json
from collections import defaultdict
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts import hashers, hashing
from accounts.hashing import FORMATS
from accounts.passwords.profiles import PROFILES, CostProfile
from tests.each_case import Cases, parametrize_each

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
# Known answers that take longer than a moment are left to the long run, but for one of their kind.
COSTLY_SECONDS = 0.02


def estimate_seconds(vector: Vector) -> float:
    """Return how long verifying a known answer takes; nothing where the hash is refused."""
    try:
        stored = hashing.encode(vector.format_id, vector.value, vector.params)
    except hashing.HashError:
        return 0.0
    return hashing.registry.read_stored(stored)[1].estimate(len(vector.password)).seconds


@cache
def list_by_seconds() -> list[tuple[float, int, Vector]]:
    """Return the known answers with what they take and their numbers, the cheapest first."""
    counted = [(estimate_seconds(each), number, each) for number, each in enumerate(VECTORS)]
    return sorted(counted, key=itemgetter(0, 1))


def choose_matching() -> dict[str, Vector]:
    """Return the first matching vector of each format that is not costly, or the cheapest."""
    by_cost = [
        (seconds // COSTLY_SECONDS, number, each) for seconds, number, each in list_by_seconds()
    ]
    found: dict[str, Vector] = {}
    for _, _, vector in sorted(by_cost, key=itemgetter(0, 1)):
        if vector.expected:
            found.setdefault(vector.format_id, vector)
    return found


def choose_vectors(*, is_long: bool) -> dict[str, Cases]:
    """Return known answers of each format: all, or of the costly ones the cheapest of a kind."""
    found: dict[str, Cases] = defaultdict(Cases)
    kinds = set()
    for seconds, number, vector in list_by_seconds():
        kind = vector.format_id, vector.expected
        if is_long or seconds < COSTLY_SECONDS or kind not in kinds:
            found[vector.format_id][f"vector {number}"] = vector
        kinds.add(kind)
    return found


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test each vector, matching vector or format that it asks for by name."""
    if "vector" in metafunc.fixturenames:
        found = choose_vectors(is_long=metafunc.config.getoption("--long"))
        metafunc.parametrize("vector", found.values(), ids=found.keys())
    if "matching" in metafunc.fixturenames:
        parametrize_each(metafunc, "matching", choose_matching())
    if "format_id" in metafunc.fixturenames:
        parametrize_each(metafunc, "format_id", {format_id: format_id for format_id in FORMATS})


@pytest.fixture
def vectors() -> list[Vector]:
    return VECTORS


@pytest.fixture(autouse=True)
def _quick_hasher(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROFILES, settings.PASSWORD_COST_PROFILE, CostProfile(64, 1, 1))
