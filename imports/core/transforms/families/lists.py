"""Transforms between a text and a list."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from imports.core.transforms.contract import Step, write_scalar


class Split(Step):
    """Makes a list of the parts of a text."""

    label: ClassVar[str] = "Split into a list"
    kind: Literal["split"] = "split"
    delimiter: str = Field(
        default=",", min_length=1, title="At", description="What stands between the parts."
    )

    def apply(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return [part for item in value.split(self.delimiter) if (part := item.strip())]

    def describe(self) -> str:
        return f"Split at “{self.delimiter}”"


class Join(Step):
    """Makes one text of a list of texts, numbers and boolean values."""

    label: ClassVar[str] = "Join a list"
    kind: Literal["join"] = "join"
    delimiter: str = Field(default=" ", title="With", description="What is put between the items.")

    def apply(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        texts = [write_scalar(item) for item in value if item is not None]
        if None in texts:
            return value
        return self.delimiter.join(filter(None, texts))

    def describe(self) -> str:
        return f"Join with “{self.delimiter}”"


TRANSFORMS = (Split, Join)
