"""Turn rows into canonical records by a mapping."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from typing import Any

from accounts.attributes import AttributeRule
from accounts.identifiers import fold_username, normalise_email, normalise_phone
from imports.core.account_states import Standing
from imports.core.column_samples import ColumnSample
from imports.core.decisions import (
    Answer,
    Decided,
    Decider,
    Setting,
    pick_decisions,
    pick_questions,
)
from imports.core.mapping.active import ActiveReader
from imports.core.mapping.filters import RowFilter
from imports.core.mapping.presets import make_completion
from imports.core.mapping.rules import (
    NATURAL_KEYS,
    Mapping,
    Rule,
    find_dropped,
    get_attribute_name,
    keeps_field,
    list_origins,
)
from imports.core.mapping.sources import Read, compile_source, compile_template
from imports.core.problems import Problem, has_errors
from imports.core.problems.of_mapping import GROUP_IGNORED, ROLE_IGNORED
from imports.core.problems.of_values import MISSING_REQUIRED
from imports.core.providers import get_provider
from imports.core.providers.contract import exclude_nothing
from imports.core.questions import list_open
from imports.core.readers import RawRow
from imports.core.records.keys import Key
from imports.core.records.raw_keys import list_readable_keys
from imports.core.records.records import RecordWithMadeId, UserImportRecord, is_nothing
from imports.core.records.removals import NOTHING, Removals, find_removals
from imports.core.records.targets import (
    ACTIVE,
    ATTRIBUTES,
    PASSWORD_PARAMS,
    is_target,
    list_targets,
)
from imports.core.records.validation import validate_record
from imports.core.values.json_text import load_json
from imports.core.values.lists import pick_one, split_list
from imports.core.values.names import list_prefixes

# Ids made here are UUIDv5 (RFC 9562 §5.5) in this name space.
NAMESPACE = uuid.UUID("0c0a0f5e-5d0c-5b2e-9a3e-6d1f0a6c7b11")
IGNORED = {"group": GROUP_IGNORED, "role": ROLE_IGNORED}
NORMALISERS: dict[str, Callable[[str], str]] = {
    "profile.email": normalise_email,
    "profile.username": fold_username,
    "profile.phone": normalise_phone,
}
# Lists of objects and objects, which a CSV file can only hold as JSON text.
STRUCTURED_TARGETS = (
    (("profile",), "emails"),
    (("authenticators",), "external_logins"),
    (("authenticators",), "passkeys"),
    (("authenticators",), "verified_addresses"),
    (("authenticators", "password"), "params"),
)
CONTAINERS = frozenset({list, dict})
IDENTIFIER_LENGTH = 200
SUBJECT_ID = "subject_id"
# What a record lacks without which it has no subject id, as the problem says it.
MISSING_KEY = "An e-mail address, user name or phone number, from which the subject id is made,"
MISSING_ID_OR_KEY = (
    "A subject id, or an e-mail address, user name or phone number to make one from,"
)


@dataclass(frozen=True, slots=True)
class MappedRow:
    """A row after mapping and validation: a record, or the problems for which there is none.

    `identifiers` are those of subject_id, username, email and phone that are known even so;
    `raw` are the columns as they were read, `source` as the rules saw them; `decided` the decisions
    that the record needs. `disabled_by` are column and value of all that disables the account;
    `joined_with` is the row of the file that is the same person by decision; `keys` tell whose a
    row is that makes no record, as far as they can be read; `answers` are those to decisions that
    hold for the row, `corrections` the numbers of those that it was mapped with; `removals` are
    what the row says is gone.
    """

    row_number: int
    line_number: int | None
    record: UserImportRecord | None
    problems: tuple[Problem, ...]
    identifiers: dict[str, str]
    source: MappingType[str, Any] = field(default_factory=dict, repr=False)
    decided: tuple[Decided, ...] = ()
    disabled_by: tuple[tuple[str, str], ...] = ()
    raw: MappingType[str, Any] = field(default_factory=dict, repr=False)
    joined_with: int | None = None
    keys: tuple[Key, ...] = field(default=(), repr=False)
    answers: MappingType[str, Answer] = field(default_factory=dict, repr=False)
    corrections: tuple[int, ...] = ()
    removals: Removals = NOTHING

    @property
    def is_excluded(self) -> bool:
        """Return whether the row makes no record because nobody wants it to."""
        return self.record is None and not has_errors(self.problems)


@dataclass(frozen=True, slots=True)
class _CompiledRule:
    """A rule or constant in the form in which it is applied fastest.

    `read_source` gives the value before the transforms; `parents` and `leaf` are the target's path.
    A field that `takes_one` value takes it out of a list of one.
    """

    read_source: Read
    transforms: tuple[tuple[Callable[[Any], Any], bool], ...]
    parents: tuple[str, ...]
    leaf: str
    appends: bool
    takes_one: bool = False

    def read(self, values: MappingType[str, Any]) -> Any:
        """Return the value for the target field; None when there is none."""
        value = self.read_source(values)
        for apply, takes_blanks in self.transforms:
            if takes_blanks or not (value is None or value == ""):
                value = apply(value)
        if self.takes_one and value.__class__ in CONTAINERS:
            return pick_one(value)
        return value


class RecordMapper:
    """Turns rows into records by one mapping; made once, used for every row.

    `samples` are what the inspection of the file found, by column.
    """

    def __init__(
        self,
        mapping: Mapping,
        attributes: MappingType[str, AttributeRule],
        samples: MappingType[str, ColumnSample] | None = None,
    ) -> None:
        provider = get_provider(mapping.provider)
        self._attributes = attributes
        self._unique = [name for name, rule in attributes.items() if rule.unique]
        self._normalise = provider.normalise
        self._read_before = provider.read_before
        self._excludes = exclude_nothing if mapping.keeps_non_users else provider.excludes
        self._filter = RowFilter(mapping.exclude)
        self._names = (("group", mapping.groups), ("role", mapping.roles))
        self._answers = pick_questions(mapping.answers)
        self._is_record = provider.is_record
        rules = mapping.rules
        if provider.is_record:
            rules = list(list_applied(mapping))
        rules = [*rules, *(Rule(source=each, target=to) for each, to in provider.always.items())]
        targets = [target for target, _ in list_origins(mapping)]
        repeated = {target for target, count in Counter(targets).items() if count > 1}
        self._rules = [compile_rule(rule, repeated) for rule in rules if rule.target != ACTIVE]
        self._constants = [
            _compile_constant(target, value, repeated)
            for target, value in mapping.all_constants.items()
            if target != ACTIVE
        ]
        preset = mapping.preset
        self._complete = make_completion(preset, self._answers) if preset else None
        self._active = ActiveReader(mapping.model_copy(update={"rules": rules}))
        # A rule reads the row itself, so that nothing it is mapped from is dropped with these.
        self._dropped = find_dropped(mapping) if provider.is_record else frozenset()
        self._columns = _name_columns(mapping)
        self._makes_ids = not provider.is_record
        self._expects_ids = SUBJECT_ID in targets
        self._namespace = uuid.uuid5(NAMESPACE, mapping.source_name or mapping.provider)
        self._decisions = pick_decisions(mapping.answers)
        self._decider = make_decider(mapping, samples)

    def map_row(self, row: RawRow, *, with_source: bool = True) -> MappedRow:
        """Return the record of a row, or every problem it has with the source column of each.

        Whoever keeps many and does not need the columns saves their memory without the source.
        """
        if row.values is None:
            return MappedRow(row.row_number, row.line_number, None, row.problems, {})
        source = self._normalise(row.values, self._answers)
        values, standing = self._build(source)
        has_made_id = self._complete_id(values)
        model = RecordWithMadeId if has_made_id else UserImportRecord
        refused = self._refuse(row, source, values)
        decided: tuple[Decided, ...] = ()
        record: UserImportRecord | None = None
        if refused is None:
            decided = self._decide(source, values, standing)
            record, problems = self._make_record(values, model, decided)
        else:
            problems = refused
        if record is not None and record.has_made_id:
            problems = (*problems, *self._tell_made_id())
        return MappedRow(
            row.row_number,
            row.line_number,
            record,
            (*row.problems, *problems),
            _read_identifiers(values),
            source if with_source else {},
            decided,
            standing.reasons if record is not None else (),
            row.values if with_source else {},
            keys=()
            if record
            else list_readable_keys(values, self._unique, has_made_id=has_made_id),
            answers=self._decisions,
            removals=self._find_removals(row.values, record) if record else NOTHING,
        )

    def _find_removals(self, values: dict[str, Any], record: UserImportRecord) -> Removals:
        """Return what of its user a row says is gone, as the same mapping reads what there was."""
        earlier = self._read_before(values)
        if earlier is None:
            return NOTHING
        before, _ = self._build(self._normalise(earlier, self._answers))
        self._complete_id(before)
        found, _ = self._make_record(before, UserImportRecord, ())
        return find_removals(found, record) if found else NOTHING

    def _decide(
        self, source: dict[str, Any], values: dict[str, Any], standing: Standing
    ) -> tuple[Decided, ...]:
        """Change the values as was decided; the account's standing is among them meanwhile."""
        profile = values.setdefault("profile", {}) if standing.doubts else None
        if not isinstance(profile, dict):
            return self._decider.decide(source, values)
        profile["active"] = standing
        decided = self._decider.decide(source, values)
        profile["active"] = standing.active
        if standing.active is None:
            del profile["active"]
        return decided

    def _refuse(
        self, row: RawRow, source: dict[str, Any], values: dict[str, Any]
    ) -> tuple[Problem, ...] | None:
        """Return what is to be added about a row that makes no record whatever its values."""
        if has_errors(row.problems):
            return ()
        if reason := self._excludes(source) or self._filter.explain(values, source):
            return (Problem("excluded", params={"reason": reason}),)
        return None

    def _make_record(
        self,
        values: dict[str, Any],
        model: type[UserImportRecord],
        decided: Iterable[Decided],
    ) -> tuple[UserImportRecord | None, tuple[Problem, ...]]:
        record, problems = validate_record(
            values, attributes=self._attributes, columns=self._columns, model=model
        )
        if waiting := tuple(_tell_open(decided)):
            # What is wrong with a value that somebody decides about can be another thing then.
            asked = {problem.code for problem in waiting} | {problem.field for problem in waiting}
            others = (each for each in problems if asked.isdisjoint((each.code, each.field)))
            return None, (*waiting, *others)
        if record is not None:
            return record, (*problems, *self._rename_memberships(record))
        if self._makes_ids and SUBJECT_ID not in values:
            problems = tuple(map(self._explain_missing_id, problems))
        return None, problems

    def _complete_id(self, values: dict[str, Any]) -> bool:
        """Make a subject id where the source gives none; return whether one was made."""
        if not self._makes_ids or not _is_blank(values.get(SUBJECT_ID)):
            return False
        values.pop(SUBJECT_ID, None)
        origin, key = _find_natural_key(values)
        if origin:
            values[SUBJECT_ID] = str(uuid.uuid5(self._namespace, f"{origin}:{key}"))
        return bool(origin)

    def _tell_made_id(self) -> Iterator[Problem]:
        """Yield that the id was made, unless nobody expects any from this source."""
        if self._expects_ids:
            yield Problem("subject_id_made", SUBJECT_ID, self._columns.get(SUBJECT_ID, ""))

    def _explain_missing_id(self, problem: Problem) -> Problem:
        if problem.kind is not MISSING_REQUIRED or problem.field != SUBJECT_ID:
            return problem
        label = MISSING_ID_OR_KEY if self._expects_ids else MISSING_KEY
        return Problem(problem.code, problem.field, problem.column, {"label": label})

    def _rename_memberships(self, record: UserImportRecord) -> Iterator[Problem]:
        """Give groups and roles their names of here; yield those that are dropped."""
        for kind, names in self._names:
            keys: list[str] = getattr(record.memberships, f"{kind}s")
            if not names or not keys:
                continue
            renamed = [names.get(key, key) for key in keys]
            setattr(record.memberships, f"{kind}s", [key for key in renamed if key])
            for key in dict.fromkeys(keys):
                if not names.get(key, key):
                    yield Problem(IGNORED[kind].code, f"memberships.{kind}s", params={"key": key})

    def read_values(self, row: RawRow) -> dict[str, Any]:
        """Return what a row has for each target field, whether or not it makes a record."""
        if row.values is None:
            return {}
        source = self._normalise(row.values, self._answers)
        values, standing = self._build(source)
        self._complete_id(values)
        self._decide(source, values, standing)
        return values

    def _copy_record(self, values: dict[str, Any]) -> dict[str, Any]:
        if self._dropped or any("." in key for key in values):
            return nest_keys(values, self._dropped)
        return _copy(values)

    def _build(self, values: dict[str, Any]) -> tuple[dict[str, Any], Standing]:
        """Return the values in the shape of the canonical record, and its account's standing."""
        record = self._copy_record(values) if self._is_record else {}
        for rule in self._rules:
            value = rule.read(values)
            if value is not None and value != "":
                _place(record, rule, value)
        for rule in self._constants:
            _place(record, rule, rule.read(values))
        standing = self._active.read(values, record)
        if standing.active is not None and isinstance(record.setdefault("profile", {}), dict):
            record["profile"]["active"] = standing.active
        if not isinstance(values.get("authenticators"), dict):
            _drop_empty_authenticators(record)
        _read_structures(record)
        if self._complete is not None:
            self._complete(record, values)
        return record, standing


