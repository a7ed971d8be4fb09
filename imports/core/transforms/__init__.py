"""What a mapping rule can do to a value on its way from source column to target field."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from imports.core.plugins import load_plugins
from imports.core.transforms import families
from imports.core.transforms.contract import Step

__all__ = ["TRANSFORMS", "Step", "Transform"]


def load_transforms() -> dict[str, type[Step]]:
    """Return the transforms of every module in `families` by kind, in the order of their labels.

    Raise ValueError where two are of one kind.
    """
    found: list[type[Step]] = [
        step for module in load_plugins(families) for step in module.TRANSFORMS
    ]
    table = {
        str(step.model_fields["kind"].default): step
        for step in sorted(found, key=lambda each: each.label)
    }
    if len(table) < len(found):
        raise ValueError("two transforms are of one kind")
    return table


TRANSFORMS = load_transforms()


class OneOfAll:
    """Has pydantic read and write a transform by its kind."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        choices = {kind: handler.generate_schema(step) for kind, step in TRANSFORMS.items()}
        return core_schema.tagged_union_schema(choices, discriminator="kind")


Transform = Annotated[Step, OneOfAll()]
