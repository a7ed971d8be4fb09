"""Corrections as programs write them: to the API, and in the files of the command line."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from imports.core.corrections.choosing import Choice
from imports.core.problems import CODES, Problem, group_problem


class WrittenGroup(BaseModel):
    """An error group, by what its records fail for; as lists of error groups have it."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(description="Problem code; docs/problems.md lists them.")
    field: str = Field(
        default="", description="Target field, such as `profile.email`. Empty where it has none."
    )
    column: str = Field(default="", description="Source column. Empty where it has none.")
    params: dict[str, Any] = Field(
        default_factory=dict,
        description="What else its records have in common, such as the `key` of a role.",
    )

    @field_validator("code")
    @classmethod
    def check_code(cls, code: str) -> str:
        """Refuse an unknown code."""
        if code not in CODES:
            raise ValueError("There is no such problem code.")
        return code

    @property
    def problem(self) -> Problem:
        """Return the problem that the group has in common."""
        return group_problem(Problem(self.code, self.field, self.column, self.params))


class WrittenCorrection(BaseModel):
    """A correction of an error group, and what is entered for it."""

    model_config = ConfigDict(extra="forbid")

    group: WrittenGroup = Field(description="The error group whose records are corrected.")
    correction: str = Field(
        description="Name of the correction, such as `drop_field`; docs/results.md lists them."
    )
    value: str = Field(
        default="",
        description="For a correction that asks for a choice, a text, or a group or role: the value"
        " of the choice, the text, or the key.",
    )
    values: dict[str, str] = Field(
        default_factory=dict,
        description="For a correction that asks for values: new values by old ones. Empty: the"
        " value is dropped.",
    )

    @property
    def choice(self) -> Choice:
        """Return what was chosen."""
        return Choice(self.correction, self.value, self.values)


def write_group(problem: Problem) -> dict[str, Any]:
    """Return the error group of a problem as it is written."""
    return group_problem(problem).to_json()
