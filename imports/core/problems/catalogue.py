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
