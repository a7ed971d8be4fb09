"""A value that would be taken for a plain password and looks like a password hash.

Hashed as text, a stolen hash would then be the password. So nothing that looks like one goes in as
a plain password unless somebody has said that it is one.
"""

from __future__ import annotations

from collections.abc import Iterator

from accounts.hashing.outlines import find_outline
from imports.core.decisions.contract import (
    Choice,
    Concern,
    DecisionKind,
    Find,
    Record,
    Setting,
    Source,
)

PLAINTEXT = "authenticators.password.plaintext"
FORMAT = "authenticators.password.format"
HASH, PLAIN, NONE = "hash", "plain", "none"


def prepare(setting: Setting) -> Find:
    """Return what finds the password of a record that looks like a hash."""
    column = setting.origins.get(PLAINTEXT, PLAINTEXT)
    has_format = FORMAT in setting.origins or FORMAT in setting.mapping.constants

    def find(source: Source, record: Record) -> Iterator[Concern]:
        plaintext = _read_password(record).get("plaintext")
        outline = find_outline(plaintext) if isinstance(plaintext, str) else None
        if outline is None:
            return
        is_readable = bool(outline.format_id) or has_format
        choices = (HASH, PLAIN, NONE) if is_readable else (PLAIN, NONE)
        yield Concern(column, outline.text, PLAINTEXT, choices, HASH if is_readable else NONE)

    return find


def apply(record: Record, concern: Concern, choice: str) -> None:
    """Make the value a hash, leave it a password, or take the password out of the record."""
    password = _read_password(record)
    if choice == PLAIN:
        return
    value = password.pop("plaintext")
    if choice == HASH and not password.get("hash"):
        password["hash"] = value
    elif choice == HASH:
        password["plaintext"] = value  # two passwords are told as such
    elif not password.get("hash"):
        del record["authenticators"]["password"]


def _read_password(record: Record) -> Record:
    authenticators = record.get("authenticators")
    password = authenticators.get("password") if isinstance(authenticators, dict) else None
    return password if isinstance(password, dict) else {}


KIND = DecisionKind(
    code="hash_as_password",
    title="A plain password looks like a hash",
    message="What would be the plain password looks like a hash: {value}",
    advice="Decide what it is: a hash taken for a password would let everybody in who has the hash."
    " If all of them are hashes, map the column to “Password hash” instead.",
    afterwards="Decide for all of them at once what it is, and retry; or correct single records.",
    text="“{column}” goes to the plain password, and {count} of its values look like hashes. Taken"
    " as passwords, they would let everybody in who has the hash.",
    choices=(
        Choice(HASH, "Import as password hashes"),
        Choice(PLAIN, "Import as plain passwords"),
        Choice(NONE, "Import without a password"),
    ),
    prepare=prepare,
    apply=apply,
    order=10,
)
