"""Read rows as columns by a mapping, and check these; made once for a mapping, as its mapper is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as MappingType
from enum import Enum, auto
from typing import Any

import orjson

from accounts.attributes import AttributeRule
from imports.core.column_samples import ColumnSample
from imports.core.columns.checks import Check, list_checks, refuse_all
from imports.core.columns.hashes import HashCheck
from imports.core.columns.plain_passwords import PlainPasswordCheck
from imports.core.columns.table import (
    FORMAT,
    GROUPS,
    HASH,
    PASSWORD,
    PLAINTEXT,
    ROLES,
    Table,
    join_tables,
)
from imports.core.decisions import pick_questions
from imports.core.decisions.kinds import (
    hash_as_password,
    hash_format_ambiguous,
    hash_told_by_column,
    password_masked,
    state_unclear,
)
from imports.core.mapping import Mapping
from imports.core.mapping.active import ActiveReader
from imports.core.mapping.mapper import (
    SUBJECT_ID,
    compile_rule,
    list_applied,
    make_decider,
    nest_keys,
)
from imports.core.mapping.rules import list_origins
from imports.core.mapping.sources import Read, split_path
from imports.core.providers import get_provider
from imports.core.providers.contract import exclude_nothing
from imports.core.records.targets import ACTIVE, ATTRIBUTES, NESTED, list_targets

# Rows of which one column is checked after the other: what is in the processor's cache is read in
# half the time.
SLICE = 250
# Kinds of decisions that a look at hash and state tells the need of, or that are about a field that
# is not read as a column; where another kind is asked, every row is for the record path.
KNOWN_DECISIONS = frozenset(
    module.KIND.code
    for module in (
        hash_as_password,
        hash_format_ambiguous,
        hash_told_by_column,
        password_masked,
        state_unclear,
    )
)
# Of rows with more columns the findings are bounded, and depend on which row comes first.
MOST_COLUMNS = 200
# Shapes of records that are remembered.
REMEMBERED = 2_000
PARTS = ("profile", "authenticators", "memberships")


class Shape(Enum):
    """How a record has its fields: as columns named after them, at their places, or otherwise."""

    FLAT = auto()
    NESTED = auto()
    UNKNOWN = auto()


class ColumnReader:
    """Reads columns by one mapping, as `RecordMapper` reads rows; its arguments are the same."""

    def __init__(
        self,
        mapping: Mapping,
        attributes: MappingType[str, AttributeRule],
        samples: MappingType[str, ColumnSample] | None = None,
    ) -> None:
        # Its own copy: what a mapping remembers of the rows it has read is not to reach the mapper.
        mapping = mapping.model_copy(deep=True)
        provider = get_provider(mapping.provider)
        self._is_record = provider.is_record
        self._normalise = provider.normalise
        self._excludes = exclude_nothing if mapping.keeps_non_users else provider.excludes
        # Columns of which no rule tells: a row that has one is left to the records.
        self._always = frozenset(provider.always)
        self._answers = pick_questions(mapping.answers)
        decider = make_decider(mapping, samples)
        self._names = {GROUPS: mapping.groups, ROLES: mapping.roles}
        self._active = ActiveReader(mapping)
        self._state_rules = [rule for rule in mapping.rules if rule.target == ACTIVE]
        self._reads_state = [compile_rule(rule, ()).read_source for rule in self._state_rules]
        self._rules: list[tuple[str, Read]] = [
            (rule.target, _compile(rule)) for rule in mapping.rules if rule.target != ACTIVE
        ]
        self._constants = {
            target: value for target, value in mapping.constants.items() if target != ACTIVE
        }
        self._checks = list_checks()
        self._hashes = HashCheck(decider)
        self._plain_passwords = PlainPasswordCheck(decider)
        self._shapes: dict[Any, Shape] = {}
        self.is_possible = decider.codes <= KNOWN_DECISIONS and _is_possible(mapping, attributes)

    def read(self, encoded: Sequence[bytes]) -> Table:
        """Return those of the rows that are accepted, which `encode_row` wrote."""
        if not self.is_possible:
            return Table()
        starts = range(0, len(encoded), SLICE)
        tables = [self._read_slice(encoded[start : start + SLICE], start) for start in starts]
        # How dates say who may sign in is learnt from earlier rows, whichever those are.
        return join_tables(tables) if tables and not self._active.has_learnt else Table()

    def _read_slice(self, encoded: Sequence[bytes], start: int) -> Table:
        rows = orjson.loads(b"[" + b",".join(encoded) + b"]")
        table, records = Table(), list[dict[str, Any]]()
        for place, (number, line, values, problems, corrections) in enumerate(rows, start):
            if problems or corrections or values.__class__ is not dict:
                continue
            source = self._normalise(values, self._answers)
            if len(source) > MOST_COLUMNS or self._excludes(source):
                continue
            if not self._always.isdisjoint(source):
                continue
            if self._is_record:
                shape = self._find_shape(source)
                if shape is Shape.UNKNOWN:
                    continue
                records.append(nest_keys(source, ()) if shape is Shape.FLAT else source)
            table.places.append(place)
            table.row_numbers.append(number)
            table.line_numbers.append(line)
            table.sources.append(source)
            table.raws.append(values)
        if not table.places:
            return table
        return self._check(table, _read_records(records) if records else self._map(table.sources))

    def _map(self, sources: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
        """Return the columns that the rules make of the rows."""
        columns = {target: list(map(read, sources)) for target, read in self._rules}
        columns |= {target: [value] * len(sources) for target, value in self._constants.items()}
        return columns

    def _find_shape(self, record: dict[str, Any]) -> Shape:
        """Return how a record has its fields at their places, if it has fields alone."""
        parts = [record.get(name) for name in PARTS]
        given = parts[1]
        parts.append(given.get("password") if given.__class__ is dict else None)
        form = tuple(
            tuple(part) if part.__class__ is dict else part.__class__ for part in (record, *parts)
        )
        known = self._shapes.get(form)
        if known is None:
            if len(self._shapes) > REMEMBERED:
                self._shapes.clear()
            known = self._shapes[form] = _judge_shape(*form)
        return known

    def _check(self, table: Table, columns: dict[str, list[Any]]) -> Table:
        """Return the rows of which every column is accepted, with their values."""
        leaving: set[int] = set()
        for target, column in columns.items():
            if target in {PASSWORD, HASH, FORMAT, PLAINTEXT, ACTIVE}:
                continue
            check: Check = self._checks.get(target, refuse_all)
            table.values[target], refused = check(column)
            leaving.update(refused)
        table.given = {
            name: columns[f"profile.{name}"]
            for name in ("username", "email", "phone")
            if f"profile.{name}" in columns
        }
        leaving.update(self._check_password(table, columns))
        leaving.update(self._check_state(table, columns))
        leaving.update(self._rename(table))
        return table.without(leaving)

    def _check_password(self, table: Table, columns: dict[str, list[Any]]) -> Iterable[int]:
        count = len(table)
        nothing = [None] * count
        usernames = table.given.get("username") or nothing
        hashes, formats = columns.get(HASH) or nothing, columns.get(FORMAT) or nothing
        found = self._hashes.check(hashes, formats, usernames, table.sources)
        table.values[HASH], table.heads = found.stored, found.heads
        plain: Sequence[str | None] = nothing
        refused = set[int]()
        if PLAINTEXT in columns:
            found_plain, refused = self._plain_passwords.check(columns[PLAINTEXT], table.sources)
            plain = table.values[PLAINTEXT] = found_plain
        # In a table, what is beside a password says nothing without it.
        parts = columns.get(PASSWORD) or nothing
        refused.update(
            place
            for place, (stored, password, declared, part) in enumerate(
                zip(found.stored, plain, formats, parts, strict=True)
            )
            if (password and (stored or declared)) or (part and not stored and not password)
        )
        return refused.union(found.leaving)

    def _check_state(self, table: Table, columns: dict[str, list[Any]]) -> Iterable[int]:
        """Add whether accounts are active; let those leave of which it is not clear."""
        count, leaving = len(table), list[int]()
        if self._is_record:
            given = columns.get(ACTIVE) or [None] * count
            table.values[ACTIVE], refused = self._checks[ACTIVE](given)
            table.reasons = [((ACTIVE, "false"),) if value is False else () for value in given]
            return refused
        active: list[bool | None] = []
        for place, source in enumerate(table.sources):
            standing = self._active.read(source, {})
            active.append(standing.active)
            table.reasons.append(standing.reasons)
            if standing.doubts or (standing.active is None and self._has_state(source)):
                leaving.append(place)
        table.values[ACTIVE] = active
        return leaving

    def _has_state(self, source: dict[str, Any]) -> bool:
        """Return whether a column that goes to the account's state has a value that is silent."""
        return any(read(source) not in (None, "") for read in self._reads_state)

    def _rename(self, table: Table) -> Iterable[int]:
        """Give groups and roles their names of here; let rows leave of which some are dropped."""
        leaving: list[int] = []
        for target, names in self._names.items():
            column = table.values.get(target)
            if not names or column is None:
                continue
            column = [tuple(names.get(key, key) for key in keys or ()) for keys in column]
            leaving += (place for place, keys in enumerate(column) if not all(keys))
            table.values[target] = column
        return leaving


