"""Which source column goes to which target field, as it is stored, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from collections.abc import Mapping as MappingType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from accounts.attributes import AttributeRule, AttributeType
from accounts.hashing.presets import Preset, find_preset
from imports.core.decisions import Answer, find_answer_faults
from imports.core.errors import MappingError
from imports.core.mapping.filters import Filter, find_filter_faults
from imports.core.mapping.presets import (
    HASH,
    choose_preset,
    fits,
    list_preset_questions,
    name_columns,
)
from imports.core.mapping.sources import compile_source, find_column, list_placeholders
from imports.core.providers import PROVIDERS, get_provider
from imports.core.questions import Question
from imports.core.records.targets import (
    ACTIVE,
    ATTRIBUTES,
    PASSWORD_FORMAT,
    SECRET_TARGETS,
    get_label,
    is_target,
    list_targets,
)
from imports.core.transforms import Transform
from imports.core.transforms.families.words import Constant, Default, Lookup

# From the first of these that a record has, its subject id is made when the source has none. The
# same for every user, they would be wrong for all but one.
NATURAL_KEYS = ("profile.email", "profile.username", "profile.phone")
PERSONAL_TARGETS = frozenset({"subject_id", *NATURAL_KEYS})
# The same for every user, these would be a secret kept in a mapping.
SECRET_CONSTANTS = frozenset(
    {
        "authenticators.password.hash",
        "authenticators.password.plaintext",
        "authenticators.totp.secret",
        "authenticators.recovery_codes",
    }
)


CHOICES_LISTED = 10


class Rule(BaseModel):
    """What goes to a target field, and what happens to it on the way.

    That is one source, a column or a path such as `identities[0].provider`; or a template of
    several, such as `{First name} {Last name}`.
    """

    model_config = ConfigDict(extra="forbid")

    source: str = Field(
        default="",
        description="A source column or path, such as `identities[0].provider`. Empty with a"
        " template.",
    )
    template: str = Field(
        default="",
        description="Several source columns in braces, such as `{First} {Last}`. Empty with a"
        " source.",
    )
    target: str = Field(
        description="Target field, such as `profile.email`; docs/record-format.md lists them.",
    )
    transforms: list[Transform] = Field(
        default_factory=list,
        description="Transforms of the value, in order.",
    )

    @model_validator(mode="after")
    def check_origin(self) -> Rule:
        """Refuse a rule that takes nothing from the file, and one that does in two ways."""
        if bool(self.source) is bool(self.template):
            raise ValueError("A rule has either a source or a template.")
        if self.template and not list_placeholders(self.template):
            raise ValueError("A template names columns, such as {First name}; else use constants.")
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """Return every column or path that the rule reads."""
        return list_placeholders(self.template) if self.template else (self.source,)

    @property
    def origin(self) -> str:
        """Return words for what it reads, as problems name it."""
        return self.template or self.source


class Mapping(BaseModel):
    """The column mapping of a file. Its JSON is the mapping file of the command line."""

    model_config = ConfigDict(extra="forbid")

    version: Literal[1] = Field(default=1, description="Version of this form of a mapping.")
    provider: str = Field(
        default="generic",
        description="Source system that reads the file, by the name that docs/providers.md lists.",
    )
    source_name: str = Field(
        default="",
        description="Name of the source, from which ids of users without one are made. Empty:"
        " that of the source system.",
    )
    rules: list[Rule] = Field(
        default_factory=list,
        description="One rule for each target field that is filled; a source column may be in"
        " several.",
    )
    constants: dict[str, Any] = Field(
        default_factory=dict,
        description="Values that every record gets, by target field. Never an identifier or a"
        " secret.",
    )
    ignored: list[str] = Field(
        default_factory=list,
        description="Source columns that are not imported.",
    )
    answers: dict[str, Answer] = Field(
        default_factory=dict,
        description="Answers to the questions of the source system, by name, and to decisions,"
        " by `CODE:COLUMN`: one choice, or choices by value.",
    )
    groups: dict[str, str] = Field(
        default_factory=dict,
        description="Keys of groups here, by the name in the file. Empty: the group is dropped.",
    )
    roles: dict[str, str] = Field(
        default_factory=dict,
        description="Keys of roles here, by the name in the file. Empty: the role is dropped.",
    )
    exclude: list[Filter] = Field(
        default_factory=list,
        description="Filters; a record that any of them matches is skipped.",
    )
    keeps_non_users: bool = Field(
        default=False,
        description="Also import records that the source system does not take for users, such as"
        " service accounts.",
    )
    password_preset: str = Field(
        default="",
        description="System whose password hashes are read, by the name that docs/hash-formats.md"
        " lists among the presets. Empty: none.",
    )

    @property
    def preset(self) -> Preset | None:
        """Return the password preset that holds; None for none."""
        return choose_preset(self.password_preset, self.constants)

    @property
    def questions(self) -> tuple[Question, ...]:
        """Return what the source system and the preset have to be told."""
        preset = self.preset
        asked = list_preset_questions(preset, self._needs_preset) if preset else ()
        return (*get_provider(self.provider).questions, *asked)

    @property
    def all_constants(self) -> dict[str, Any]:
        """Return the values that every record gets, the format of the preset among them."""
        preset = self.preset
        of_preset = {PASSWORD_FORMAT: preset.format_id} if preset and preset.format_id else {}
        return {**of_preset, **self.constants}

    def _needs_preset(self, values: MappingType[str, Any]) -> bool:
        """Return whether a row has a hash that looks like those of the preset."""
        preset = self.preset
        rules = [rule for rule in self.rules if rule.target == HASH]
        reads = [compile_source(source) for rule in rules for source in rule.sources]
        hashes = [str(value) for read in reads if (value := read(values)) not in (None, "")]
        return not reads or (preset is not None and any(fits(preset, each) for each in hashes))


def check_mapping(
    mapping: Mapping,
    columns: Collection[str],
    attributes: MappingType[str, AttributeRule],
    *,
    columns_are_complete: bool = True,
) -> None:
    """Raise MappingError with every reason for which the mapping cannot be used.

    The columns are not complete when only the head of a JSON file was seen: a field may occur
    for the first time further down.
    """
    provider = PROVIDERS.get(mapping.provider)
    faults = [] if provider else [f"There is no provider “{mapping.provider}”."]
    is_record = provider is not None and provider.is_record
    if columns_are_complete and not is_record:
        known = set(columns)
        faults += [
            f"The file has no column “{source}”, from which “{get_label(rule.target)}” comes."
            for rule in mapping.rules
            for source in rule.sources
            if find_column(source, known) is None
        ]
        faults += _find_preset_faults(mapping, known)
    faults += find_filter_faults(mapping.exclude, columns if columns_are_complete else ())
    faults += _find_question_faults(mapping)
    if mapping.password_preset and find_preset(mapping.password_preset) is None:
        faults.append(f"There is no password preset “{mapping.password_preset}”.")
    faults += find_answer_faults(mapping.answers)
    faults += _find_target_faults(mapping, attributes)
    if is_record:
        faults += _find_missing_id(mapping, columns)
    else:
        faults += _find_missing_targets(mapping, attributes)
    if faults:
        raise MappingError(list(dict.fromkeys(faults)))


def _find_question_faults(mapping: Mapping) -> Iterator[str]:
    """Yield what is wrong with the answers to the provider's questions, quoting none."""
    for question in mapping.questions:
        answer = mapping.answers.get(question.name, "")
        if isinstance(answer, str) and question.choices and answer not in ("", *question.choices):
            listed = ", ".join(question.choices[:CHOICES_LISTED])
            more = " and so on" if len(question.choices) > CHOICES_LISTED else ""
            yield f"“{question.label}” has to be one of: {listed}{more}."


