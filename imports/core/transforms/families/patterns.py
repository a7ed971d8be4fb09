"""The transform by a regular expression."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Literal

from pydantic import Field, PrivateAttr, model_validator

from accounts.patterns import PATTERN_LIMIT, Pattern, read_pattern
from imports.core.transforms.contract import ItemStep, Otherwise, write_scalar

PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Regex(ItemStep):
    """Takes a value apart by a regular expression and puts the parts together again."""

    label: ClassVar[str] = "Regular expression"
    kind: Literal["regex"] = "regex"
    pattern: str = Field(
        max_length=PATTERN_LIMIT,
        title="Pattern",
        description="Has to match the whole value, such as (.*), (.*).",
    )
    result: str = Field(
        default="{1}", title="Result", description="{1} is the first group, {0} the whole value."
    )
    otherwise: Otherwise = Field(
        default="keep", title="Values it does not match", description="Keep them, or drop them."
    )

    _compiled: Pattern = PrivateAttr()

    @model_validator(mode="after")
    def check_pattern(self) -> Regex:
        """Refuse a pattern that cannot be used, and a group it does not have."""
        self._compiled = read_pattern(self.pattern)
        for name in PLACEHOLDER.findall(self.result):
            if name not in self._compiled.names:
                raise ValueError(f"The pattern has no group “{name}”")
        return self

    def change(self, value: Any) -> Any:
        text = write_scalar(value)
        if text is None:
            return value
        match = self._compiled.match_whole(text)
        if match is None:
            return value if self.otherwise == "keep" else None
        return PLACEHOLDER.sub(lambda name: _read_group(match, name[1]), self.result)

    def describe(self) -> str:
        return f"{self.pattern} becomes {self.result}"


def _read_group(match: Any, name: str) -> str:
    return match[int(name) if name.isdecimal() else name] or ""


TRANSFORMS = (Regex,)
