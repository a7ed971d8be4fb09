"""A value that would be taken for a plain password and looks like a password hash.

Hashed as text, a stolen hash would then be the password. So nothing that looks like one goes in as
a plain password unless somebody has said that it is one. A value with the mark of its format, and
all that has to follow it, can be nothing but a hash: it is imported as one, and as nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from accounts.hashing import HashFormatError
from accounts.hashing.families.ldap import read_plaintext
from accounts.hashing.outlines import find_des_crypt, find_outline
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

PLAINTEXT = "authenticators.password.plaintext"
HASHED = "authenticators.password.hash"
FORMAT = "authenticators.password.format"
HASH, PLAIN, NONE = "hash", "plain", "none"


def prepare(setting: Setting) -> Find:
    """Return what finds the password of a record that looks like a hash."""
    has_format = FORMAT in setting.origins or FORMAT in setting.constants

    def name_column(field: str) -> str:
        return setting.origins.get(field, field)

    sample = setting.samples.get(name_column(PLAINTEXT))
    # What makes a column of hashes does not show in each of its values.
    is_column_of_hashes = sample is not None and sample.shape == "hash"

    def find(source: Source, record: Record) -> Iterator[Concern]:
        for field, text, is_declared in _list_plain(read_password(record)):
            outline = find_outline(text) or (find_des_crypt(text) if is_column_of_hashes else None)
            if outline is None:
                continue
            column = name_column(field)
            if outline.is_certain and not has_format and not is_declared:
                yield Concern(column, outline.text, field, (HASH, NONE), HASH, is_certain=True)
                continue
            is_readable = bool(outline.format_id) or has_format
            choices = (HASH, PLAIN, NONE) if is_readable else (PLAIN, NONE)
            proposal = HASH if is_readable else NONE
            yield Concern(column, outline.text, field, choices, proposal)

    return find


def _list_plain(password: Record) -> Iterator[tuple[str, str, bool]]:
    """Yield field and text of what would be hashed as a password, and if it says that it is one."""
    plaintext, hashed = password.get("plaintext"), password.get("hash")
    if isinstance(plaintext, str):
        yield PLAINTEXT, _unwrap(plaintext), _read_inner(plaintext) is not None
    if isinstance(hashed, str) and (inner := _read_inner(hashed)) is not None:
        yield HASHED, inner, True


def _unwrap(text: str) -> str:
    """Return a hash that stands where a plain password would; any other text as it is."""
    inner = _read_inner(text)
    inner = text.strip() if inner is None else inner
    return inner if inner != text and find_outline(inner) else text


def _read_inner(text: str) -> str | None:
    """Return what stands behind {noop} of Spring, {PLAIN} of Dovecot and the like, None without.

    It is said to be the password itself.
    """
    try:
        inner = read_plaintext(text.strip())
    except HashFormatError:
        return None
    return inner.decode("utf-8", "replace") if isinstance(inner, bytes) else inner


def apply(record: Record, concern: Concern, choice: str) -> None:
    """Make the value a hash, leave it a password, or take the password out of the record."""
    if choice == PLAIN:
        return
    password = read_password(record)
    leaf = concern.field.rpartition(".")[2]
    value = _unwrap(str(password.pop(leaf)))
    if choice == HASH:
        # Beside another hash it stays where it was: two passwords are told as such.
        password["plaintext" if password.get("hash") else "hash"] = value
        return
    drop_empty_password(record)


KIND = DecisionKind(
    code="hash_as_password",
    title="A plain password looks like a hash",
    message="The plain password looks like a hash: {value}",
    advice="Decide whether these values are hashes or passwords. If a hash is imported as a "
    "password, anybody who has the hash can sign in with it. If all values are hashes, map "
    "the column to “Password hash” instead.",
    afterwards="Decide for all values at once and retry, or correct individual records.",
    text="“{column}” is mapped to the plain password but has values that look like hashes: "
    "{values}. If they are imported as passwords, anybody who has a hash can sign in with it.",
    certain_text="These values of “{column}” have the marker of a hash format and are imported "
    "as password "
    "hashes: {values}.",
    choices=(
        Choice(HASH, "Import as password hashes"),
        Choice(PLAIN, "Import as plain passwords"),
        Choice(NONE, "Import without a password"),
    ),
    prepare=prepare,
    apply=apply,
    order=10,
)
