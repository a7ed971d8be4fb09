"""Check the column of password hashes: hashes of one head are read alike, so one is looked at."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from accounts.hashing.ambiguity import TABLES
from accounts.hashing.heads import Head, find_head
from imports.core.columns.checks import REMEMBERED
from imports.core.decisions import Decider
from imports.core.decisions.kinds.hash_told_by_column import TELLING_COLUMNS
from imports.core.records.records import Password, is_nothing
from imports.core.records.validation import encode_password, read_username

# Columns whose values say how the hashes beside them were made.
TELLING = TELLING_COLUMNS.union(TABLES)


@dataclass(frozen=True, slots=True)
class CheckedHashes:
    """Hashes as they are stored, None for none; the head of each, and the places that leave."""

    stored: list[str | None]
    heads: list[Head | None]
    leaving: Collection[int]


class HashCheck:
    """Takes hashes that need no decision, by what is declared of them or by their look."""

    def __init__(self, decider: Decider) -> None:
        self._decider = decider
        # By head, and if its format is declared, what is stored before the hash; None to leave.
        self._leads: dict[tuple[Head, bool], str | None] = {}

    def check(
        self,
        hashes: Sequence[Any],
        formats: Sequence[Any],
        usernames: Sequence[Any],
        sources: Sequence[Mapping[str, Any]],
    ) -> CheckedHashes:
        """Return what is stored of hashes; `usernames` are as the rows had them."""
        stored: list[str | None] = []
        heads: list[Head | None] = []
        leaving = []
        if len(self._leads) > REMEMBERED:
            self._leads.clear()
        for place, (value, declared) in enumerate(zip(hashes, formats, strict=True)):
            text = head = None
            if value is not None and value != "":
                source = sources[place]
                head = _find_head(value, declared, source)
                if head is None:
                    text = self._read(value, declared, usernames[place], source)
                else:
                    text = self._read_alike(value, declared, head, source)
                if text is None:
                    leaving.append(place)
            stored.append(text)
            heads.append(head)
        return CheckedHashes(stored, heads, leaving)

    def _read_alike(
        self, value: str, declared: str | None, head: Head, source: Mapping[str, Any]
    ) -> str | None:
        """Return what is stored of a hash whose head is known: the hash behind what is known."""
        key = (head, bool(declared))
        if key not in self._leads:
            # No user name: formats that take it have no head.
            stored = self._read(value, declared, None, source)
            is_kept = stored is not None and stored.endswith(value)
            self._leads[key] = stored.removesuffix(value) if stored and is_kept else None
        lead = self._leads[key]
        return None if lead is None else f"{lead}{value}"

    def _read(
        self, value: Any, declared: Any, username: Any, source: Mapping[str, Any]
    ) -> str | None:
        """Return what is stored of one hash; None where the record path has more to say of it."""
        given = {"hash": value} if is_nothing(declared) else {"hash": value, "format": declared}
        if is_nothing(value) or self._decider.decide(
            source, {"authenticators": {"password": given}}
        ):
            return None
        try:
            password = Password.model_validate(given)
        except ValidationError:
            return None
        known = read_username({"profile": {"username": username}})
        return password.encoded if not tuple(encode_password(password, known)) else None


def _find_head(value: Any, declared: Any, source: Mapping[str, Any]) -> Head | None:
    """Return the head of a hash, if nothing beside it but its own format says how it was made."""
    if value.__class__ is not str or not TELLING.isdisjoint(source):
        return None
    head = find_head(value)
    is_plain = declared is None or declared == "" or (head and declared == head.format_id)
    return head if is_plain else None