def _is_possible(mapping: Mapping, attributes: MappingType[str, AttributeRule]) -> bool:
    """Return whether what the mapping says of rows can be said of columns."""
    targets = [target for target, _ in list_origins(mapping) if target != ACTIVE]
    if (
        mapping.exclude
        or mapping.password_preset
        or any(rule.required for rule in attributes.values())
    ):
        return False
    if get_provider(mapping.provider).is_record:
        return not (
            mapping.constants or mapping.ignored or any(True for _ in list_applied(mapping))
        )
    return SUBJECT_ID in targets and len(set(targets)) == len(targets)


def _compile(rule: Any) -> Read:
    """Return what reads the source of a rule, as fast as that can be."""
    if rule.template or rule.transforms or len(split_path(rule.source)) > 1:
        return compile_rule(rule, ()).read
    return _get_column(rule.source)


def _get_column(name: str) -> Callable[[MappingType[str, Any]], Any]:
    return lambda values: values.get(name)


def _read_records(records: Sequence[dict[str, Any]]) -> dict[str, list[Any]]:
    """Return the columns of records that have their fields at their places already."""
    nothing = dict[str, Any]()
    parts = {name: [record.get(name) or nothing for record in records] for name in PARTS}
    given = [part.get("password") or nothing for part in parts["authenticators"]]
    columns = {SUBJECT_ID: [record.get(SUBJECT_ID) for record in records]}
    for name, nodes in (*parts.items(), (PASSWORD, given)):
        for leaf in set().union(*nodes):
            columns[f"{name}.{leaf}"] = [node.get(leaf) for node in nodes]
    return columns


def _judge_shape(record: Any, *parts: Any) -> Shape:
    """Return the shape of a record by the names of its fields and parts, or the kinds of these."""
    targets = list_targets()
    if all(name in targets for name in record):
        return Shape.FLAT if SUBJECT_ID in record else Shape.UNKNOWN
    if not {*record} <= {SUBJECT_ID, *PARTS} or SUBJECT_ID not in record:
        return Shape.UNKNOWN
    known = {*targets, *NESTED, ATTRIBUTES}
    for name, part in zip((*PARTS, PASSWORD), parts, strict=True):
        is_there = isinstance(part, tuple)
        if not is_there and part is not type(None):
            return Shape.UNKNOWN
        if is_there and not all(f"{name}.{leaf}" in known for leaf in part):
            return Shape.UNKNOWN
    given = parts[-1]
    is_known = given is type(None) or {*given} <= {"hash", "format", "plaintext"}
    return Shape.NESTED if is_known else Shape.UNKNOWN
