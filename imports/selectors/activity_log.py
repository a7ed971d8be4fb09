"""The activity log of a job in words: who did what, when."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.template.defaultfilters import filesizeformat

from imports.core.decisions import KINDS, name_value, split_key
from imports.core.planning.wording import (
    PlanChanges,
    describe_automatic_pause,
    describe_limits,
    describe_plan,
    describe_plan_changes,
    describe_policies,
)
from imports.core.readers import SYNTAX_NAMES
from imports.models import ImportJob, JobEvent

SENTENCES = {
    "upload": "uploaded the file",
    "read again": "changed the reader options",
    "map": "saved the mapping",
    "apply template": "applied a mapping template",
    "save template": "saved the mapping as a mapping template",
    "create attribute": "created an attribute",
    "dry run": "started the dry run",
    "stop dry run": "stopped the dry run",
    "index": "The search for duplicates finished",
    "finish dry run": "The dry run finished",
    "ask for approval": "The import plan is waiting for approval by a second person",
    "approve": "approved the import plan",
    "reject": "rejected the import plan",
    "refuse": (
        "The import was refused before anything was written: the import plan has changed since "
        "approval"
    ),
    "run": "started the import",
    "pause": "paused the import",
    "resume": "resumed the import",
    "cancel": "cancelled the import",
    "complete": "The import finished",
    "differ": "The result differs from the dry run",
    "decide": "made decisions about missing groups and roles",
    "answer": "made decisions that the dry run requires",
    "exclude": "changed which records to exclude",
    "retry": "retried records",
    "disable": "started to disable users who are missing from the file",
    "finish disabling": "Users who are missing from the file were disabled",
    "stop disabling": "The disabling of users was stopped",
    "undo": "started an undo of the import",
    "finish undoing": "The import was undone",
    "finish undoing some": "Some records were undone",
    "stop undoing": "The undo was stopped",
    "copy": "created the job from the file of another job",
    "set policies": "changed the conflict policies",
    "limit": "changed the limits",
    "pause automatically": "The job was paused automatically",
    "correct": "corrected failed records",
    "undo correction": "undid a correction",
    "add correction": "added a correction",
    "remove correction": "removed a correction",
    "edit": "edited records",
    "download": "downloaded records",
    "create role": "created a role",
    "create group": "created a group",
    "stop with an error": "The job stopped with an error",
    "open": "set up the legacy directory",
    "change settings": "changed the settings of the directory",
    "take over": "took over the directory. Its grants are limited to their permissions",
    "change mode": "changed the mode of the directory",
    "try directory": "queried the directory in the test console",
    "close": "closed the directory",
    "open again": "reopened the directory",
    "purge": "The file and the source rows were purged after their retention period",
}
# Of a job that a connection sends to. Somebody closes it, or the end of its day does.
OF_CONNECTION = {
    "open": "The first records arrived",
    "close": "The job was closed. Later records belong to another job",
}
CLOSED_DAY = "closed the job. Later records belong to another job"


@dataclass(frozen=True, slots=True)
class ActivityLogEntry:
    """One line of the activity log; without an actor the sentence stands for itself."""

    id: int
    at: datetime
    actor: str
    sentence: str
    detail: str


def list_activity_log(
    job: ImportJob, *, before: int | None = None, limit: int | None = None
) -> list[ActivityLogEntry]:
    """Return what was done to the job, newest first: all of it, or some lines `before` one."""
    events = job.events.select_related("actor").order_by("-id")
    if before is not None:
        events = events.filter(pk__lt=before)
    sentences = SENTENCES if job.day is None else SENTENCES | OF_CONNECTION
    return [_describe(event, sentences) for event in events[:limit]]


def _describe(event: JobEvent, sentences: Mapping[str, str]) -> ActivityLogEntry:
    sentence = sentences.get(event.action, event.action)
    if sentence == OF_CONNECTION["close"] and event.actor:
        sentence = CLOSED_DAY
    elif event.action == "pause" and event.detail.get("pilot"):
        sentence = "The pilot finished. The import is waiting for a review of its records"
    elif event.action == "complete" and "attempt" in event.detail:
        sentence = f"Attempt {event.detail['attempt']} finished"
    return ActivityLogEntry(
        id=event.pk,
        at=event.at,
        actor=str(event.actor) if event.actor else "",
        sentence=sentence,
        detail=DETAILS.get(event.action, say_nothing)(event.detail),
    )


def describe_differences(detail: dict[str, Any]) -> str:
    """Return what a run did otherwise than its dry run had predicted, and why, in sentences."""
    counts = ", ".join(
        f"{actual:,} {status} instead of {predicted:,}"
        for status, (predicted, actual) in detail["differences"].items()
    )
    error_groups = detail["error_groups"] or [
        "Users were deleted after the dry run, or changed during the import."
    ]
    return " ".join([f"{counts}.", *error_groups])


def _list_decisions(detail: dict[str, Any]) -> Iterator[str]:
    for kind, names in detail.items():
        for key, name in names.items():
            yield f"{kind} {key} becomes {name}" if name else f"{kind} {key} is dropped"


def list_answers(answers: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield column and value of each answered decision, and the label of the choice."""
    for key, choices in answers.items():
        code, column = split_key(key)
        for value, choice in choices.items():
            yield f"{column}, {name_value(value)}", KINDS[code].find_label(choice)


