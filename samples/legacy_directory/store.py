"""The table AspNetUsers in SQLite, and the passwords in it."""

from __future__ import annotations

import base64
import csv
import hashlib
import hmac
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

SAMPLE = Path(__file__).parents[1] / "aspnet_identity_users.csv"
# Whoever is locked out for ever is disabled; ASP.NET Identity has no other word for it.
FOR_EVER = "9999"
DIGESTS = {0: "sha1", 1: "sha256", 2: "sha512"}
SCHEMA = """
CREATE TABLE AspNetUsers (
    Id TEXT PRIMARY KEY,
    UserName TEXT NOT NULL,
    NormalizedUserName TEXT NOT NULL UNIQUE,
    Email TEXT,
    NormalizedEmail TEXT,
    EmailConfirmed INTEGER NOT NULL DEFAULT 0,
    PasswordHash TEXT,
    PhoneNumber TEXT,
    PhoneNumberConfirmed INTEGER NOT NULL DEFAULT 0,
    LockoutEnd TEXT,
    MustChangePassword INTEGER NOT NULL DEFAULT 0,
    MigratedAt TEXT
);
CREATE INDEX EmailIndex ON AspNetUsers (NormalizedEmail);
"""
COLUMNS = (
    "Id",
    "UserName",
    "NormalizedUserName",
    "Email",
    "NormalizedEmail",
    "EmailConfirmed",
    "PasswordHash",
    "PhoneNumber",
    "PhoneNumberConfirmed",
    "LockoutEnd",
    "MustChangePassword",
)
User = dict[str, Any]


class UserStore:
    """The users of the old system, in one SQLite file, which is made if it is not there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._open() as database:
                database.executescript(SCHEMA)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=30)) as database:
            database.row_factory = sqlite3.Row
            with database:
                yield database

    def add(self, user: User) -> None:
        """Add a user given by columns; the normalised ones are made."""
        name, email = user["UserName"], user.get("Email")
        row = {
            "EmailConfirmed": 0,
            "PhoneNumberConfirmed": 0,
            "MustChangePassword": 0,
            **user,
            "NormalizedUserName": name.upper(),
            "NormalizedEmail": email.upper() if email else None,
        }
        marks = ", ".join("?" * len(COLUMNS))
        with self._open() as database:
            database.execute(
                f"INSERT INTO AspNetUsers ({', '.join(COLUMNS)}) VALUES ({marks})",  # noqa: S608
                [row.get(column) for column in COLUMNS],
            )

    def add_sample(self) -> None:
        """Add the forty users of the sample export; every fifth has to choose a new password."""
        with SAMPLE.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), start=1):
                user = {name: None if text == "NULL" else text for name, text in row.items()}
                self.add({**user, "MustChangePassword": int(number % 5 == 0)})

    def find(self, identifier: str) -> User | None:
        """Return the user with this user name or e-mail address."""
        wanted = identifier.strip().upper()
        with self._open() as database:
            row = database.execute(
                "SELECT * FROM AspNetUsers WHERE NormalizedUserName = ? OR NormalizedEmail = ?",
                [wanted, wanted],
            ).fetchone()
        return dict(row) if row else None

    def mark_migrated(self, subject_id: str) -> None:
        """Note when the user moved; the first time counts."""
        with self._open() as database:
            database.execute(
                "UPDATE AspNetUsers SET MigratedAt = coalesce(MigratedAt, datetime('now'))"
                " WHERE Id = ?",
                [subject_id],
            )

    def count_migrated(self) -> int:
        with self._open() as database:
            counted = database.execute("SELECT count(MigratedAt) FROM AspNetUsers").fetchone()
        return int(counted[0])


def is_disabled(user: User) -> bool:
    return (user["LockoutEnd"] or "").startswith(FOR_EVER)


def verify_password(password: str, stored: str | None) -> bool:
    """Verify as PasswordHasher of ASP.NET Identity does, version 2 and 3."""
    raw = base64.b64decode(stored or "")
    if not raw:
        return False
    if raw[0] == 0:
        digest, rounds, salt, key = "sha1", 1000, raw[1:17], raw[17:]
    else:
        digest = DIGESTS[int.from_bytes(raw[1:5])]
        rounds, salt_length = int.from_bytes(raw[5:9]), int.from_bytes(raw[9:13])
        salt, key = raw[13 : 13 + salt_length], raw[13 + salt_length :]
    made = hashlib.pbkdf2_hmac(digest, password.encode(), salt, rounds, len(key))
    return hmac.compare_digest(made, key)


def hash_password(password: str, rounds: int = 100_000) -> str:
    """Return the hash that version 3 with SHA-512 stores."""
    salt = os.urandom(16)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds, 32)
    head = b"\x01" + (2).to_bytes(4) + rounds.to_bytes(4) + len(salt).to_bytes(4)
    return base64.b64encode(head + salt + key).decode()
