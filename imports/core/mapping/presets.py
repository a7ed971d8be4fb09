"""Read password hashes by what is known of the system that wrote them: a preset, and its questions.

The salt may stand in a column, and a secret of the application nowhere in the file: the questions
of a preset ask for the one's name and for the other itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from accounts.hashing.presets import Preset, find_preset
from accounts.hashing.settling import may_be
from imports.core.questions import Question
from imports.core.records.targets import PASSWORD_FORMAT

HASH = "authenticators.password.hash"
COLUMN, SECRET = "preset_column_", "preset_secret_"

Needs = Callable[[Mapping[str, Any]], bool]
Complete = Callable[[dict[str, Any], Mapping[str, Any]], None]
"""Adds to a record what the preset says of its password, given the row as rules see it."""


def choose_preset(name: str, constants: Mapping[str, Any]) -> Preset | None:
    """Return the preset that holds: none beside a format that was chosen for itself."""
    preset = find_preset(name)
    chosen = constants.get(PASSWORD_FORMAT)
    return preset if preset and chosen in {None, preset.format_id} else None


def fits(preset: Preset, value: str) -> bool:
    """Return whether a value has the form of the preset's, with its salt beside or behind it."""
    return any(may_be(each, preset.format_id) for each in (value, f"{value.strip()}:salt"))


def list_preset_questions(preset: Preset, needs: Needs) -> Iterator[Question]:
    """Yield what a preset has to be told; `needs` says of a row if its hash is of the preset."""
    for parameter, column in preset.columns.items():
        yield Question(
            f"{COLUMN}{parameter}",
            f"Column with the {parameter}",
            f"{preset.name} has it in “{column}”.",
            default=column,
            needs=needs,
        )
    for parameter, label in preset.secrets.items():
        yield Question(
            f"{SECRET}{parameter}",
            label,
            f"{preset.name} hashes it with every password. It is stored encrypted with the mapping,"
            " and beside each hash until its user signs in.",
            is_secret=True,
            target=HASH,
            needs=needs,
        )


def name_columns(preset: Preset, answers: Mapping[str, Any]) -> dict[str, str]:
    """Return by parameter the columns that a preset takes from beside the hash."""
    return {
        parameter: str(answers.get(f"{COLUMN}{parameter}") or column)
        for parameter, column in preset.columns.items()
    }


def make_completion(preset: Preset, answers: Mapping[str, str]) -> Complete:
    """Return what adds to passwords the parameters of a preset; those of the record come first."""
    columns = name_columns(preset, answers)
    secrets = {
        parameter: secret
        for parameter in preset.secrets
        if (secret := answers.get(f"{SECRET}{parameter}"))
    }

    def complete(record: dict[str, Any], source: Mapping[str, Any]) -> None:
        authenticators = record.get("authenticators")
        password = authenticators.get("password") if isinstance(authenticators, dict) else None
        if not isinstance(password, dict):
            return
        # Also of what is taken for a plain password: a decision may make a hash of it.
        beside = {
            parameter: source[column]
            for parameter, column in columns.items()
            if source.get(column) not in (None, "")
        }
        given = password.get("params")
        own = given if isinstance(given, dict) else {}
        password["params"] = {**preset.params, **secrets, **beside, **own}

    return complete
