"""The cases, and the result of a file when nobody overrules or answers anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from accounts import hashing
from imports.core.dry_run import ColumnUse, Findings, build_report, list_file_findings, list_losses
from imports.core.errors import FileFormatError
from imports.core.inspection.inspection import inspect_file
from imports.core.mapping import MappedRow, RecordMapper, build_mapping, suggest_mapping
from imports.core.planning.plans import Action, Plan
from imports.core.planning.same_person import decide_tie, find_common_tie
from imports.core.problems import Problem
from imports.core.providers import get_provider
from imports.core.readers import read_rows
from imports.core.readers.surroundings import survey
from imports.core.records.records import UserImportRecord

FOLDER = Path(__file__).parent
ENDING = ".expect"
ANSWERS = ".answers.json"
# What an expectation may speak of.
KEYS = frozenset(
    {"why", "refused", "provider", "stored", "users", "problems", "decisions", "notices"}
    | {"says", "not_imported", "imported", "passwords"}
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a file; `texts` are the sentences that are told about it as a whole.

    `problems` and `decisions` say in how many records each is.
    """

    provider: str = ""
    refused: str = ""
    records: tuple[Mapping[str, Any], ...] = ()
    problems: Mapping[str, int] = field(default_factory=dict)
    decisions: Mapping[str, int] = field(default_factory=dict)
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


def has_password(record: Mapping[str, Any], password: str) -> bool:
    """Tell whether the password of a record, or its hash as it would be stored, is this one."""
    given = record.get("authenticators", {}).get("password", {})
    if "hash" not in given:
        return given.get("plaintext") == password
    stored = hashing.encode(given["format"], given["hash"], given["params"])
    return hashing.verify(stored, password)


def list_cases() -> list[Path]:
    """Return the files that have an expectation beside them, in folders by kind."""
    return sorted(path.with_suffix("") for path in FOLDER.glob(f"*/*{ENDING}"))


def read_expectation(path: Path) -> dict[str, Any]:
    """Return what has to come of a file, from the JSON beside it."""
    expected: dict[str, Any] = orjson.loads(path.with_name(path.name + ENDING).read_bytes())
    unknown = expected.keys() - KEYS
    assert not unknown, f"These say nothing: {', '.join(unknown)}"
    return expected


def is_refused(path: Path) -> bool:
    """Tell whether a file has an expectation beside it that it is refused."""
    beside = path.with_name(path.name + ENDING)
    return beside.exists() and "refused" in orjson.loads(beside.read_bytes())


def read_answers(path: Path) -> dict[str, str]:
    """Return what is answered to the questions of the provider; nothing without such a file."""
    beside = path.with_name(path.name + ANSWERS)
    answers: dict[str, str] = orjson.loads(beside.read_bytes()) if beside.exists() else {}
    return answers


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
        mapping.answers = read_answers(path)
        mapper = RecordMapper(mapping, {})
        read = [mapper.map_row(row) for row in read_rows(file, inspection.options)]
        surroundings = survey(file, inspection.options)
    rows = list(ask_about_ties(read))
    plans = [Plan(row.row_number, Action.CREATE, "", problems=list(row.problems)) for row in rows]
    report = build_report(Findings.gather(plans, rows, ColumnUse(mapping, {})))
    provider = get_provider(inspection.provider)
    notices = list_file_findings(report, surroundings, provider, inspection.rivals)
    return Outcome(
        provider=inspection.provider,
        records=tuple(
            row.record.model_dump(mode="json", exclude_none=True)
            for row in rows
            if row.record and not any(each.is_open for each in row.decided)
        ),
        # The inspection tells of rows that the reading tells of once more.
        problems=_count_codes(inspection.problems) | _count_codes(_list_problems(plans)),
        decisions={each["answer"]: each["open"] for each in report["decisions"] if each["open"]},
        notices=frozenset(each.code for each in notices),
        texts=tuple(each.text for each in notices),
        not_imported=tuple(each.what for each in list_losses(report, surroundings, provider)),
    )


def ask_about_ties(rows: Iterable[MappedRow]) -> Iterator[MappedRow]:
    """Yield the rows; one with a person of an earlier row has what is asked about that."""
    earlier: list[UserImportRecord] = []
    for row in rows:
        if row.record:
            ties = [find_common_tie(each, row.record) for each in earlier]
            earlier.append(row.record)
            asked = [decide_tie(tie, {}) for tie in ties if tie]
            row = replace(row, decided=(*row.decided, *asked))
        yield row


def _list_problems(plans: list[Plan]) -> Iterator[Problem]:
    for plan in plans:
        yield from plan.problems


def _count_codes(problems: Iterable[Problem]) -> Counter[str]:
    return Counter(each.code for each in problems)
