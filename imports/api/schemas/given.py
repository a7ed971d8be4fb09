"""The base of everything that programs send."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, TypeVar

from ninja import Schema
from pydantic import ConfigDict, Strict

Choice = TypeVar("Choice", bound=Enum)
# One of an enumeration, which JSON can only write as text.
Word = Annotated[Choice, Strict(strict=False)]


class Given(Schema):
    """What is sent; an unknown member is a mistake, and none is passed over.

    Nor is a value of another type: "false" is not false. Queries, which are text, are not `strict`.
    """

    model_config = ConfigDict(extra="forbid", strict=True)
