"""The people in the sample exports, and how all samples are written."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import bcrypt

NAMES = """Ada Ahlberg
Bashir Brandt
Chloé Castillo
Dmitri Dvořák
Elif Eriksen
Farah Fontaine
Goran Grünwald
Hana Haddad
Idris Ivanova
Jürgen Jansen
Kwame Kowalski
"""
GIVEN_NAMES = [line.split()[0] for line in NAMES.splitlines()]
FAMILY_NAMES = [line.split()[1] for line in NAMES.splitlines()]
# Reserved by Ofcom for use in drama: nobody has such a number.
PHONE_START = "+441632960"


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up user; `number` counts from 1 and determines everything."""

    number: int

    @property
    def given_name(self) -> str:
        return GIVEN_NAMES[self.number % len(GIVEN_NAMES)]

    @property
    def family_name(self) -> str:
        return FAMILY_NAMES[self.number * 3 % len(FAMILY_NAMES)]

    @property
    def email(self) -> str:
        return f"user{self.number:02}@example.com"

    @property
    def phone(self) -> str:
        return f"{PHONE_START}{self.number:03}"

    @property
    def id(self) -> str:
        return str(uuid.UUID(bytes=derive(f"id {self.number}", 16), version=4))


def derive(label: str, length: int) -> bytes:
    """Return bytes that look random and are the same each time."""
    return hashlib.shake_256(f"userferry sample: {label}".encode()).digest(length)


def hash_bcrypt(password: str, label: str, cost: int) -> str:
    # bcrypt's own base64 has other letters; these are in both.
    letters = base64.b64encode(derive(label, 16)).decode().replace("+", ".").replace("=", "")
    salt = f"$2b${cost:02}${letters[:21]}e"
    return bcrypt.hashpw(password.encode(), salt.encode()).decode()


def write_csv(columns: list[str], rows: Iterable[dict[str, Any]]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()
