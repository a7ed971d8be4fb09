"""A transform while its options are being typed, and the fields that a page has for them."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from imports.core.transforms import TRANSFORMS, Step, Transform

ADAPTER: TypeAdapter[Transform] = TypeAdapter(Transform)
SEPARATOR = "|"
# What a list or table may hold as text.
LONGEST_OPTION = 20_000


@dataclass(frozen=True, slots=True)
class OptionField:
    """A field for one option; `kind` is that of the form control."""

    name: str
    label: str
    help_text: str
    kind: Literal["text", "area", "checkbox", "select"]
    value: str
    choices: tuple[str, ...] = ()


@dataclass
class StepDraft:
    """A transform with its options as texts; `fault` says what is wrong once it was built."""

    kind: str
    options: dict[str, str] = field(default_factory=dict)
    fault: str = ""
    is_new: bool = False

    @classmethod
    def of(cls, transform: Step) -> StepDraft:
        """Return the draft of a transform."""
        written = transform.model_dump()
        kind = str(written.pop("kind"))
        return cls(kind, {name: _write_option(value) for name, value in written.items()})

    @classmethod
    def new(cls, kind: str) -> StepDraft:
        """Return a transform that has just been chosen, with the usual options."""
        usual = {
            name: "" if option.is_required() else _write_option(option.get_default())
            for name, option in list_options(kind)
            if option.default_factory is None
        }
        return cls(kind, usual, is_new=True)

    @classmethod
    def read(cls, posted: Any, key: str, kind: str) -> StepDraft:
        """Return what a form says of a transform; a box that is not ticked is not sent."""
        options = {}
        for name, option in list_options(kind):
            sent = f"{key}-{name}" in posted
            given = str(posted[f"{key}-{name}"])[:LONGEST_OPTION] if sent else ""
            is_box = option.annotation is bool
            options[name] = ("true" if sent else "false") if is_box else given
        return cls(kind, options)

    def build(self) -> Transform | None:
        """Return the transform; None, and the fault is set, when an option is wrong."""
        given: dict[str, Any] = {"kind": self.kind}
        for name, option in list_options(self.kind):
            given[name] = _read_option(option, self.options.get(name, ""))
        try:
            return ADAPTER.validate_python(given)
        except ValidationError as error:
            self.fault = "; ".join(_explain(error))
            return None

    @property
    def label(self) -> str:
        return TRANSFORMS[self.kind].label

    @property
    def summary(self) -> str:
        """Return what it does, in a few words."""
        transform = self.build()
        return transform.describe() if transform else self.label

    @property
    def fields(self) -> list[OptionField]:
        """Return the fields for its options, in order."""
        return [
            _make_field(name, option, self.options.get(name, ""))
            for name, option in list_options(self.kind)
        ]


def list_options(kind: str) -> list[tuple[str, FieldInfo]]:
    """Return name and definition of each option of a kind of transform."""
    return [item for item in TRANSFORMS[kind].model_fields.items() if item[0] != "kind"]


def _make_field(name: str, option: FieldInfo, value: str) -> OptionField:
    kind: Literal["text", "area", "checkbox", "select"] = "text"
    choices: tuple[str, ...] = ()
    origin = typing.get_origin(option.annotation)
    help_text = option.description or ""
    if option.annotation is bool:
        kind = "checkbox"
    elif origin is Literal:
        kind, choices = "select", typing.get_args(option.annotation)
    elif origin is dict:
        kind = "area"
    elif origin is tuple:
        help_text = f"{help_text} Several are separated by {SEPARATOR}.".strip()
    return OptionField(name, option.title or name, help_text, kind, value, choices)


def _write_option(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "\n".join(f"{old} = {new}" for old, new in value.items())
    if isinstance(value, list | tuple):
        return f" {SEPARATOR} ".join(map(str, value))
    return "" if value is None else str(value)


def _read_option(option: FieldInfo, text: str) -> Any:
    origin = typing.get_origin(option.annotation)
    if option.annotation is bool:
        return text == "true"
    if origin is tuple:
        return [part.strip() for part in text.split(SEPARATOR) if part.strip()]
    if origin is dict:
        return dict(_read_lines(text.splitlines()))
    return text


def _read_lines(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        old, equals, new = line.partition("=")
        if equals and old.strip():
            yield old.strip(), new.strip()


def _explain(error: ValidationError) -> Iterator[str]:
    """Yield what is wrong with the options, in words."""
    for fault in error.errors(include_input=False, include_url=False):
        yield fault["msg"].removeprefix("Value error, ")
