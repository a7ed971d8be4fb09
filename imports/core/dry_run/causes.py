"""Find the one cause for which most records of a file are not imported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from imports.core.dry_run.shapes import RootCause
from imports.core.dry_run.tally import Tally
from imports.core.dry_run.unread import UNSTORABLE
from imports.core.planning.matching import MatchCount, label_matching_key, propose_matching_key
from imports.core.planning.plans import Action, Plan
from imports.core.problems import CODES, Problem, Severity, of_decisions
from imports.core.problems.conflict_kinds import Reason
from imports.core.records.targets import get_label

# Stands for all problems of values that users with other subject ids have.
IN_USE = "in_use"
IN_USE_REASONS = frozenset({Reason.VALUE_TAKEN, Reason.AUTHENTICATOR_TAKEN})
UNDECIDED = frozenset(kind.code for kind in of_decisions.ROWS)
# Of one record, its problems say as much.
MIN_RECORDS = 2


def list_causes(plan: Plan) -> set[str]:
    """Return for what a record is not imported, each once: code, field and column, or IN_USE.

    Besides IN_USE there is, for each of the values in use, IN_USE with the value's field. What
    waits for a decision is said by the decisions.
    """
    if plan.action not in {Action.FAIL, Action.SKIP}:
        return set()
    return {
        UNSTORABLE.sub("\ufffd", cause)
        for problem in plan.problems
        if problem.code not in UNDECIDED
        for cause in _name_causes(problem)
    }


def _name_causes(problem: Problem) -> Iterator[str]:
    kind = problem.kind
    if kind.severity is not Severity.ERROR and not kind.is_collision:
        return
    if kind.reason in IN_USE_REASONS:
        yield IN_USE
        yield f"{IN_USE}\n{problem.field}"
    else:
        yield f"{problem.code}\n{problem.field}\n{problem.column}"


def find_root_cause(causes: Tally, planned: int) -> RootCause | None:
    """Return the most frequent cause if more than half of the planned records have it."""
    ranked = [(key, each.count) for key, each in causes.list_ranked()]
    whole = [(key, count) for key, count in ranked if not key.startswith(f"{IN_USE}\n")]
    if not whole:
        return None
    key, count = whole[0]
    if count < MIN_RECORDS or count * 2 <= planned:
        return None
    code, field, column = (*key.split("\n"), "", "")[:3]
    fields = [
        (name.partition("\n")[2], count) for name, count in ranked if name.startswith(f"{IN_USE}\n")
    ]
    return {
        "code": code,
        "field": field,
        "column": column,
        "count": count,
        "planned": planned,
        "fields": fields if code == IN_USE else [],
    }


def describe_root_cause(cause: RootCause, matches: Sequence[MatchCount], matching_key: str) -> str:
    """Say for what most records are not imported, and what to do about it.

    `matches` are the report's counts by matching key, `matching_key` the job's.
    """
    count, planned = cause["count"], cause["planned"]
    share = f"{count:,} of {planned:,} records are not imported because of one problem"
    if cause["code"] == IN_USE:
        named = ", ".join(f"{get_label(field)} ({count:,})" for field, count in cause["fields"])
        return (
            f"{share}: users with other subject ids have their values already: {named}. They are"
            f" probably the same people under other ids. {_advise(matches, matching_key)}"
        )
    kind = CODES[cause["code"]]
    places = [f"column “{cause['column']}”"] if cause["column"] else []
    if cause["field"]:
        places.append(f"field {get_label(cause['field'])}")
    where = f" ({', '.join(places)})" if places else ""
    return f"{share}: {kind.title}{where}. {kind.advice}".rstrip()


def _advise(matches: Sequence[MatchCount], matching_key: str) -> str:
    proposal = propose_matching_key(matches, matching_key)
    if proposal is None:
        return (
            "Map the column that holds the subject ids of the users here, or choose another"
            " matching key in the conflict policies."
        )
    return (
        f"Choose another matching key in the conflict policies: by the"
        f" {label_matching_key(proposal['key'])}, {proposal['users']:,} records have a user here"
        f" (on the command line: --match {proposal['key']})."
    )
