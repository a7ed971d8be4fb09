"""Transforms that go by whole values: boolean values, look-up, placeholders, fixed values."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field, PrivateAttr

from accounts.attributes import FALSE_WORDS, TRUE_WORDS
from imports.core.transforms.contract import ItemStep, Otherwise, Step, write_scalar


def fold(value: Any) -> str | None:
    """Return a value as it is compared: as text, in lower case, without white space around it."""
    text = write_scalar(value)
    return None if text is None else text.strip().lower()


class Boolean(Step):
    """Reads words as true or false, in any case; `inverted` for columns such as “disabled”."""

    label: ClassVar[str] = "Boolean values"
    kind: Literal["boolean"] = "boolean"
    true_words: tuple[str, ...] = Field(
        default=(), title="True values", description="Besides yes, on, true and 1."
    )
    false_words: tuple[str, ...] = Field(
        default=(), title="False values", description="Besides no, off, false and 0."
    )
    inverted: bool = Field(
        default=False,
        title="Turn true into false and false into true",
        description="For columns such as “disabled”.",
    )

    _meanings: dict[str, bool] = PrivateAttr(default_factory=dict)

    def model_post_init(self, context: Any, /) -> None:
        usual = dict.fromkeys(TRUE_WORDS, True) | dict.fromkeys(FALSE_WORDS, False)
        given = dict.fromkeys(map(str.lower, self.true_words), True)
        given |= dict.fromkeys(map(str.lower, self.false_words), False)
        self._meanings.update(usual | given)

    def apply(self, value: Any) -> Any:
        meaning = self._meanings.get(str(value).strip().lower())
        return value if meaning is None else meaning is not self.inverted

    def describe(self) -> str:
        if self.inverted:
            return "Turns true into false and false into true"
        own = len(self.true_words) + len(self.false_words)
        return f"Boolean values, {own} besides the usual" if own else self.label


class Lookup(ItemStep):
    """Replaces values by those that a table gives for them, in any case."""

    label: ClassVar[str] = "Look-up table"
    kind: Literal["lookup"] = "lookup"
    table: dict[str, str] = Field(
        default_factory=dict,
        title="Table",
        description="New values by old ones. On the page, a line each: old = new.",
    )
    otherwise: Otherwise = Field(
        default="keep", title="Other values", description="Keep them, or drop them."
    )

    _meanings: dict[str, str] = PrivateAttr(default_factory=dict)

    def model_post_init(self, context: Any, /) -> None:
        self._meanings.update((key.strip().lower(), new) for key, new in self.table.items())

    def change(self, value: Any) -> Any:
        known = self._meanings.get(fold(value) or "")
        if known is not None:
            return known
        return value if self.otherwise == "keep" else None

    def describe(self) -> str:
        excluded = "; others dropped" if self.otherwise == "drop" else ""
        return f"Look up in a table of {len(self.table)}{excluded}"


class Drop(ItemStep):
    """Drops values that stand for none, such as “n/a”, in any case."""

    label: ClassVar[str] = "Drop placeholders"
    kind: Literal["drop"] = "drop"
    values: tuple[str, ...] = Field(
        default=("n/a", "null", "none", "-"),
        title="Values that count as blank",
        description="In any case.",
    )

    _folded: frozenset[str] = PrivateAttr(default=frozenset())

    def model_post_init(self, context: Any, /) -> None:
        self._folded = frozenset(value.strip().lower() for value in self.values)

    def change(self, value: Any) -> Any:
        return None if fold(value) in self._folded else value

    def describe(self) -> str:
        return f"Drop {', '.join(self.values)}"


class Default(Step):
    """Gives a blank the value set here."""

    label: ClassVar[str] = "Default for blanks"
    takes_blanks: ClassVar[bool] = True
    kind: Literal["default"] = "default"
    value: Any = Field(title="Value", description="What a blank becomes.")

    def apply(self, value: Any) -> Any:
        return self.value if value is None or value == "" else value

    def describe(self) -> str:
        return f"“{self.value}” for blanks"


class Constant(Step):
    """Puts the value set here in the place of whatever the column has; a blank stays blank."""

    label: ClassVar[str] = "Fixed value when filled"
    kind: Literal["constant"] = "constant"
    value: Any = Field(title="Value", description="What every filled value becomes.")

    def apply(self, value: Any) -> Any:
        return self.value

    def describe(self) -> str:
        return f"“{self.value}” whenever there is a value"


TRANSFORMS = (Boolean, Lookup, Drop, Default, Constant)