def _tell_open(decided: Iterable[Decided]) -> Iterator[Problem]:
    """Yield the decisions that are still open, as problems of the record."""
    for each in decided:
        if each.is_open:
            concern = each.concern
            params = {"value": concern.value}
            yield Problem(each.code, concern.field, concern.column, params)


def list_applied(mapping: Mapping) -> Iterator[Rule]:
    """Yield the rules of a record that do more than keep a field where it is.

    One that keeps a field of a part that is dropped does more, too.
    """
    dropped = find_dropped(mapping)
    for rule in mapping.rules:
        if not keeps_field(rule) or not dropped.isdisjoint(list_prefixes(rule.source)):
            yield rule


def make_decider(
    mapping: Mapping, samples: MappingType[str, ColumnSample] | None = None
) -> Decider:
    """Return what asks every kind of decision about records of a mapping."""
    open_questions = list_open(mapping.questions, pick_questions(mapping.answers))
    columns = _name_columns(mapping)
    setting = Setting(columns, mapping.all_constants, samples or {}, open_questions)
    return Decider(setting, mapping.answers)


def _name_columns(mapping: Mapping) -> dict[str, str]:
    """Return the columns of target fields as problems name them; a record's are its fields."""
    own = (*list_targets(), ATTRIBUTES) if get_provider(mapping.provider).is_record else ()
    return {path: path for path in own} | _name_origins(mapping)


