"""Mappings kept for the next file: as a JSON file, and fitted to the columns of a file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from imports.core.mapping.rules import Mapping
from imports.core.mapping.sources import find_column
from imports.core.providers import get_provider

# Of the columns that a template reads, the share a file has to have for it to be proposed.
ALIKE_FROM = 0.6


class TemplateFile(BaseModel):
    """A version of a mapping template as it is exported, to be kept in version control."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["userferry-mapping-template"] = Field(
        default="userferry-mapping-template",
        description="Marks the file as a mapping template.",
    )
    name: str = Field(min_length=1, max_length=200, description="Name of the template.")
    description: str = Field(default="", description="What the template is for. Empty for none.")
    version: int = Field(
        default=1,
        ge=1,
        description="Number of the version at the installation that exported it. An import gives"
        " it another.",
    )
    columns: list[str] = Field(
        default_factory=list,
        description="Columns of the file for which it was saved.",
    )
    mapping: Mapping = Field(description="The column mapping, without answers that are secrets.")


@dataclass(frozen=True, slots=True)
class FittedMapping:
    """A template's mapping for one file.

    `missing` are columns that it reads and the file has not, whose rules were left away; `new`
    columns of the file that it does not know, which go nowhere until somebody says where.
    """

    mapping: Mapping
    missing: tuple[str, ...]
    new: tuple[str, ...]


def fit_mapping(mapping: Mapping, columns: Collection[str]) -> FittedMapping:
    """Return the mapping of a template without what the file lacks, and with what is new in it."""
    known = {source for rule in mapping.rules for source in rule.sources} | set(mapping.ignored)
    reached = {find_column(source, columns) for source in known}
    # A field of the record format that no rule names is kept, and an unknown one fails its records.
    is_record = get_provider(mapping.provider).is_record
    new = tuple(column for column in columns if column not in reached and not is_record)
    missing = list_missing_columns(mapping, columns)
    rules = [rule for rule in mapping.rules if not set(rule.sources) & set(missing)]
    ignored = [column for column in mapping.ignored if column in set(columns)]
    fitted = mapping.model_copy(update={"rules": rules, "ignored": [*ignored, *new]})
    return FittedMapping(fitted, missing, new)


def list_missing_columns(mapping: Mapping, columns: Collection[str]) -> tuple[str, ...]:
    """Return every column and path that the mapping reads and that leads nowhere in the file."""
    sources = dict.fromkeys(source for rule in mapping.rules for source in rule.sources)
    return tuple(source for source in sources if find_column(source, columns) is None)


def measure_likeness(mapping: Mapping, columns: Collection[str]) -> float:
    """Return the share of the columns a mapping reads that a file has, from 0 to 1."""
    sources = {source for rule in mapping.rules for source in rule.sources}
    missing = list_missing_columns(mapping, columns)
    return 1 - len(missing) / len(sources) if sources else 0.0
