"""Describe records that wait for an open decision: they fail until it is made."""

from __future__ import annotations

from imports.core.decisions.registry import KINDS
from imports.core.problems.kinds import ProblemKind, ProblemStage, Severity

ROWS = tuple(
    ProblemKind(
        ProblemStage.MAP,
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