def _name_origins(mapping: Mapping) -> dict[str, str]:
    """Return for each target field what its rules read, as problems name it."""
    origins: dict[str, list[str]] = {}
    for rule in mapping.rules:
        origins.setdefault(rule.target, []).append(rule.origin)
    return {target: ", ".join(dict.fromkeys(names)) for target, names in origins.items()}


def compile_rule(rule: Rule, repeated: Collection[str]) -> _CompiledRule:
    read = compile_template(rule.template) if rule.template else compile_source(rule.source)
    transforms = tuple((each.apply, each.takes_blanks) for each in rule.transforms)
    return _place_at(rule.target, repeated, read, transforms)


def _compile_constant(target: str, value: Any, repeated: Collection[str]) -> _CompiledRule:
    return _place_at(target, repeated, lambda values: value, ())


def _place_at(
    target: str,
    repeated: Collection[str],
    read: Read,
    transforms: tuple[tuple[Callable[[Any], Any], bool], ...],
) -> _CompiledRule:
    *parents, leaf = _split_target(target)
    known = list_targets().get(target)
    takes_one = known is not None and not known.is_list and target != PASSWORD_PARAMS
    return _CompiledRule(
        read, transforms, tuple(parents), leaf, appends=target in repeated, takes_one=takes_one
    )


