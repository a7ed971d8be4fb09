"""Files of made-up users for the benchmarks: hash, a role, every third with an external login."""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Iterator
from pathlib import Path

import orjson

HASHES = 50
ROLE = "member"


def make_hash(number: int) -> str:
    """Return an ASP.NET Identity hash (V3, PBKDF2-SHA256, 10,000 rounds) of `Bench-<number>`."""
    salt = hashlib.sha256(f"salt {number}".encode()).digest()[:16]
    key = hashlib.pbkdf2_hmac("sha256", f"Bench-{number}".encode(), salt, 10_000, 32)
    head = struct.pack(">BIII", 1, 1, 10_000, len(salt))
    return base64.b64encode(head + salt + key).decode()


def write_users(path: Path, count: int, *, revision: int = 0) -> None:
    """Write so many users as NDJSON; another revision changes the family name of each."""
    hashes = [make_hash(number) for number in range(HASHES)]
    with path.open("wb") as file:
        for record in make_records(count, hashes, revision):
            file.write(orjson.dumps(record) + b"\n")


def make_records(count: int, hashes: list[str], revision: int) -> Iterator[dict[str, object]]:
    for number in range(count):
        authenticators: dict[str, object] = {
            "password": {"hash": hashes[number % HASHES], "format": "aspnet_identity_v3"}
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
