"""The systems that users are exported to, each with what it takes and the shapes of its files."""

from exports.targets.contract import Context, Shape, Target
from exports.targets.registry import TARGETS

__all__ = ["TARGETS", "Context", "Shape", "Target"]
