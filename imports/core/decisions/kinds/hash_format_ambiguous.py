"""A password hash whose look several systems share: nobody can sign in with a wrong guess."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from accounts import hashing
from accounts.hashing.ambiguity import SHARED, list_readings, outline
from imports.core.decisions.contract import (
    Choice,
    Concern,
    DecisionKind,
    Find,
    Record,
    Setting,
    Source,
    read_password,
)

HASH = "authenticators.password.hash"
# Flask-Security hashes a keyed digest, and only its other columns give it away.
FLASK_SECURITY, FLASK_COLUMN = "flask_security", "fs_uniquifier"
SLOW = ("bcrypt", "argon2", "pbkdf2_passlib")


def prepare(setting: Setting) -> Find:
    """Return what finds a hash without a format that does not say of which system it is."""
    column = setting.origins.get(HASH, HASH)

    def find(source: Source, record: Record) -> Iterator[Concern]:
        password = read_password(record)
        value, params = password.get("hash"), _read_params(password)
        if not isinstance(value, str) or password.get("format"):
            return
        readings = list_readings(value, params) or _list_keyed(value, params, source)
        if readings:
            yield Concern(column, outline(value, params), HASH, readings)

    return find


def _list_keyed(value: str, params: Mapping[str, Any], source: Source) -> tuple[str, ...]:
    """Return the two readings of a slow hash in a table of Flask-Security."""
    if FLASK_COLUMN not in source:
        return ()
    settled, _ = hashing.settle_format(value, "", params)
    return (settled, FLASK_SECURITY) if settled in SLOW else ()


def apply(record: Record, concern: Concern, choice: str) -> None:
    """Declare the format, and keep those of the parameters that are for it."""
    password = read_password(record)
    names = {parameter.name for parameter in hashing.FORMATS[choice].parameters}
    kept = {name: given for name, given in _read_params(password).items() if name in names}
    password["format"] = choice
    password["params"] = kept


def _read_params(password: Record) -> dict[str, Any]:
    params = password.get("params")
    return params if isinstance(params, dict) else {}


def _list_choices() -> Iterator[Choice]:
    for each in SHARED.values():
        yield Choice(each.id, f"{each.label}: {each.formula}")
    for name in SLOW:
        yield Choice(name, f"{hashing.FORMATS[name].label}: the hash of the password itself")


KIND = DecisionKind(
    code="hash_format_ambiguous",
    title="The password hash can be of several systems",
    message="Hashes of several systems look like this one: {value}",
    advice="Choose the source system. If you know one user's password, “Test a password” on the"
    " mapping page finds out which it is. With a wrong choice, nobody can sign in.",
    afterwards="Choose the source system for all of them at once, and retry. If nobody knows it,"
    " import these users without the password and send a reset.",
    text="The hashes of “{column}” can be of several systems, which compute them in different ways."
    " {count} records wait for the choice.",
    choices=tuple(_list_choices()),
    prepare=prepare,
    apply=apply,
    order=20,
    summary_label="Hash of one of several systems",
    is_found_by_testing=True,
)
