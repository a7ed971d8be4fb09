"""Every shape in which hashes were found where plain passwords should be, and how each is asked."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from imports.core.column_samples import ColumnSample
from imports.core.inspection.inspection import describe_column
from imports.core.mapping import MappedRow, Mapping, RecordMapper, Rule
from imports.core.readers import RawRow
from imports.core.records.records import Password

DIGEST = hashlib.sha256(b"made up").digest()
BCRYPT = "$2b$10$rPWi9bREDEbfcdReyLNtbur40oOWnz8dMOzwy4FIqH3AnH/VM7ogS"
TARGET = "authenticators.password.plaintext"
# What systems keep where a password could be looked for; none is of a real person.
SHAPES = {
    "bcrypt": BCRYPT,
    "bcrypt as Python writes bytes": f"b'{BCRYPT}'",
    "bcrypt behind a spreadsheet's apostrophe": f"'{BCRYPT}",
    "bcrypt in base64": base64.b64encode(BCRYPT.encode()).decode(),
    "bcrypt cut off": BCRYPT[:40],
    "noop of Spring around a hash": "{noop}" + BCRYPT,
    "PLAIN of Dovecot around a hash": "{PLAIN}" + BCRYPT,
    "encoded PLAIN around a hash": "{PLAIN.B64}" + base64.b64encode(BCRYPT.encode()).decode(),
    "MySQL 4.1": "*" + DIGEST.hex()[:40].upper(),
    "MySQL before 4.1": DIGEST.hex()[:16],
    "SQL Server": "0x0200" + "9F" * 68,
    "PostgreSQL md5": "md5" + DIGEST.hex()[:32],
    "PostgreSQL bytea": "\\x" + DIGEST.hex(),
    "PostgreSQL SCRAM": f"SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:{'c' * 24}",
    "Oracle 11g": "S:" + DIGEST.hex()[:60].upper(),
    "LM and NT": f"{'0A' * 16}:{'1B' * 16}",
    "MD5 as a GUID of BitConverter": DIGEST.hex("-")[:47].upper(),
    "SHA-256 in base64": base64.b64encode(DIGEST).decode(),
    "SHA-256 in base64 of URLs": base64.urlsafe_b64encode(DIGEST).decode().rstrip("="),
    "iterations, salt and hash": f"10000:c2FsdHNhbHQ=:{base64.b64encode(DIGEST).decode()}",
    "named PBKDF2": f"pbkdf2:sha512:9:pepper:{base64.b64encode(DIGEST).decode()}",
    "scheme that nobody knows": "{PBKDF2-HMAC-XYZ}10:" + base64.b64encode(DIGEST).decode(),
    "mark that nobody knows": "$xy$" + "q" * 43,
    "JSON": '{"algorithm": "home-made", "digest": "abc", "salt": "def"}',
    "salt behind the hash": f"{DIGEST.hex()[:32]}:pepper",
    "digest of digits alone": "12345678901234567890123456789012",
}


def map_password(
    text: str, answer: str = "", samples: dict[str, ColumnSample] | None = None
) -> MappedRow:
    rules = [Rule(source="id", target="subject_id"), Rule(source="pw", target=TARGET)]
    answers: dict[str, Any] = {"hash_as_password:pw": answer} if answer else {}
    mapper = RecordMapper(Mapping(rules=rules, answers=answers), {}, samples)
    return mapper.map_row(RawRow(1, 2, {"id": "7", "pw": text}))


def read_password(row: MappedRow) -> Password | None:
    assert row.record is not None
    return row.record.authenticators.password


# One that can be nothing else needs no answer: it is imported as a hash.
CERTAIN = {"bcrypt", "SQL Server", "Oracle 11g"}
UNCERTAIN = {name: text for name, text in SHAPES.items() if name not in CERTAIN}


@pytest.mark.parametrize("text", UNCERTAIN.values(), ids=UNCERTAIN)
def test_nothing_that_looks_like_a_hash_becomes_a_password_unasked(text: str) -> None:
    row = map_password(text)

    assert row.record is None
    assert row.problems[0].code == "hash_as_password"
    assert text[-10:] not in str(row.problems)


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
def test_as_a_hash_it_is_never_hashed_as_text(text: str) -> None:
    row = map_password(text, "hash")

    assert row.record is None or (password := read_password(row)) is None or not password.plaintext


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES)
def test_without_a_password_nobody_can_sign_in_with_it(text: str) -> None:
    assert read_password(map_password(text, "none")) is None


def test_a_noop_around_a_hash_asks_in_a_column_of_hashes_too() -> None:
    rules = [
        Rule(source="id", target="subject_id"),
        Rule(source="pw", target="authenticators.password.hash"),
    ]
    row = RawRow(1, 2, {"id": "7", "pw": "{noop}" + BCRYPT})
    mapping = Mapping(rules=rules)
    assert RecordMapper(mapping, {}).map_row(row).problems[0].code == "hash_as_password"

    answered = mapping.model_copy(update={"answers": {"hash_as_password:pw": "hash"}})
    password = read_password(RecordMapper(answered, {}).map_row(row))

    assert password is not None
    assert password.format == "bcrypt"


DES = ["abJnggxhB/yWI", "rl.3StKT.4T8M", "sa3tHJ3/KuYvI", "yzR9BzLbUhOFo"]


def test_a_column_of_des_crypt_is_one_of_hashes() -> None:
    assert describe_column("password", DES, 4).shape == "hash"
    assert describe_column("password", ["Winter2024abd", *DES[1:]], 4).shape != "hash"
    assert describe_column("password", DES[:3], 3).shape != "hash"


def test_des_crypt_is_asked_about_where_the_column_gives_it_away() -> None:
    samples = {"pw": describe_column("pw", DES, 4)}

    assert map_password(DES[0], samples=samples).problems[0].params == {"value": "DES crypt"}
    assert map_password(DES[0]).record is not None
    assert map_password("Blue-River-42", samples=samples).record is not None
    password = read_password(map_password(DES[0], "hash", samples))
    assert password is not None
    assert password.format == "des_crypt"


def test_a_bare_digest_that_was_decided_to_be_a_hash_is_asked_for_its_formula_next() -> None:
    (problem,) = map_password(DIGEST.hex(), "hash").problems

    assert (problem.code, problem.column) == ("hash_format_ambiguous", "pw")
