"""What a mapping rule can do to a value on its way from source column to target field."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from imports.core.transforms.account_state import AccountState
from imports.core.transforms.contract import Step
from imports.core.transforms.lists import Join, Split
from imports.core.transforms.moments import Date, Epoch, Since
from imports.core.transforms.notations import Base32
from imports.core.transforms.patterns import Regex
from imports.core.transforms.phones import Phone
from imports.core.transforms.text import Lower, Title, Trim, Upper
from imports.core.transforms.words import Boolean, Constant, Default, Drop, Lookup

__all__ = [
    "TRANSFORMS",
    "AccountState",
    "Base32",
    "Boolean",
    "Constant",
    "Date",
    "Default",
    "Drop",
    "Epoch",
    "Join",
    "Lookup",
    "Lower",
    "Phone",
    "Regex",
    "Since",
    "Split",
    "Step",
    "Title",
    "Transform",
    "Trim",
    "Upper",
]

Transform = Annotated[
    Trim
    | Lower
    | Upper
    | Title
    | Split
    | Join
    | Boolean
    | AccountState
    | Date
    | Epoch
    | Since
    | Phone
    | Drop
    | Lookup
    | Default
    | Constant
    | Regex
    | Base32,
    Field(discriminator="kind"),
]
# By kind, in the order in which they are offered.
TRANSFORMS: dict[str, type[Step]] = {
    step.model_fields["kind"].default: step
    for step in (
        Trim, Lower, Upper, Title, Split, Join, Boolean, AccountState, Date, Epoch, Since, Phone,
        Drop, Lookup, Default, Constant, Regex, Base32,
    )
}  # fmt: skip
