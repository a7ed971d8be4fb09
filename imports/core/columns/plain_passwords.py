"""Check the column of plain passwords: what may be anything else is for the record path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from imports.core.decisions import Decider
from imports.core.records.records import Password


class PlainPasswordCheck:
    """Takes passwords that need no decision, such as on what looks like a hash or a mask."""

    def __init__(self, decider: Decider) -> None:
        self._decider = decider

    def check(
        self, values: Sequence[Any], sources: Sequence[Mapping[str, Any]]
    ) -> tuple[list[str | None], set[int]]:
        """Return the passwords, None for none, and the places that leave."""
        plain: list[str | None] = []
        leaving = set[int]()
        for place, value in enumerate(values):
            password = None
            if value is not None and value != "":
                password = self._read(value, sources[place])
                if password is None:
                    leaving.add(place)
            plain.append(password)
        return plain, leaving

    def _read(self, value: Any, source: Mapping[str, Any]) -> str | None:
        """Return one password; None where the record path has more to say of it."""
        given = {"plaintext": value}
        if self._decider.decide(source, {"authenticators": {"password": given}}):
            return None
        try:
            return Password.model_validate(given).plaintext
        except ValidationError:
            return None
