"""Check the columns of fields, each by the type that the record has for it.

What is plain is known by a look at the whole column; any other value is given to the type itself.
A value that the type refuses makes its row leave.
"""

from __future__ import annotations

import re
import sys
import typing
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Annotated, Any

from pydantic import StringConstraints, TypeAdapter, ValidationError

from accounts.identifiers import E164
from imports.core.columns.table import EXPIRES_AT, GROUPS, LOGINS, MUST_CHANGE, ROLES
from imports.core.mapping.mapper import read_json
from imports.core.records.records import (
    DOMAIN,
    EMAIL_LOCAL_PART,
    Authenticators,
    Memberships,
    Part,
    Password,
    Profile,
    UserImportRecord,
    is_nothing,
)
from imports.core.values.timestamps import to_utc

# The values of a column as records have them, and the places of those whose rows leave.
Checked = tuple[list[Any], Collection[int]]
Check = Callable[[Sequence[Any]], Checked]

# What PostgreSQL refuses, and what Python and pydantic do not agree on whether it is white space.
ODD = re.compile("[\x00\x1c-\x1f\ud800-\udfff]")
EMAIL = re.compile(f"(?:{EMAIL_LOCAL_PART.pattern})@(?:{DOMAIN.pattern})")
# ISO 8601 in the spelling that Python and pydantic read alike.
TIMESTAMP = re.compile(
    r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(?:\.[0-9]{1,6})?(?:Z|[+-][01][0-9]:[0-5][0-9])?"
)
# Different values of a column that are remembered with what the type makes of them.
REMEMBERED = 2_000
NONE_LEAVE: Collection[int] = frozenset()
_LEAVES = object()


class TypeCheck:
    """Gives every value to the type of its field."""

    def __init__(self, model: type[Part], name: str) -> None:
        info = model.model_fields[name]
        known: Any = (
            Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
        )
        self._type: TypeAdapter[Any] = TypeAdapter(known, config=Part.model_config)
        self._limit = _find_limit(known) or sys.maxsize

    def __call__(self, values: Sequence[Any]) -> Checked:
        return _part_leaving([self._ask(value) for value in values])

    def _ask(self, value: Any) -> Any:
        """Return the value as a record has it, None for nothing."""
        if is_nothing(value):
            return None
        try:
            return self._type.validate_python(value)
        except ValidationError:
            return _LEAVES


class TextCheck(TypeCheck):
    """Takes texts as they are, without the white space around them."""

    def __call__(self, values: Sequence[Any]) -> Checked:
        texts = read_texts(values)
        if texts is None:
            return super().__call__(values)
        if max(map(len, texts), default=0) <= self._limit:
            return ([text or None for text in texts] if "" in texts else texts), NONE_LEAVE
        return _part_leaving(
            [
                (text or None) if len(text) <= self._limit else self._ask(value)
                for text, value in zip(texts, values, strict=True)
            ]
        )


class IdCheck(TextCheck):
    """Takes subject ids that no spreadsheet has cut short; every record has one."""

    def __call__(self, values: Sequence[Any]) -> Checked:
        checked, leaving = super().__call__(values)
        odd = {
            place
            for place, text in enumerate(checked)
            if text is None or ("E+" in text and self._ask(text) is _LEAVES)
        }
        return checked, odd.union(leaving) if odd else leaving


class PatternCheck(TypeCheck):
    """Takes texts that match a pattern, after a change that the type makes as well."""

    def __init__(
        self, model: type[Part], name: str, pattern: re.Pattern[str], change: Callable[[str], str]
    ) -> None:
        super().__init__(model, name)
        self._match, self._change = pattern.fullmatch, change

    def __call__(self, values: Sequence[Any]) -> Checked:
        texts = read_texts(values)
        if texts is None:
            return super().__call__(values)
        match, limit = self._match, self._limit
        changed = map(self._change, texts)
        return _part_leaving(
            [
                text if match(text) and len(text) <= limit else self._ask(value)
                for text, value in zip(changed, values, strict=True)
            ]
        )


class MemoryCheck(TypeCheck):
    """Remembers what the type makes of texts, of which the column has few different ones."""

    def __init__(self, model: type[Part], name: str) -> None:
        super().__init__(model, name)
        self._known: dict[Any, Any] = {}

    def __call__(self, values: Sequence[Any]) -> Checked:
        known = self._known
        if len(known) > REMEMBERED:
            known.clear()
        found = []
        for value in values:
            # True and 1 are equal, but of two types, of which the field may refuse one.
            key = (value.__class__, tuple(value) if value.__class__ is list else value)
            try:
                made = known.get(key, known)
                if made is known:
                    made = known[key] = self._make(value)
            except TypeError:
                made = self._make(value)
            found.append(made)
        return _part_leaving(found)

    def _make(self, value: Any) -> Any:
        return self._ask(value)


