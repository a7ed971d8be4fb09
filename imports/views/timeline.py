"""The timeline of a job in words: who did what, when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.defaultfilters import filesizeformat

from imports.core.readers import SYNTAX_NAMES
from imports.models import ImportJob, JobEvent

SENTENCES = {
    "upload": "uploaded the file",
    "read again": "had the file read with other options",
    "map": "saved the mapping",
    "apply template": "took the mapping from a template",
    "save template": "saved the mapping as a template",
    "create attribute": "created an attribute",
    "check": "started the check",
    "stop checking": "stopped the check",
    "index": "Duplicates in the file were looked for",
    "finish checking": "The check finished",
    "run": "started the import",
    "pause": "paused the import",
    "resume": "resumed the import",
    "cancel": "cancelled the import",
    "complete": "The import finished",
    "retry": "retried failed records",
    "create role": "created a role",
    "create group": "created a group",
    "stop with an error": "The job was stopped by an error",
    "purge": "The file and the source rows were purged: their retention period ended",
}


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of the timeline; without an actor the sentence stands for itself."""

    at: datetime
    actor: str
    sentence: str
    detail: str


def list_timeline(job: ImportJob) -> list[TimelineEntry]:
    """Return what was done to the job, newest first."""
    events = job.events.select_related("actor").order_by("-id")
    return [_describe(event) for event in events]


def _describe(event: JobEvent) -> TimelineEntry:
    sentence = SENTENCES.get(event.action, event.action)
    if event.action == "pause" and event.detail.get("first_slice"):
        sentence = "The first records are written; the import waits for a look at them"
    return TimelineEntry(
        at=event.at,
        actor=str(event.actor) if event.actor else "",
        sentence=sentence,
        detail=_describe_detail(event.action, event.detail),
    )


def _describe_detail(action: str, detail: dict[str, Any]) -> str:
    match action:
        case "upload":
            return f"{detail['file']}, {filesizeformat(detail['bytes'])}"
        case "read again":
            return f"as {SYNTAX_NAMES[detail['syntax']]}, {detail['encoding']}"
        case "map":
            return f"mode {detail['mode']}"
        case "index":
            return f"{detail['repeated']} found"
        case "run":
            return "the first records only" if detail["first_slice"] else ""
        case "retry":
            return f"{detail['records']} records"
        case "apply template" | "save template":
            return str(detail["template"])
        case "create role" | "create group" | "create attribute":
            return str(detail["key"])
        case "stop with an error":
            return str(detail["error"])
    return ""
