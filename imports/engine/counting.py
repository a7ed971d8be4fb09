"""Counts what a chunk's plans come to; the counts of all chunks add up to the job's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from imports.core.census import Census
from imports.core.mapping import MappedRow
from imports.core.plans import Action, Plan
from imports.core.problems import group_problem
from imports.models import Outcome

OUTCOMES: dict[Action, Outcome] = {
    Action.CREATE: Outcome.CREATED,
    Action.UPDATE: Outcome.UPDATED,
    Action.SKIP: Outcome.SKIPPED,
    Action.FAIL: Outcome.FAILED,
}
EXAMPLES = 5


def count_plans(plans: Iterable[Plan]) -> dict[str, int]:
    """Return how many plans lead to each outcome; unchanged ones are among the skipped."""
    counts = Counter(OUTCOMES[plan.action].value for plan in plans)
    return {outcome.value: counts[outcome.value] for outcome in Outcome}


def report_plans(plans: list[Plan], rows: list[MappedRow]) -> dict[str, Any]:
    """Return what the check tells of one chunk: outcomes, problems by cause, passwords."""
    groups: dict[str, dict[str, Any]] = {}
    for plan in plans:
        for problem in plan.problems:
            key = orjson.dumps(group_problem(problem).to_json()).decode()
            group = groups.setdefault(key, {"count": 0, "examples": []})
            group["count"] += 1
            if len(group["examples"]) < EXAMPLES:
                group["examples"].append(plan.row_number)
    return {
        "outcomes": count_plans(plans),
        "problems": groups,
        "passwords": _count_passwords(rows).to_json(),
        "unchanged": sum(1 for plan in plans if _is_unchanged(plan)),
    }


def _is_unchanged(plan: Plan) -> bool:
    return any(problem.code == "unchanged" for problem in plan.problems)


def _count_passwords(rows: Iterable[MappedRow]) -> Census:
    census = Census()
    for row in rows:
        census.count(row.record, row.problems)
    return census


def merge_reports(reports: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the check's report of a whole job from those of its chunks, in their order."""
    outcomes: Counter[str] = Counter()
    passwords = Census()
    groups: dict[str, dict[str, Any]] = {}
    unchanged = 0
    for report in reports:
        outcomes.update(report["outcomes"])
        passwords.add(Census.from_json(report["passwords"]))
        unchanged += report["unchanged"]
        for key, found in report["problems"].items():
            group = groups.setdefault(key, {"count": 0, "examples": []})
            group["count"] += found["count"]
            group["examples"] = (group["examples"] + found["examples"])[:EXAMPLES]
    ranked = sorted(groups.items(), key=lambda item: -item[1]["count"])
    return {
        "outcomes": dict(outcomes),
        "unchanged": unchanged,
        "passwords": passwords.to_json(),
        "problems": [{**orjson.loads(key), **group} for key, group in ranked],
    }