class KeysCheck(MemoryCheck):
    """Takes lists of keys, which are tuples from then on."""

    def _make(self, value: Any) -> Any:
        if value.__class__ is list and not all(item.__class__ is str for item in value):
            return _LEAVES  # equal items of two types are one key of what is remembered
        made = self._ask(value)
        return made if made is _LEAVES else tuple(made or ())


class TimestampCheck(TypeCheck):
    """Reads the usual spelling of ISO 8601."""

    def __call__(self, values: Sequence[Any]) -> Checked:
        return _part_leaving([self._read(value) for value in values])

    def _read(self, value: Any) -> Any:
        if value.__class__ is str and TIMESTAMP.fullmatch(value):
            try:
                return to_utc(datetime.fromisoformat(value))
            except ValueError:
                pass
        return self._ask(value)


class LoginsCheck(TypeCheck):
    """Takes lists of external logins, as tuples of provider, subject and name."""

    def __call__(self, values: Sequence[Any]) -> Checked:
        return _part_leaving([() if is_nothing(value) else self._read(value) for value in values])

    def _read(self, value: Any) -> Any:
        if value.__class__ is str:
            value = read_json(value)
        if value.__class__ is list and len(value) == 1 and (login := read_plain_login(value[0])):
            return (login,)
        made = self._ask(value)
        if made is _LEAVES:
            return made
        return tuple((each.provider, each.subject, each.display_name) for each in made or ())


def read_plain_login(login: Any) -> tuple[str, str, None] | None:
    """Return provider and subject of a login that has these two alone; None for any other."""
    if login.__class__ is not dict or len(login) != 2:
        return None
    provider, subject = login.get("provider"), login.get("subject")
    if provider.__class__ is not str or subject.__class__ is not str or len(provider) > 200:
        return None
    text = provider + subject
    # White space around either is taken away by the type.
    if not (provider and subject and text.isprintable() and " " not in text and text.isascii()):
        return None
    return (provider, subject, None) if len(subject) <= 191 else None


def refuse_all(values: Sequence[Any]) -> Checked:
    """Let every row leave that has a value: for fields that are not read as columns."""
    return [None] * len(values), [
        place for place, value in enumerate(values) if value is not None and not is_nothing(value)
    ]


def read_texts(values: Sequence[Any]) -> list[str] | None:
    """Return texts without the white space around them, blank for nothing; None if any is odd."""
    kinds = set(map(type, values))
    texts: Sequence[str] = values
    if kinds != {str}:
        if not kinds <= {str, type(None)}:
            return None
        texts = [value or "" for value in values]
    return None if ODD.search("".join(texts)) else list(map(str.strip, texts))


def _part_leaving(found: list[Any]) -> Checked:
    """Return the values with None for those that were refused, and the places of these."""
    leaving = [place for place, value in enumerate(found) if value is _LEAVES]
    for place in leaving:
        found[place] = None
    return found, leaving


def _find_limit(annotation: Any) -> int:
    """Return the greatest length of a type of texts; 0 where it has none."""
    for each in getattr(annotation, "__metadata__", ()):
        if isinstance(each, StringConstraints) and each.max_length is not None:
            return each.max_length
    return max(map(_find_limit, typing.get_args(annotation)), default=0)


@cache
def list_checks() -> dict[str, Check]:
    """Return the check of each field that is read as a column; `hashes` has those of hashes.

    They are made once in a process: what they remember holds for every mapping.
    """
    texts = ("username", "given_name", "family_name", "display_name", "locale", "zoneinfo")
    flags = ("email_verified", "phone_verified", "active")
    timestamps = ("created_at", "last_login", "updated_at")
    return {
        "subject_id": IdCheck(UserImportRecord, "subject_id"),
        **{f"profile.{name}": TextCheck(Profile, name) for name in (*texts, "picture")},
        "profile.email": PatternCheck(Profile, "email", EMAIL, str.lower),
        "profile.phone": PatternCheck(Profile, "phone", E164, str),
        **{f"profile.{name}": MemoryCheck(Profile, name) for name in flags},
        **{f"profile.{name}": TimestampCheck(Profile, name) for name in timestamps},
        MUST_CHANGE: MemoryCheck(Password, "must_change"),
        EXPIRES_AT: TimestampCheck(Password, "expires_at"),
        LOGINS: LoginsCheck(Authenticators, "external_logins"),
        ROLES: KeysCheck(Memberships, "roles"),
        GROUPS: KeysCheck(Memberships, "groups"),
    }
