"""Put a job's conflict policy, limits and pauses into words, for the log and the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from imports.core.planning.matching import SUBJECT_ID, label_matching_key
from imports.core.problems import CODES


def describe_automatic_pause(why: Mapping[str, Any]) -> str:
    """Say why a job was paused automatically; nothing if it did not."""
    if "row" in why:
        title = CODES[why["code"]].title
        return f"Row {why['row']}: {title}. The conflict policies stop the job here."
    if "failed" in why:
        return (
            f"{why['failed']:,} of {why['records']:,} records failed. The failure threshold is "
            f"{why['percent']}%."
        )
    return ""


def describe_policies(policies: Mapping[str, Any]) -> str:
    """Say which rules differ from the defaults."""
    chosen = {**policies["conflicts"], **policies["field_policies"]}
    if (matching_key := policies["matching_key"]) != SUBJECT_ID:
        chosen["matching key"] = label_matching_key(matching_key)
    return ", ".join(f"{name} = {value}" for name, value in chosen.items()) or "defaults"


def describe_limits(limits: Mapping[str, Any]) -> str:
    """Say how fast a job may write and when it pauses automatically."""
    rate = f"{limits['rate_limit']:,} records a second" if limits["rate_limit"] else "no rate limit"
    if limits["failure_threshold"] is None:
        return f"{rate}, no failure threshold"
    sample = f"{limits['failure_sample']:,}"
    return f"{rate}, failure threshold {limits['failure_threshold']}% of {sample} or more"


# What a plan is made from, by the names of `ImportPlan.inputs`.
INPUTS = {
    "file": "the file",
    "reader": "how the file is read",
    "mapping": "the mapping, including decisions and excluded records",
    "options": "the options: mode, matching key, conflict policies and field policies",
    "attributes": "the attribute definitions",
    "corrections": "the corrections that the run makes",
}
WILL = {"create": "be created", "update": "be updated", "skip": "be skipped", "fail": "fail"}
WILL_COME = {"created": "be created", "updated": "be updated", "skipped": "be skipped"}


class ChangedRow(TypedDict):
    """What was approved for a row, “” where nothing was, and what would be done with it now.

    `approved` and `now` are values of `plans.Action`; `codes` are those of the plan's problems,
    `fields` what it would change.
    """

    row: int
    who: str
    approved: str
    now: str
    codes: list[str]
    fields: list[str]


class ChangedRows(TypedDict):
    """How many rows are planned otherwise than approved, and the first of them."""

    rows: int
    examples: list[ChangedRow]


class PlanChanges(ChangedRows):
    """The same of a whole job, as it is kept with its plan.

    `statuses` has, for each status whose number differs, what was approved and what is planned
    now. `error_groups` are sentences that say what changed since the dry run.
    """

    statuses: dict[str, list[int]]
    error_groups: list[str]


def describe_statuses(statuses: Mapping[str, int]) -> str:
    """Say how many records are to have which status, such as “2 records: all will be created.”."""
    total = sum(statuses.values())
    records = "1 record" if total == 1 else f"{total:,} records"
    parts = [
        f"{count:,} will {WILL_COME.get(status, 'fail')}"
        for status, count in statuses.items()
        if count
    ]
    if len(parts) == 1:
        parts = [f"{'it' if total == 1 else 'all'} {parts[0].partition(' ')[2]}"]
    return f"{records}: {', '.join(parts)}."


def describe_changed_inputs(names: Iterable[str]) -> list[str]:
    """Say in sentences which of `INPUTS` have changed since a plan was made from them."""
    return [f"Changed since the dry run: {INPUTS[name]}." for name in names]


def describe_plan_changes(changes: PlanChanges | None) -> list[str]:
    """Say in sentences how what a run would do differs from the plan that was approved."""
    if not changes:
        return []
    rows = changes["rows"]
    records = "1 record" if rows == 1 else f"{rows:,} records"
    return [
        f"{records} would have a different result than planned.",
        *(
            f"{now:,} would {WILL_COME.get(status, 'fail')} instead of {approved:,}."
            for status, (approved, now) in changes["statuses"].items()
        ),
        *map(describe_changed_row, changes["examples"]),
        *changes["error_groups"],
    ]


def describe_changed_row(example: ChangedRow) -> str:
    """Say what was approved for one row and what would be done with it now."""
    name = f"Row {example['row']}" + (f" ({example['who']})" if example["who"] else "")
    now, approved = WILL[example["now"]], WILL.get(example["approved"], "")
    titles = [CODES[code].title.lower() for code in example["codes"] if code in CODES]
    because = f": {', '.join(titles)}" if titles else ""
    if not approved:
        return f"{name} was not in the approved plan."
    if now != approved:
        return f"{name} was to {approved}, and would now {now}{because}."
    fields = f" It would change {', '.join(example['fields'])}." if example["fields"] else ""
    return f"{name} would still {now}, but with different values{because}.{fields}"


def describe_plan(detail: Mapping[str, Any]) -> str:
    """Name a plan, with what was said about it."""
    said = f": “{detail['comment']}”" if detail.get("comment") else ""
    return f"plan {detail['plan']} ({detail['digest'][:12]}){said}"
