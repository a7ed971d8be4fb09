"""Column mappings as the text of a form: JSON in the format of a mapping file."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from pydantic import ValidationError as ShapeError

from imports.core.errors import MappingError
from imports.core.mapping import Mapping


def write_json(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False)


def write_mapping(mapping: Mapping) -> str:
    """Return the mapping without what is left at its default, and without the source's name."""
    return write_json(
        mapping.model_dump(mode="json", exclude_defaults=True, exclude={"source_name"})
    )


def read_object(text: str) -> dict[str, Any]:
    """Return the object that the text is, an empty one for no text. Raise ValidationError."""
    try:
        given = json.loads(text or "{}")
    except ValueError as error:
        raise ValidationError(f"This is not JSON: {error}.") from error
    if not isinstance(given, dict):
        raise ValidationError("Write a JSON object.")
    return given


def read_mapping(given: dict[str, Any], check: Callable[[Mapping], None]) -> Mapping:
    """Return the mapping. Raise ValidationError with everything that is wrong with it.

    `check` raises MappingError for one that cannot be used here.
    """
    try:
        mapping = Mapping.model_validate(given)
        check(mapping)
    except ShapeError as error:
        faults = error.errors(include_url=False, include_input=False)
        told = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}." for each in faults]
        raise ValidationError(told) from error
    except MappingError as error:
        raise ValidationError(error.faults) from error
    return mapping