def _count_records(number: int) -> str:
    return f"{number:,} record{'' if number == 1 else 's'}"


def _describe_disabled(detail: dict[str, Any]) -> str:
    """Count the users by result, so that the numbers add up."""
    words = {
        "disabled": "disabled",
        "kept": "kept",
        "inactive": "disabled before",
        "gone": "deleted before",
    }
    counts = [f"{detail[name]:,} {word}" for name, word in words.items() if detail[name]]
    return ", ".join(counts) or "nobody"


def _describe_edit(detail: dict[str, Any]) -> str:
    which = f"row {detail['row']}" if "row" in detail else _count_records(detail["records"])
    return f"{which}, in {detail['file']}" if detail["file"] else which


def _describe_download(detail: dict[str, Any]) -> str:
    what = ", with their values"
    if detail["secrets"]:
        what = ", with secrets"
        what += f" of {_count_records(detail['records'])}" if "records" in detail else ""
    return str(detail["format"]).upper() + (what if detail["values"] else "")


def say_nothing(detail: dict[str, Any]) -> str:
    return ""


DETAILS: dict[str, Callable[[dict[str, Any]], str]] = {
    "upload": lambda detail: f"{detail['file']}, {filesizeformat(detail['bytes'])}",
    "read again": lambda detail: (
        f"as {SYNTAX_NAMES[detail['syntax']]}, {detail['member'] or detail['encoding']}"
    ),
    "map": lambda detail: f"mode {detail['mode']}",
    "index": lambda detail: f"{detail['repeated']} found",
    "run": lambda detail: "pilot" if detail["pilot"] else "",
    "retry": lambda detail: _count_records(detail["records"]),
    "correct": lambda detail: (
        f"{'; '.join(detail['sentences'])}, for {_count_records(detail['records'])}"
    ),
    "undo correction": lambda detail: "; ".join(detail["sentences"]),
    "add correction": lambda detail: f"{'; '.join(detail['sentences'])}, for “{detail['problem']}”",
    "remove correction": lambda detail: "; ".join(detail["sentences"]),
    "edit": lambda detail: _describe_edit(detail),
    "download": lambda detail: _describe_download(detail),
    "apply template": lambda detail: str(detail["template"]),
    "save template": lambda detail: str(detail["template"]),
    "change mode": lambda detail: f"from {detail['before']} to {detail['after']}",
    "create role": lambda detail: str(detail["key"]),
    "create group": lambda detail: str(detail["key"]),
    "create attribute": lambda detail: str(detail["key"]),
    "decide": lambda detail: "; ".join(_list_decisions(detail)),
    "answer": lambda detail: "; ".join(map(": ".join, list_answers(detail))),
    "exclude": lambda detail: "; ".join(detail["filters"]) or "none",
    "differ": describe_differences,
    "set policies": describe_policies,
    "limit": describe_limits,
    "ask for approval": describe_plan,
    "approve": describe_plan,
    "reject": describe_plan,
    "refuse": lambda detail: " ".join(describe_plan_changes(cast(PlanChanges, detail))),
    "pause automatically": describe_automatic_pause,
    "copy": lambda detail: f"job {detail['job']}, {detail['file']}",
    "disable": lambda detail: f"{detail['users']:,} user{'' if detail['users'] == 1 else 's'}",
    "finish disabling": lambda detail: _describe_disabled(detail),
    "stop disabling": lambda detail: f"{_describe_disabled(detail)}. {detail['error']}",
    "undo": lambda detail: _count_records(detail["records"]) if "records" in detail else "",
    "finish undoing": lambda detail: f"{detail['undone']} undone, {detail['left']} kept",
    "finish undoing some": lambda detail: f"{detail['undone']} undone, {detail['left']} kept",
    "stop with an error": lambda detail: str(detail["error"]),
    "stop undoing": lambda detail: str(detail["error"]),
}