def _split_target(target: str) -> list[str]:
    """Return the steps of a target's path; the name of an attribute may hold dots itself."""
    if name := get_attribute_name(target):
        return [*ATTRIBUTES.split("."), name]
    return target.split(".")


def _walk(values: Any, steps: tuple[str, ...]) -> Any:
    for step in steps:
        if not isinstance(values, dict):
            return None
        values = values.get(step)
    return values


def _place(record: dict[str, Any], rule: _CompiledRule, value: Any) -> None:
    """Set the value in the record, making the parts on its way.

    Where a part should be and is something else, it stays so: the record fails for it.
    """
    node = record
    for step in rule.parents:
        child = node.get(step)
        if not isinstance(child, dict):
            if not is_nothing(child):
                return
            child = node[step] = {}
        node = child
    if rule.appends and rule.leaf in node:
        value = [*_as_list(node[rule.leaf]), *_as_list(value)]
    node[rule.leaf] = value


def _as_list(value: Any) -> list[Any]:
    value = split_list(value)
    return value if isinstance(value, list) else [value]


def _copy(values: MappingType[str, Any]) -> dict[str, Any]:
    """Return a copy whose nested objects are copies, too, as `_nest` makes when it moves none."""
    return {key: _copy(each) if isinstance(each, dict) else each for key, each in values.items()}


