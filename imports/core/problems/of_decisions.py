"""What a record waits for that concerns a decision which nobody has taken: it fails until then."""

from __future__ import annotations

from imports.core.decisions.registry import KINDS
from imports.core.problems.kinds import ProblemKind, Severity, Stage

ROWS = tuple(
    ProblemKind(
        Stage.MAP,
        Severity.ERROR,
        kind.code,
        kind.title,
        kind.message,
        kind.advice,
        kind.afterwards,
        grouped_by="value",
        summary_label=kind.summary_label,
    )
    for kind in KINDS.values()
)
