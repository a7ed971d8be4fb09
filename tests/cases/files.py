"""The cases, and what comes of a file when nobody overrules or answers anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from imports.core.dry_run import ColumnUse, Findings, build_report, list_losses, list_notices
from imports.core.errors import FileFormatError
from imports.core.inspection.inspection import inspect_file
from imports.core.mapping import RecordMapper, build_mapping, suggest_mapping
from imports.core.planning.plans import Action, Plan
from imports.core.problems import Problem
from imports.core.providers import get_provider
from imports.core.readers import read_rows
from imports.core.readers.surroundings import survey

FOLDER = Path(__file__).parent
ENDING = ".expect"
# What an expectation may speak of.
KEYS = frozenset(
    {"why", "refused", "provider", "stored", "users", "problems", "decisions", "notices"}
    | {"says", "not_imported"}
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of a file; `texts` are the sentences that are told about it as a whole."""

    provider: str = ""
    refused: str = ""
    records: tuple[Mapping[str, Any], ...] = ()
    problems: frozenset[str] = frozenset()
    decisions: frozenset[str] = frozenset()
    notices: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()
    not_imported: tuple[str, ...] = ()

    def find_user(self, login: str) -> Mapping[str, Any]:
        """Return the record of an e-mail address, user name or id; empty for nobody."""
        for record in self.records:
            profile = record.get("profile", {})
            if login in (profile.get("email"), profile.get("username"), record.get("subject_id")):
                return record
        return {}


def list_cases() -> list[Path]:
    """Return the files that have an expectation beside them, in folders by kind."""
    return sorted(path.with_suffix("") for path in FOLDER.glob(f"*/*{ENDING}"))


def read_expectation(path: Path) -> dict[str, Any]:
    """Return what has to come of a file, from the JSON beside it."""
    expected: dict[str, Any] = orjson.loads(path.with_name(path.name + ENDING).read_bytes())
    unknown = expected.keys() - KEYS
    assert not unknown, f"These say nothing: {', '.join(unknown)}"
    return expected


def import_case(path: Path) -> Outcome:
    """Return what the dry run tells of a file, or why it is refused."""
    try:
        return _import(path)
    except FileFormatError as error:
        return Outcome(refused=error.problem.code, texts=(error.problem.message,))


def _import(path: Path) -> Outcome:
    with path.open("rb") as file:
        inspection = inspect_file(file, file_name=path.name)
        mapping = build_mapping(suggest_mapping(inspection, {}), inspection.provider, "case")
        mapper = RecordMapper(mapping, {})
        rows = [mapper.map_row(row) for row in read_rows(file, inspection.options)]
        surroundings = survey(file, inspection.options)
    plans = [Plan(row.row_number, Action.CREATE, "", problems=list(row.problems)) for row in rows]
    report = build_report(Findings.gather(plans, rows, ColumnUse(mapping, {})))
    provider = get_provider(inspection.provider)
    notices = list_notices(report, surroundings, provider, inspection.rivals)
    return Outcome(
        provider=inspection.provider,
        records=tuple(
            row.record.model_dump(mode="json", exclude_none=True)
            for row in rows
            if row.record and not any(each.is_open for each in row.decided)
        ),
        problems=frozenset(_list_codes([*inspection.problems, *_list_problems(plans)])),
        decisions=frozenset(each["answer"] for each in report["decisions"] if each["open"]),
        notices=frozenset(each["code"] for each in notices),
        texts=tuple(each["text"] for each in notices),
        not_imported=tuple(each.what for each in list_losses(report, surroundings, provider)),
    )


def _list_problems(plans: list[Plan]) -> Iterator[Problem]:
    for plan in plans:
        yield from plan.problems


def _list_codes(problems: list[Problem]) -> list[str]:
    return [each.code for each in problems]