def nest_keys(values: MappingType[str, Any], dropped: Collection[str]) -> dict[str, Any]:
    """Return a copy in which keys with dots are nested, without the dropped paths.

    What finds its place taken keeps its key, which validation then reports as unknown.
    """
    nested: dict[str, Any] = {}
    for keys, path, value in _list_leaves(values, dropped, (), ""):
        *parents, leaf = _split_target(path) if is_target(path) else keys
        node = nested
        for step in parents:
            child = node.get(step)
            if not isinstance(child, dict):
                if not is_nothing(child):
                    node, leaf = nested, path
                    break
                child = node[step] = {}
            node = child
        if leaf not in node or is_nothing(node[leaf]):
            node[leaf] = value
        elif not is_nothing(value) and value != node[leaf]:
            nested[f"{path} (repeated)"] = value
    return nested


def _list_leaves(
    values: MappingType[str, Any], dropped: Collection[str], above: tuple[str, ...], prefix: str
) -> Iterator[tuple[tuple[str, ...], str, Any]]:
    """Yield keys, path and value of each field that is not dropped; target fields stay whole."""
    for key, value in values.items():
        path, keys = f"{prefix}{key}", (*above, key)
        if path in dropped:
            continue
        if isinstance(value, dict) and value and not is_target(path):
            yield from _list_leaves(value, dropped, keys, f"{path}.")
        else:
            yield keys, path, value


def _drop_empty_authenticators(record: dict[str, Any]) -> None:
    """Remove a password or TOTP part that has everything but the secret itself.

    A table has the hash format, digits and so on in every row, also for users without any.
    """
    authenticators = record.get("authenticators")
    if not isinstance(authenticators, dict):
        return
    password, totp = authenticators.get("password"), authenticators.get("totp")
    if isinstance(password, dict) and not (password.get("hash") or password.get("plaintext")):
        del authenticators["password"]
    if isinstance(totp, dict) and not totp.get("secret"):
        del authenticators["totp"]


def _read_structures(record: dict[str, Any]) -> None:
    """Replace JSON text by what it says, where the field is a list of objects."""
    for parents, name in STRUCTURED_TARGETS:
        part = _walk(record, parents)
        if isinstance(part, dict) and isinstance(text := part.get(name), str):
            part[name] = read_json(text)


def read_json(text: str) -> Any:
    """Return what JSON text says; of any other text the items that separators part."""
    if text.lstrip()[:1] in ("[", "{"):
        try:
            return load_json(text)
        except json.JSONDecodeError:
            return text
    return split_list(text)


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _find_natural_key(record: dict[str, Any]) -> tuple[str, str]:
    """Return which value of a record names its user, and the value as equal ones are written."""
    profile = record.get("profile", {})
    for path in NATURAL_KEYS:
        name = path.rpartition(".")[2]
        if not _is_blank(value := profile.get(name)):
            return name, NORMALISERS[path](str(value).strip())
    return "", ""


def _read_identifiers(record: dict[str, Any]) -> dict[str, str]:
    profile = record.get("profile")
    known = profile if isinstance(profile, dict) else {}
    found = {
        "subject_id": record.get("subject_id"),
        "username": known.get("username"),
        "email": known.get("email"),
        "phone": known.get("phone"),
    }
    return {
        name: str(value).replace("\0", "").strip()[:IDENTIFIER_LENGTH]
        for name, value in found.items()
        if isinstance(value, str | int) and value != ""
    }