def _find_preset_faults(mapping: Mapping, columns: Collection[str]) -> Iterator[str]:
    """Yield which columns of the preset are not in the file: its hashes are nothing without."""
    preset = mapping.preset
    named = name_columns(preset, mapping.answers) if preset else {}
    for parameter, column in named.items():
        if find_column(column, columns) is None:
            yield (
                f"The file has no column “{column}”, in which “{mapping.password_preset}” has the"
                f" {parameter}. Name the column."
            )


def _find_target_faults(
    mapping: Mapping, attributes: MappingType[str, AttributeRule]
) -> Iterator[str]:
    """Yield what is wrong with the targets of rules and constants."""
    origins: dict[str, str] = {}
    for target, origin in list_origins(mapping):
        if not is_target(target):
            yield f"There is no target field “{target}”, to which {origin} goes."
        elif (name := get_attribute_name(target)) and name not in attributes:
            yield f"There is no attribute definition “{name}”, to which {origin} goes."
        elif target in origins and not _takes_several(target, attributes):
            yield f"Both {origins[target]} and {origin} go to “{get_label(target)}”."
        origins[target] = origin
    for target in mapping.constants.keys() & PERSONAL_TARGETS:
        yield f"“{get_label(target)}” cannot be the same for every user."
    for target in mapping.constants.keys() & SECRET_CONSTANTS:
        yield f"“{get_label(target)}” cannot be a fixed value: it would be kept in the mapping."
    for rule in mapping.rules:
        if rule.target in SECRET_CONSTANTS and any(map(_holds_values, rule.transforms)):
            yield (
                f"“{get_label(rule.target)}” cannot come from a default, a fixed value or a"
                " look-up table: the secret would be kept in the mapping."
            )


