"""A column mapping, and the mapping templates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import Field

from imports.api.schemas.given import Given, Word
from imports.core.decisions import Answer
from imports.core.mapping import Mapping
from imports.core.planning.conflicts import Mode
from imports.services.mapping.mappings import MAX_CHUNK_ROWS, MIN_CHUNK_ROWS


class NewMapping(Given):
    """A mapping or the name of a mapping template; without either, the mapping that the job has.

    Of the `answers`, secrets are stored encrypted and are in no response. The answer to a decision
    is a choice, or an object with a choice for each distinct value (`*` for all others). The report
    of the dry run lists the decisions.
    """

    mapping: Mapping | None = Field(
        default=None,
        description="The column mapping as in docs/mapping.md. Null: that of the template, else"
        " that of the job, at first the proposed one. Not together with a template.",
    )
    template: str = Field(
        default="",
        description="Name of a mapping template, such as `HR` for its latest version or `HR@2`"
        " for its second. The owner of the client needs the permission to view"
        " templates.",
    )
    answers: dict[str, Answer] = Field(
        default_factory=dict,
        description="Answers to the questions of the source system, by name, and to decisions,"
        " by `CODE:COLUMN`. They are added to those of the mapping and replace"
        " answers of the same name.",
    )
    mode: Word[Mode] = Field(default=Mode.SKIP, description="The preset of the conflict policy.")
    chunk_rows: int | None = Field(
        default=None,
        ge=MIN_CHUNK_ROWS,
        le=MAX_CHUNK_ROWS,
        description="Batch size: the rows that are written together. Null: as the job has it,"
        " which is at first the setting of the installation.",
    )


class ColumnInfo(Schema):
    """A source column, by its values at the head of the file."""

    name: str = Field(
        description="Source column, as rules of a mapping name it: a header, or a dotted path in"
        " JSON.",
    )
    filled: float = Field(
        description="Share of the records at the head of the file that have a value there, from"
        " 0 to 1.",
    )
    shape: str = Field(
        description="What most of the values look like: `boolean`, `date`, `email`, `hash`,"
        " `number`, `phone`, `url` or `uuid`. Empty for other text.",
    )
    looks_secret: bool = Field(
        description="Whether its values are taken for secrets, and masked wherever they are shown.",
    )


class MappingInfo(Schema):
    """A job's mapping, without answers that are secrets, and the columns of its file."""

    mapping: dict[str, Any] = Field(
        description="The column mapping as in docs/mapping.md; the proposed one until another"
        " is saved.",
    )
    columns: list[ColumnInfo] = Field(description="The columns found at the head of the file.")


class NewTemplate(Given):
    """What a job's mapping is saved as."""

    name: str = Field(
        min_length=1,
        max_length=200,
        description="Name of the template. Where a template has this name, it gets a new"
        " version, unless the mapping is that of its latest.",
    )
    description: str = Field(default="", description="What the template is for. Empty: as it is.")


class TemplateInfo(Schema):
    """A version of a mapping template."""

    id: int = Field(description="Id of this version, which its URL has.")
    name: str = Field(description="Name of the template; all its versions have it.")
    version: int = Field(description="Number of the version, from 1.")
    description: str = Field(description="What the template is for. Empty for none.")
    columns: int = Field(description="Number of columns of the file for which it was saved.")
    created_at: datetime = Field(description="When this version was saved.")


class TemplatePage(Schema):
    """A page of mapping templates."""

    templates: list[TemplateInfo] = Field(description="At most `limit` templates, by name.")
    next: str | None = Field(
        description="Send it as `after` for the page that follows. Null on the last page.",
    )
