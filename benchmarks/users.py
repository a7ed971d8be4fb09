"""Files of made-up users for the benchmarks: hash, a role, every third with an external login."""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Iterator
from pathlib import Path

import orjson

ROLE = "member"


def make_hash(number: int) -> str:
    """Return an ASP.NET Identity hash (V3, PBKDF2-SHA256, 10,000 rounds) that no password has.

    As long and as random as a real one: what is repeated would compress too well.
    """
    made_up = hashlib.sha384(f"user {number}".encode()).digest()
    head = struct.pack(">BIII", 1, 1, 10_000, 16)
    return base64.b64encode(head + made_up).decode()


def write_users(path: Path, count: int, *, revision: int = 0) -> None:
    """Write so many users as NDJSON; another revision changes the family name of each."""
    with path.open("wb") as file:
        for record in make_records(count, revision):
            file.write(orjson.dumps(record) + b"\n")


def make_records(count: int, revision: int) -> Iterator[dict[str, object]]:
    for number in range(count):
        authenticators: dict[str, object] = {
            "password": {"hash": make_hash(number), "format": "aspnet_identity_v3"}
        }
        if number % 3 == 0:
            authenticators["external_logins"] = [{"provider": "google", "subject": f"g{number}"}]
        yield {
            "subject_id": f"bench-{number:09}",
            "profile": {
                "username": f"user{number}",
                "email": f"user{number}@example.com",
                "email_verified": True,
                "given_name": "Given",
                "family_name": f"Family {revision}",
            },
            "authenticators": authenticators,
            "memberships": {"roles": [ROLE]},
        }
