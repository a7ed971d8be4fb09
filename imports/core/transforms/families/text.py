"""Transforms of plain text: white space and letter case."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from imports.core.transforms.contract import ItemStep


class Trim(ItemStep):
    """Removes white space at both ends."""

    label: ClassVar[str] = "Trim white space"
    kind: Literal["trim"] = "trim"

    def change(self, value: Any) -> Any:
        return value.strip() if isinstance(value, str) else value


class Lower(ItemStep):
    """Writes text in lower case."""

    label: ClassVar[str] = "Lower case"
    kind: Literal["lower"] = "lower"

    def change(self, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value


class Upper(ItemStep):
    """Writes text in upper case."""

    label: ClassVar[str] = "Upper case"
    kind: Literal["upper"] = "upper"

    def change(self, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value


class Title(ItemStep):
    """Writes every word with a capital letter, for names in capitals: O'NEIL is O'Neil."""

    label: ClassVar[str] = "Title Case"
    kind: Literal["title"] = "title"

    def change(self, value: Any) -> Any:
        return value.title() if isinstance(value, str) else value


TRANSFORMS = (Trim, Lower, Upper, Title)
