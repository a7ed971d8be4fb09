"""Map the first records of a job's file, to show what would be stored; write nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from accounts.selectors.attributes import read_rules
from imports.core.inspection.inspection import Inspection, clean_text, write_value
from imports.core.mapping import MappedRow, Mapping, RecordMapper
from imports.core.mapping.sources import find_column
from imports.core.problems import Problem, Severity, group_problem
from imports.core.readers import RawRow
from imports.core.records.password_summary import PasswordSummary
from imports.core.records.targets import ATTRIBUTES, SECRET_TARGETS, get_label, list_targets
from imports.core.secrecy import MASK, mask, may_show
from imports.engine.answers import read_secret_answers
from imports.engine.context import load_context, read_samples
from imports.models import ImportJob
from imports.services.mapping.password_summary import count_passwords
from imports.services.mapping.samples import read_job_sample

SHOWN_RECORDS = 3
SHOWN_CHARACTERS = 120
# Fields whose items are objects that hold no secret.
PUBLIC_LISTS = frozenset({"authenticators.external_logins", "authenticators.verified_addresses"})


@dataclass(frozen=True, slots=True)
class PreviewedValue:
    """A field of a record as it would be stored; a secret is masked."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class PreviewedRecord:
    """A record as it would be stored, or what is known of one that would fail."""

    row_number: int
    values: tuple[PreviewedValue, ...]
    problems: tuple[Problem, ...]
    is_valid: bool
    is_excluded: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What a mapping makes of the head of a file.

    `problems` are those of all rows that were looked at, with how many rows have each; by column
    the same as far as they come from one. The password summary is of all these rows.
    """

    rows: int
    failing: int
    excluded: int
    records: tuple[PreviewedRecord, ...]
    problems: tuple[tuple[Problem, int], ...]
    by_column: MappingType[str, tuple[tuple[Problem, int], ...]]
    password_summary: PasswordSummary


def preview_mapping(job: ImportJob, mapping: Mapping) -> Preview:
    """Return what the mapping makes of the first records; answers it lacks are the job's.

    The mapping need not be complete. Reads the head of the file alone. Raises FileFormatError.
    """
    answers = read_secret_answers(job) | {k: v for k, v in mapping.answers.items() if v}
    answered = mapping.model_copy(update={"answers": answers})
    mapper = RecordMapper(answered, read_rules(), read_samples(job))
    secret = find_secret_targets(job, mapping)
    rows = read_job_sample(job)
    mapped = [mapper.map_row(row) for row in rows]
    problems = _count_problems(mapped)
    by_column: dict[str, list[tuple[Problem, int]]] = {}
    for problem, count in problems:
        by_column.setdefault(problem.column, []).append((problem, count))
    return Preview(
        rows=len(rows),
        failing=sum(1 for row in mapped if row.record is None and not row.is_excluded),
        excluded=sum(1 for row in mapped if row.is_excluded),
        records=tuple(
            _describe(row, raw, mapper, secret)
            for row, raw in _choose(list(zip(mapped, rows, strict=True)))
        ),
        problems=tuple(problems),
        by_column={column: tuple(each) for column, each in by_column.items()},
        password_summary=count_passwords(mapped),
    )


Frozen = tuple[str, str, str, tuple[tuple[str, str], ...]]


def _count_problems(rows: Sequence[MappedRow]) -> list[tuple[Problem, int]]:
    """Return each error group of problems with how many rows have it, the most frequent first."""
    counts: Counter[Frozen] = Counter()
    # The first of a group stands for it: what is common to all may leave gaps in its sentence.
    firsts: dict[Frozen, Problem] = {}
    for row in rows:
        found = {_freeze(problem): problem for problem in reversed(row.problems)}
        counts.update(found.keys())
        firsts = {**found, **firsts}
    return [(firsts[key], count) for key, count in counts.most_common()]


def _freeze(problem: Problem) -> Frozen:
    """Return what problems of one error group have in common, so that they can be counted."""
    shared = group_problem(problem)
    params = tuple(sorted((name, str(value)) for name, value in shared.params.items()))
    return shared.code, shared.field, shared.column, params


def _choose(
    rows: Sequence[tuple[MappedRow, RawRow]],
) -> list[tuple[MappedRow, RawRow]]:
    """Return the first records, with one that fails among them if any does."""
    shown = list(rows[:SHOWN_RECORDS])
    if all(row.record for row, _ in shown):
        failing = [pair for pair in rows[SHOWN_RECORDS:] if _fails(pair[0])]
        shown[-1:] = failing[:1] or shown[-1:]
    return shown


def _fails(row: MappedRow) -> bool:
    return any(problem.severity is Severity.ERROR for problem in row.problems)


def preview_row(job: ImportJob, row: RawRow) -> tuple[PreviewedValue, ...]:
    """Return what a row of the job makes of each field, as it would be tried again."""
    context = load_context(job)
    mapper = context.find_mapper(row.corrections)
    record = mapper.map_row(row).record
    values = _dump(record) if record is not None else mapper.read_values(row)
    return tuple(_list_values(values, find_secret_targets(job, context.mapping)))


def find_secret_targets(job: ImportJob, mapping: Mapping) -> frozenset[str]:
    """Return the target fields whose values a preview masks: secrets, and what looks like one."""
    inspection = Inspection.from_json(job.inspection)
    columns, hidden = inspection.by_name, inspection.hidden
    found = {
        rule.target
        for rule in mapping.rules
        if any(find_column(source, columns) in hidden for source in rule.sources)
    }
    return SECRET_TARGETS | found - {"authenticators.password.format"}


def _describe(
    row: MappedRow, raw: RawRow, mapper: RecordMapper, secret: frozenset[str]
) -> PreviewedRecord:
    values: MappingType[str, Any]
    values = _dump(row.record) if row.record is not None else mapper.read_values(raw)
    return PreviewedRecord(
        row.row_number,
        tuple(_list_values(values, secret)),
        row.problems,
        is_valid=row.record is not None,
        is_excluded=row.is_excluded,
    )


def _dump(record: BaseModel) -> dict[str, Any]:
    return record.model_dump(mode="json", exclude_none=True, exclude_defaults=True)


def _list_values(values: MappingType[str, Any], secret: frozenset[str]) -> Iterator[PreviewedValue]:
    """Yield what the record has, in its order; what is nested as its path."""
    for path, value in _flatten(values, ""):
        text = write_value(value)
        if _is_secret(path, secret) or not may_show(path, text):
            text = _mask(path, value)
        if text:
            yield PreviewedValue(_label(path), clean_text(text)[:SHOWN_CHARACTERS])


def _is_secret(path: str, secret: frozenset[str]) -> bool:
    if path in PUBLIC_LISTS:
        return path in secret
    return path in secret or any(path.startswith(f"{target}.") for target in secret)


def _mask(path: str, value: Any) -> str:
    if isinstance(value, list):
        return f"{MASK} ({len(value)})" if value else ""
    return mask(str(value)) if path == "authenticators.password.hash" else MASK


def _flatten(values: MappingType[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict) and value and path not in list_targets():
            yield from _flatten(value, f"{path}.")
        else:
            yield path, value


def _label(path: str) -> str:
    name = path.removeprefix(f"{ATTRIBUTES}.")
    return get_label(path) if name == path else name
