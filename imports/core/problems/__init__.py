"""Every problem a record or file can have, and the catalogue of their kinds."""

from imports.core.problems.catalogue import CODES, COLLISIONS, tell
from imports.core.problems.kinds import ProblemKind, Severity
from imports.core.problems.problem import Problem, digest_error_group, group_problem, has_errors

__all__ = [
    "CODES",
    "COLLISIONS",
    "Problem",
    "ProblemKind",
    "Severity",
    "digest_error_group",
    "group_problem",
    "has_errors",
    "tell",
]