def _holds_values(transform: Transform) -> bool:
    return isinstance(transform, Default | Constant | Lookup)


def list_origins(mapping: Mapping) -> Iterator[tuple[str, str]]:
    """Yield every target field of the mapping, and words for what goes to it."""
    for rule in mapping.rules:
        kind = "template" if rule.template else "column"
        yield rule.target, f"{kind} “{rule.origin}”"
    for target in mapping.constants:
        yield target, "a fixed value"


def _find_missing_id(mapping: Mapping, columns: Collection[str]) -> Iterator[str]:
    is_kept = "subject_id" in columns and "subject_id" not in mapping.ignored
    if not is_kept and all(rule.target != "subject_id" for rule in mapping.rules):
        yield "The file has no column “subject_id”, and the record format requires one."


def identifies_users(mapping: Mapping) -> bool:
    """Return whether anything goes to a field by which a user can be told from others."""
    return any(target in PERSONAL_TARGETS for target, _ in list_origins(mapping))


def _find_missing_targets(
    mapping: Mapping, attributes: MappingType[str, AttributeRule]
) -> Iterator[str]:
    targets = {target for target, _ in list_origins(mapping)}
    if not identifies_users(mapping):
        yield (
            "Nothing goes to “Subject id”, and there is no e-mail address, user name or phone "
            "number to make one from. Map a column to one of them."
        )
    for name, rule in attributes.items():
        if rule.required and f"{ATTRIBUTES}.{name}" not in targets:
            yield f"The attribute “{name}” is required, and nothing goes to it."


def find_secret_columns(rules: Iterable[Rule], columns: Collection[str]) -> set[str]:
    """Return the columns that go to a secret field, be it in part or within a template."""
    sources = {source for rule in rules if rule.target in SECRET_TARGETS for source in rule.sources}
    return {column for source in sources if (column := find_column(source, columns)) is not None}


def find_dropped(mapping: Mapping) -> frozenset[str]:
    """Return what is not copied with a record: what is ignored, and what rules move elsewhere.

    A field of the record that is only a part of a template stays where it is.
    """
    moved = {
        source
        for rule in mapping.rules
        if not keeps_field(rule)
        for source in rule.sources
        if rule.source or not is_target(source)
    }
    return frozenset(moved.union(mapping.ignored))


def keeps_field(rule: Rule) -> bool:
    """Return whether a rule leaves a field of the record format where and as it is."""
    return rule.source == rule.target and not rule.transforms


def get_attribute_name(target: str) -> str:
    """Return the attribute that a target field is; empty when it is another field."""
    return target.removeprefix(f"{ATTRIBUTES}.") if target.startswith(f"{ATTRIBUTES}.") else ""


def _takes_several(target: str, attributes: MappingType[str, AttributeRule]) -> bool:
    if name := get_attribute_name(target):
        return name in attributes and attributes[name].type == AttributeType.LIST
    return target == ACTIVE or list_targets()[target].is_list
