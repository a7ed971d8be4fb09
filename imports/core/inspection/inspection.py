"""A first look at a file: how to read it, where it is from, and what its columns hold."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO

import orjson

from accounts.hashing.outlines import are_des_crypt, find_usual
from imports.core.account_states import may_hold_states
from imports.core.column_samples import ColumnSample
from imports.core.errors import FileFormatError
from imports.core.inspection.reading import Reading, choose_reading
from imports.core.inspection.recognition import Recognition, Rival, leave_open, recognise_provider
from imports.core.problems import Problem
from imports.core.providers import get_provider
from imports.core.readers import RawRow, ReaderOptions
from imports.core.readers.containers.opening import open_container
from imports.core.readers.joined.merging import merge_adjacent
from imports.core.readers.sampling import sample_container
from imports.core.readers.text import SURROGATE
from imports.core.records.password_summary import PasswordSummary
from imports.core.records.targets import ATTRIBUTES, NESTED, is_target
from imports.core.secrecy import is_hash, is_secret_column, is_secret_name, mask
from imports.core.values.date_formats import find_date_formats, find_number_unit
from imports.core.values.timestamps import NO_DATE

MAX_COLUMNS = 500
MAX_PROBLEMS = 20
SAMPLE_COUNT = 3
NO_DATE_COUNT = 5
SAMPLE_LENGTH = 80
# Values of a column that are looked at to tell what they look like.
SHAPE_SAMPLE = 30
# Of the values of a column, the share that has to look alike for the column to look so.
SHAPE_SHARE = 0.5

# How databases, spreadsheets and scripts write that there is no value, or PowerShell that there
# was a list.
NULLS = frozenset(
    {
        *("NULL", "\\N", "(null)", "<null>", "[NULL]", "#N/A", "N/A", "n/a", "NaN"),
        "Microsoft.ActiveDirectory.Management.ADPropertyValueCollection",
        "System.String[]",
        "System.Object[]",
    }
)
SHAPES = {
    "boolean": re.compile(r"true|false|yes|no|ja|nein|oui|non|[01tfyn]", re.IGNORECASE),
    "email": re.compile(r"[^\s@:]+@[^\s@]+\.[^\s@]+"),
    "uuid": re.compile(r"\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?", re.IGNORECASE),
    "date": re.compile(r"\d{4}-\d\d-\d\d([T ].*)?|\d\d?[/.]\d\d?[/.]\d{4}( .*)?"),
    "phone": re.compile(
        r"\+[\d\s().\-/]{7,24}|\(?0[\d\s().\-/]{8,20}|\(?[2-9]\d\d(?:\) ?|[ .-])\d{3}[ .-]\d{4}"
    ),
    "number": re.compile(r"-?\d+([.,]\d+)?"),
    "url": re.compile(r"https?://\S+"),
}


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the head of a file shows. Holds no secrets, so it can be stored and shown.

    `container` says what a file of several `members` is, such as a zip archive; empty for others.
    `rivals` are the source systems that it fits equally well, until a person has chosen one.
    The password summary is of mapped records, so it comes in with the mapping.
    """

    options: ReaderOptions
    provider: str
    evidence: tuple[str, ...]
    columns: tuple[ColumnSample, ...]
    problems: tuple[Problem, ...] = ()
    password_summary: PasswordSummary = field(default_factory=PasswordSummary)
    container: str = ""
    members: tuple[str, ...] = ()
    rivals: tuple[Rival, ...] = ()

    @property
    def by_name(self) -> dict[str, ColumnSample]:
        return {column.name: column for column in self.columns}

    @property
    def hidden(self) -> frozenset[str]:
        """Return the columns that look secret."""
        return frozenset(column.name for column in self.columns if column.looks_secret)

    def to_json(self) -> dict[str, Any]:
        """Return the form that is stored with a job."""
        return {
            "options": self.options.to_json(),
            "provider": self.provider,
            "evidence": list(self.evidence),
            "columns": [
                {
                    "name": column.name,
                    "samples": list(column.samples),
                    "filled": column.filled,
                    "looks_secret": column.looks_secret,
                    "shape": column.shape,
                    "hash_format": column.hash_format,
                    "date_formats": list(column.date_formats),
                    "number_unit": column.number_unit,
                    "no_dates": list(column.no_dates),
                    "nulls": list(column.nulls),
                    "vocabulary": list(column.vocabulary),
                }
                for column in self.columns
            ],
            "problems": [problem.to_json() for problem in self.problems],
            "password_summary": self.password_summary.to_json(),
            "container": self.container,
            "members": list(self.members),
            "rivals": [rival.to_json() for rival in self.rivals],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Inspection:
        """Return the inspection that `to_json` wrote."""
        columns = (
            ColumnSample(
                **column
                | {
                    "samples": tuple(column["samples"]),
                    "date_formats": tuple(column["date_formats"]),
                    "no_dates": tuple(column["no_dates"]),
                    "nulls": tuple(column["nulls"]),
                    "vocabulary": tuple(column["vocabulary"]),
                }
            )
            for column in stored["columns"]
        )
        return cls(
            options=ReaderOptions.from_json(stored["options"]),
            provider=stored["provider"],
            evidence=tuple(stored["evidence"]),
            columns=tuple(columns),
            problems=tuple(Problem.from_json(problem) for problem in stored["problems"]),
            password_summary=PasswordSummary.from_json(stored.get("password_summary", {})),
            container=stored.get("container", ""),
            members=tuple(stored.get("members", ())),
            rivals=tuple(Rival.from_json(rival) for rival in stored.get("rivals", ())),
        )


def inspect_file(
    file: BinaryIO,
    *,
    file_name: str,
    options: ReaderOptions | None = None,
    chosen: Mapping[str, Any] | None = None,
    provider: str = "",
) -> Inspection:
    """Return what the first 2 MB of a seekable file show, or more if no record ends in them.

    Of an archive or a file of several tables, it is the heads of those that are read. `options`,
    or those that are `chosen` by name, and `provider` overrule what is detected. Raise
    FileFormatError when no record can be read from it.
    """
    with open_container(file) as container:
        reading = choose_reading(
            container, file_name=file_name, options=options, chosen=chosen, provider=provider
        )
        rows = sample_container(container, replace(reading.options, merge_on=""))
        label, members = container.label, container.members
    sound = choose_sound(rows)
    values = list_values(sound)
    names = list(gather_values(values))
    recognised = find_source(names, values, reading, provider)
    provider = recognised.provider
    options = choose_merging(reading.options, provider, names)
    columns = describe_columns(normalise_rows(sound, provider, options), provider)
    problems = [problem for row in rows for problem in row.problems]
    return Inspection(
        options=options,
        provider=provider,
        evidence=(*recognised.reasons, *reading.evidence),
        columns=(*columns, *describe_unseen(columns, provider, options)),
        problems=tuple(problems[:MAX_PROBLEMS]),
        container=label,
        members=members,
        rivals=recognised.rivals,
    )


def choose_sound(rows: list[RawRow]) -> list[RawRow]:
    """Return the rows without problems, or all where none is. Raise FileFormatError without any."""
    if all(row.values is None for row in rows):
        detail = f"None of the first records can be read. {rows[0].problems[0].message}"
        raise FileFormatError(Problem("file_wrong_shape", params={"detail": detail}))
    # Cells of a broken row may stand in columns that are not theirs.
    return [row for row in rows if not row.problems] or rows


def list_values(rows: Iterable[RawRow]) -> list[dict[str, Any]]:
    """Return the values of the rows that could be read."""
    return [row.values for row in rows if row.values is not None]


def normalise_rows(
    rows: Iterable[RawRow], provider: str, options: ReaderOptions
) -> list[dict[str, Any]]:
    """Return the values of each user, without the quirks of the provider."""
    if options.merge_on:
        rows = merge_adjacent(iter(rows), options.merge_on)
    return [get_provider(provider).normalise(values, {}) for values in list_values(rows)]


def choose_merging(options: ReaderOptions, provider: str, names: Sequence[str]) -> ReaderOptions:
    """Return the options with the column by which the provider's tables repeat a user."""
    column = get_provider(provider).merges_on
    return replace(options, merge_on=column if column in names else "")


def find_source(
    names: Sequence[str], rows: Sequence[dict[str, Any]], reading: Reading, chosen: str
) -> Recognition:
    """Return the provider the rows are from: the chosen one, or that of the tables, if known."""
    if chosen:
        return Recognition(chosen, ("The provider was chosen by hand.",))
    if reading.rivals:
        return leave_open(reading.rivals)
    if reading.provider:
        evidence = get_provider(reading.provider).recognise(names, rows)
        return Recognition(reading.provider, evidence.reasons if evidence else ())
    return recognise_provider(names, rows)


def flatten(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield path and value of each field.

    Lists, target fields and what a provider has made are not taken apart.
    """
    for key, value in values.items():
        path = f"{prefix}{key}"
        if is_taken_apart(path, value):
            yield from flatten(value, f"{path}.")
        else:
            yield path, value


def is_taken_apart(path: str, value: Any) -> bool:
    """Return whether a value is an object whose fields are columns of their own.

    Keys that are secrets themselves, such as tokens of sessions, do not become names.
    """
    if not isinstance(value, dict) or not value or is_target(path) or path[:1] == "(":
        return False
    return not any(map(is_secret_name, value))


def describe_columns(rows: Sequence[dict[str, Any]], provider: str) -> tuple[ColumnSample, ...]:
    # The fields of a part of our own record may all come below the head.
    parts = (*NESTED, ATTRIBUTES) if get_provider(provider).is_record else ()
    found = list(gather_values(rows, parts).items())[:MAX_COLUMNS]
    return tuple(describe_column(name, texts, len(rows)) for name, texts in found)


def gather_values(
    rows: Iterable[Mapping[str, Any]], parts: Collection[str] = ()
) -> dict[str, list[str]]:
    """Return the values of each column as they are shown, in the order of the file.

    An object without members is no column where others have some, nor is null or an empty list in
    its place: who excludes it would mean the columns in it. `parts` are objects in any case.
    """
    found: dict[str, list[str]] = {}
    objects = set(parts)
    for row in rows:
        for name, value in flatten(row):
            found.setdefault(name, []).append(write_value(_take_single(value)))
        objects.update(list_objects(row))
    return {name: texts for name, texts in found.items() if name not in objects or any(texts)}


def _take_single(value: Any) -> Any:
    """Return the text of a list of one text, which a field of one value takes."""
    is_single = isinstance(value, list) and len(value) == 1 and isinstance(value[0], str)
    return value[0] if is_single else value


def list_objects(values: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield the path of each object that is taken apart."""
    for key, value in values.items():
        path = f"{prefix}{key}"
        if is_taken_apart(path, value):
            yield path
            yield from list_objects(value, f"{path}.")


def describe_unseen(
    columns: Sequence[ColumnSample], provider: str, options: ReaderOptions
) -> Iterator[ColumnSample]:
    """Yield the columns that the provider knows and of which the head has no value."""
    seen = {column.name for column in columns}
    has_header = options.is_table
    for name in get_provider(provider).list_unseen(seen, header_is_complete=has_header):
        yield ColumnSample(name, (), 0.0, is_secret_column(name, ()))


def describe_column(name: str, texts: list[str], row_count: int) -> ColumnSample:
    filled = [text for text in texts if text]
    written = list(dict.fromkeys(filled))
    nulls = [text for text in written if text in NULLS]
    distinct = [text for text in written if text not in nulls] if nulls else written
    no_dates = [text for text in distinct if NO_DATE.fullmatch(text.strip())]
    dates = [text for text in distinct if text not in no_dates] if no_dates else distinct
    date_formats = find_date_formats(dates)
    shape = "date" if date_formats else find_shape(dates[:SHAPE_SAMPLE])
    number_unit = find_number_unit(dates) if shape == "number" else ""
    may_be_dates = bool(date_formats or number_unit)
    if no_dates and not may_be_dates:
        shape = find_shape(distinct[:SHAPE_SAMPLE])
        if not dates and not shape:
            shape, may_be_dates = "date", True  # nobody has one yet: “Never” in every row
    is_secret = is_secret_column(name, distinct)
    chosen = choose_numbers(distinct) if shape == "phone" else written[:SAMPLE_COUNT]
    samples = [mask(text) if is_secret else text for text in chosen]
    keeps_all = not is_secret and may_hold_states(name, written)
    return ColumnSample(
        name=clean_text(name),
        samples=tuple(clean_text(sample)[:SAMPLE_LENGTH] for sample in samples),
        filled=round(len(filled) / row_count, 3),
        looks_secret=is_secret,
        shape=shape,
        hash_format=find_usual(distinct[:SHAPE_SAMPLE]) if shape == "hash" else "",
        date_formats=date_formats,
        number_unit=number_unit,
        no_dates=tuple(no_dates[:NO_DATE_COUNT]) if may_be_dates else (),
        nulls=tuple(nulls),
        vocabulary=tuple(map(escape_text, written)) if keeps_all else (),
    )


def choose_numbers(texts: Sequence[str]) -> list[str]:
    """Return samples of phone numbers, with one without a country code if there is any."""
    samples = list(texts[:SAMPLE_COUNT])
    if all(text.startswith("+") for text in samples):
        samples[-1:] = [text for text in texts if not text.startswith("+")][:1] or samples[-1:]
    return samples


def write_value(value: Any) -> str:
    """Return a value as it is shown: text as it is, all else as compact JSON."""
    if value is None or value == [] or value == {}:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def clean_text(text: str) -> str:
    """Return text without what PostgreSQL cannot store."""
    return SURROGATE.sub("\ufffd", text.replace("\0", ""))


def escape_text(text: str) -> str:
    r"""Return text as PostgreSQL can store it, with a NUL as the escape \0 that MySQL writes."""
    return SURROGATE.sub("\ufffd", text.replace("\0", "\\0"))


def find_shape(texts: Sequence[str]) -> str:
    """Return what most of the values look like; empty when they are just text."""
    if not texts:
        return ""
    enough = SHAPE_SHARE * len(texts)
    for shape, pattern in SHAPES.items():
        if sum(1 for text in texts if pattern.fullmatch(text.strip())) >= enough:
            return shape
    are_hashes = sum(map(is_hash, texts)) >= enough or are_des_crypt(texts)
    return "hash" if are_hashes else ""
