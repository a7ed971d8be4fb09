"""What new users of other source systems cost, and files of which one row in twenty is unusual.

Each file is imported twice, one after the other: as it is, and with every row as a record.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from unittest.mock import patch

import orjson

from benchmarks import jobs, reports, users
from benchmarks.stages import read_backend_seconds

Write = Callable[[Path, int], None]
ODD_EVERY = 20
ASPNET_COLUMNS = (
    *("Id", "UserName", "NormalizedUserName", "Email", "NormalizedEmail", "EmailConfirmed"),
    *("PasswordHash", "SecurityStamp", "PhoneNumber", "PhoneNumberConfirmed"),
    *("TwoFactorEnabled", "LockoutEnd", "LockoutEnabled", "AccessFailedCount"),
)


def write_keycloak(path: Path, count: int) -> None:
    """Write a realm as the export does, each user with a password of Keycloak's and a role."""
    records = [make_keycloak_user(number) for number in range(count)]
    path.write_bytes(orjson.dumps({"realm": "bench", "enabled": True, "users": records}))


def make_keycloak_user(number: int) -> dict[str, Any]:
    made_up = hashlib.sha512(f"user {number}".encode()).digest()
    secret = {
        "value": base64.b64encode(made_up).decode(),
        "salt": base64.b64encode(made_up[:16]).decode(),
        "additionalParameters": {},
    }
    public = {"hashIterations": 27500, "algorithm": "pbkdf2-sha256", "additionalParameters": {}}
    return {
        "id": make_uuid(made_up),
        "createdTimestamp": 1577923200000 + number,
        "username": f"user{number}",
        "enabled": True,
        "totp": False,
        "emailVerified": True,
        "firstName": "Given",
        "lastName": f"Family {number}",
        "email": f"user{number}@example.com",
        "credentials": [
            {
                "type": "password",
                "createdDate": 1577836800000,
                "secretData": orjson.dumps(secret).decode(),
                "credentialData": orjson.dumps(public).decode(),
            }
        ],
        "disableableCredentialTypes": [],
        "requiredActions": [],
        "realmRoles": ["default-roles-bench", users.ROLE],
        "notBefore": 0,
        "groups": [],
    }


def write_auth0(path: Path, count: int) -> None:
    """Write users as Auth0 delivers them with their hashes, a bcrypt hash each."""
    with path.open("wb") as file:
        for number in range(count):
            made_up = hashlib.sha384(f"user {number}".encode()).hexdigest()
            record = {
                "user_id": made_up[:24],
                "email": f"user{number}@example.com",
                "email_verified": True,
                "given_name": "Given",
                "family_name": f"Family {number}",
                "name": f"Given Family {number}",
                "blocked": False,
                "password_hash": f"$2b$10${made_up[:52]}.",
                "user_metadata": {"theme": "dark"},
                "app_metadata": {"plan": "free"},
            }
            file.write(orjson.dumps(record) + b"\n")


def write_aspnet(path: Path, count: int) -> None:
    """Write the table of ASP.NET Identity, which does not say in which format its hashes are."""
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(ASPNET_COLUMNS)
        for number in range(count):
            made_up = hashlib.sha512(f"user {number}".encode()).digest()
            email = f"user{number}@example.com"
            names = (email, email.upper(), email, email.upper())
            secrets = (users.make_hash(number), made_up.hex().upper()[:32])
            rest = ("NULL", 0, 0, "NULL", 1, 0)
            table.writerow([make_uuid(made_up), *names, 1, *secrets, *rest])


def write_unusual(path: Path, count: int) -> None:
    """Write the records of the other benchmarks, of which one in twenty has a further address."""
    with path.open("wb") as file:
        for number, record in enumerate(users.make_records(count, 0)):
            if number % ODD_EVERY == 0:
                profile: Any = record["profile"]
                profile["emails"] = [{"email": f"other{number}@example.com"}]
            file.write(orjson.dumps(record) + b"\n")


def make_uuid(made_up: bytes) -> str:
    digits = made_up.hex()
    return "-".join(
        (digits[:8], digits[8:12], f"4{digits[13:16]}", f"a{digits[17:20]}", digits[20:32])
    )


FILES: dict[str, tuple[str, Write]] = {
    "native": ("native.ndjson", users.write_users),
    "native, one row in twenty unusual": ("unusual.ndjson", write_unusual),
    "Keycloak realm": ("realm.json", write_keycloak),
    "Auth0": ("auth0.ndjson", write_auth0),
    "ASP.NET Identity, CSV without a declared format": ("users.csv", write_aspnet),
}


def measure_all(folder: Path, count: int, chunk_rows: int) -> Iterator[reports.Table]:
    """Yield a table of the CPU time of each source."""
    from importer_site.celery import collect_seldom

    collect_seldom()
    table = reports.Table(
        f"Creating {count:,} users of other sources: µs of CPU per user, one process",
        ("", "Python", "PostgreSQL", "as records, Python", "as records, PostgreSQL", "times"),
    )
    for name, (file, write) in FILES.items():
        write(folder / file, count)
        spent = [
            each / count * 1e6
            for as_records in (False, True)
            for each in _spend(folder / file, chunk_rows, as_records=as_records)
        ]
        table.add(name, *spent, sum(spent[2:]) / sum(spent[:2]))
    yield table


def _spend(path: Path, chunk_rows: int, *, as_records: bool) -> tuple[float, float]:
    """Return the CPU seconds of this process and of its backend for a run."""
    from imports.core.columns import Table

    jobs.empty_tables()
    job = jobs.make_job(path, "skip", chunk_rows)
    nothing = patch("imports.core.columns.ColumnReader.read", lambda *_: Table())
    python, database = time.process_time(), read_backend_seconds()
    with nothing if as_records else nullcontext():
        jobs.run_here(job)
    return time.process_time() - python, read_backend_seconds() - database
