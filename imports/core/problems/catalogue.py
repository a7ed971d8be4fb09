"""The catalogue of problems: every kind there is, by its code.

A new kind is one row in the module of its subject; everything beside it is read from there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType, ModuleType

from imports.core.problems import (
    of_columns,
    of_conflicts,
    of_decisions,
    of_files,
    of_mapping,
    of_passwords,
    of_permissions,
    of_rows,
    of_runs,
    of_updates,
    of_values,
)
from imports.core.problems.conflict_kinds import Resolution
from imports.core.problems.kinds import ProblemKind

SUBJECTS = (
    of_files,
    of_rows,
    of_columns,
    of_mapping,
    of_values,
    of_passwords,
    of_conflicts,
    of_permissions,
    of_updates,
    of_runs,
)


def list_rows(subject: ModuleType) -> Iterator[ProblemKind]:
    """Yield the rows of a module, in their order there."""
    return (each for each in vars(subject).values() if isinstance(each, ProblemKind))


CODES: Mapping[str, ProblemKind] = MappingProxyType(
    {
        kind.code: kind
        for kind in [
            *(kind for subject in SUBJECTS for kind in list_rows(subject)),
            *of_decisions.ROWS,
        ]
    }
)
# Codes of records that were skipped for the sake of another one. Of those that are skipped for
# other reasons, as users who exist already, there may be millions, and nothing is to be corrected.
COLLISIONS = frozenset(code for code, kind in CODES.items() if kind.is_collision)
_TOLD: Mapping[tuple[str, Resolution], ProblemKind] = {
    (kind.variant_of or code, kind.resolution): kind
    for code, kind in CODES.items()
    if kind.resolution is not None
}


def tell(kind: ProblemKind, resolution: Resolution) -> ProblemKind:
    """Return the variant of a kind that tells what was done about the conflict.

    To stop the job fails the record. The kind itself where there is nothing else to tell.
    """
    done = Resolution.FAIL if resolution is Resolution.STOP else resolution
    return _TOLD.get((kind.code, done), kind)
