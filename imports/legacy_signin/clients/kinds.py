"""What a kind of legacy directory says about itself."""

from __future__ import annotations

from dataclasses import dataclass

from imports.core.mapping import Mapping


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of directory: what it needs to be told, and how its profiles are mapped.

    `required` are the fields of Connection that it cannot do without. `mapping` is where a new
    directory's profiles go unless its operator says otherwise.
    """

    name: str
    label: str
    help_text: str
    mapping: Mapping
    schemes: tuple[str, ...] = ("https", "http")
    required: tuple[str, ...] = ()
    can_look_up: bool = False
    can_mark: bool = False
