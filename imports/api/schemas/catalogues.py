"""Source systems and password formats."""

from __future__ import annotations

from ninja import Schema
from pydantic import Field


class ProviderInfo(Schema):
    """A source system whose exports are read."""

    name: str = Field(description="Name, to be sent as `provider`.")
    label: str = Field(description="What pages call it.")
    how_to_export: str = Field(description="How to get an export from it.")
    lacks: list[str] = Field(description="What such an export never holds, in sentences.")


class ProviderPage(Schema):
    """A page of source systems."""

    providers: list[ProviderInfo] = Field(description="At most `limit` source systems, by name.")
    next: str | None = Field(
        description="Send it as `after` for the page that follows. Null on the last page."
    )


class ParameterInfo(Schema):
    """A parameter that a format needs beside the hash."""

    name: str = Field(description="Name of the parameter.")
    help: str = Field(description="What it is.")
    required: bool = Field(description="Whether no hash can be read without it.")


class FormatInfo(Schema):
    """A password format whose hashes are verified; docs/hash-formats.md explains each."""

    id: str = Field(description="Id, as a mapping names it.")
    label: str = Field(description="What pages call it.")
    emitted_by: str = Field(description="Which systems write it.")
    parameters: list[ParameterInfo] = Field(description="What is given beside the hash.")
    notes: str = Field(description="What to know about it. Empty for nothing.")


class FormatPage(Schema):
    """A page of password formats."""

    formats: list[FormatInfo] = Field(description="At most `limit` formats, by id.")
    next: str | None = Field(
        description="Send it as `after` for the page that follows. Null on the last page."
    )
