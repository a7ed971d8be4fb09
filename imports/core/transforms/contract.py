"""What every transform of a mapping rule has in common."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

Otherwise = Literal["keep", "drop"]


def describe_kind(schema: JsonDict) -> None:
    """Say in the schema of a transform what its `kind` is, which it has in common with all."""
    properties = schema["properties"]
    if isinstance(properties, dict) and isinstance(kind := properties["kind"], dict):
        kind["description"] = "Names the transform."


class Step(BaseModel):
    """One transform; `apply` is never given a blank value unless `takes_blanks`.

    A value that a transform cannot use is passed on as it is: validation then says what is wrong
    with it, in terms of the target field. No transform raises on any value that JSON can hold.
    `label` is what people choose it by; the fields are its options, their titles and descriptions
    what people read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra=describe_kind)

    label: ClassVar[str]
    takes_blanks: ClassVar[bool] = False

    def apply(self, value: Any) -> Any:
        """Return the value as the next transform, or the target field, gets it."""
        raise NotImplementedError

    def describe(self) -> str:
        """Return in a few words what it does, with its options."""
        return self.label


class ItemStep(Step):
    """A transform of one value; of a list it transforms every item, and drops the blank."""

    def apply(self, value: Any) -> Any:
        if isinstance(value, list):
            changed = (self.change(item) for item in value)
            return [item for item in changed if item is not None and item != ""]
        return self.change(value)

    def change(self, value: Any) -> Any:
        """Return one value changed."""
        raise NotImplementedError


def write_scalar(value: Any) -> str | None:
    """Return text, a number or a boolean value as text; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else None
