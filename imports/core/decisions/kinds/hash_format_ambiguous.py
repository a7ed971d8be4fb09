"""A password hash that does not say how it was made: nobody can sign in with a wrong guess.

Several systems write what looks the same, and a plain password can look like a short hash. The
second is told by the other values of the column.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from accounts import hashing
from accounts.hashing.ambiguity import SHARED, SLOW, list_readings, outline
from accounts.hashing.labels import read_label
from accounts.hashing.outlines import find_readable, may_be_plain
from imports.core.decisions.contract import (
    Choice,
    Concern,
    DecisionKind,
    Find,
    Record,
    Setting,
    Source,
    drop_empty_password,
    read_password,
)

HASH, PLAINTEXT = "authenticators.password.hash", "authenticators.password.plaintext"
PLAIN, NONE = "plain", "none"
# Formats of short texts that any other text of letters and digits can look like.
SHORT = ("bsdi_crypt", "des_crypt")


def prepare(setting: Setting) -> Find:
    """Return what finds a hash without a format that does not say of which system it is."""
    # Another decision may have made a hash of what was mapped to the plain password.
    column = setting.origins.get(HASH) or setting.origins.get(PLAINTEXT, HASH)
    sample = setting.samples.get(column)
    usual = sample.hash_format if sample is not None else ""

    def find(source: Source, record: Record) -> Iterator[Concern]:
        password = read_password(record)
        value = password.get("hash")
        if not isinstance(value, str):
            return
        label = str(password.get("format") or "")
        declared, params = read_label(value, label, _read_params(password))
        if declared:
            return
        readings = list_readings(value, params, source)
        likely = find_readable(value) if may_be_plain(value) else ""
        fitting = readings or ((likely,) if likely in SHORT else ())
        if fitting and likely not in {"", usual}:
            yield Concern(column, outline(value, params), HASH, (*fitting, PLAIN, NONE))
        elif readings:
            yield Concern(column, outline(value, params), HASH, readings)

    return find


def apply(record: Record, concern: Concern, choice: str) -> None:
    """Declare the format, with those of the parameters that are for it; or take the hash out."""
    password = read_password(record)
    if choice in hashing.FORMATS:
        names = {parameter.name for parameter in hashing.FORMATS[choice].parameters}
        kept = {name: given for name, given in _read_params(password).items() if name in names}
        password["format"] = choice
        password["params"] = kept
        return
    if choice == PLAIN and password.get("plaintext"):
        return  # two passwords are told as such
    value = password.pop("hash")
    if choice == PLAIN:
        password["plaintext"] = value
        password.pop("params", None)
    drop_empty_password(record)


def _read_params(password: Record) -> dict[str, Any]:
    params = password.get("params")
    return params if isinstance(params, dict) else {}


def _list_choices() -> Iterator[Choice]:
    for each in SHARED.values():
        yield Choice(each.id, f"{each.label}: {each.formula}")
    for name in SLOW:
        yield Choice(name, f"{hashing.FORMATS[name].label}: the hash of the password itself")
    for name in SHORT:
        yield Choice(name, f"{hashing.FORMATS[name].label}, as of old Unix systems")
    yield Choice(PLAIN, "Import as plain passwords")
    yield Choice(NONE, "Import without a password")


KIND = DecisionKind(
    code="hash_format_ambiguous",
    title="The format of the password hash is ambiguous",
    message="Several hash formats, or a plain password, look like this value: {value}",
    advice=(
        "Choose the password format. If you know one user's password, “Test sign-in” on the "
        "mapping page finds the format. With a wrong format, nobody can sign in."
    ),
    afterwards="Choose the password format for all hashes at once and retry. If nobody knows it, "
    "import "
    "these users without a password and send a password reset.",
    text="The hashes in “{column}” match several password formats, or are short enough to be plain "
    "passwords: {values}. Records waiting for the decision: {count}.",
    choices=tuple(_list_choices()),
    prepare=prepare,
    apply=apply,
    order=20,
    summary_label="Hash of an ambiguous format",
    is_found_by_testing=True,
)
