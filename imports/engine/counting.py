"""Counts what a chunk's plans come to; the counts of all chunks add up to the job's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from accounts import hashing
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
    """Return what the check tells of one chunk: outcomes, problems by cause, hash formats."""
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
        "hashes": dict(Counter(_list_hashes(rows))),
        "unchanged": sum(1 for plan in plans if _is_unchanged(plan)),
    }


def _is_unchanged(plan: Plan) -> bool:
    return any(problem.code == "unchanged" for problem in plan.problems)


def _list_hashes(rows: Iterable[MappedRow]) -> Iterable[str]:
    for row in rows:
        password = row.record and row.record.authenticators.password
        if password and password.encoded:
            yield hashing.describe(password.encoded).label
        elif password and password.plaintext is not None:
            yield "plain password"
        elif row.record:
            yield "no password"


def merge_reports(reports: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the check's report of a whole job from those of its chunks, in their order."""
    outcomes: Counter[str] = Counter()
    hashes: Counter[str] = Counter()
    groups: dict[str, dict[str, Any]] = {}
    unchanged = 0
    for report in reports:
        outcomes.update(report["outcomes"])
        hashes.update(report["hashes"])
        unchanged += report["unchanged"]
        for key, found in report["problems"].items():
            group = groups.setdefault(key, {"count": 0, "examples": []})
            group["count"] += found["count"]
            group["examples"] = (group["examples"] + found["examples"])[:EXAMPLES]
    ranked = sorted(groups.items(), key=lambda item: -item[1]["count"])
    return {
        "outcomes": dict(outcomes),
        "unchanged": unchanged,
        "hashes": dict(hashes.most_common()),
        "problems": [{**orjson.loads(key), **group} for key, group in ranked],
    }
