"""Tell whether what a page showed still holds, by a digest of each part an action depends on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

# Hexadecimal digits: enough that two versions of one job never share them.
DIGITS = 16


@dataclass(frozen=True, slots=True)
class Action:
    """The parts of a page that an action depends on, and the words for what was not done."""

    parts: tuple[str, ...]
    done: str
    again: str


MAPPING = ("file", "reader", "mapping", "options")
RUN = (*MAPPING, "attributes", "corrections", "limits", "state")
RETRY = (*MAPPING, "attributes", "corrections", "state")
ACTIONS = {
    "map": Action(MAPPING, "saved", "save again"),
    "read again": Action(MAPPING, "changed", "read it again"),
    "set policies": Action(("options", "limits"), "saved", "save again"),
    "limit": Action(("limits",), "changed", "change it again"),
    "dry run": Action((*MAPPING, "corrections"), "started", "start again"),
    "decide": Action((*MAPPING, "report"), "decided", "decide again"),
    "approve": Action((*RUN, "report", "plan"), "decided", "decide again"),
    "run": Action((*RUN, "report", "plan"), "started", "start again"),
    "resume": Action(RUN, "started", "resume again"),
    "retry": Action(RETRY, "retried", "retry again"),
    "correct": Action(RETRY, "corrected", "correct it again"),
    "undo": Action(("state", "preview"), "undone", "undo again"),
    "disable": Action(("state", "leavers"), "disabled", "disable them again"),
    "copy": Action((*MAPPING, "corrections", "state"), "started", "start again"),
    "create": Action((*MAPPING, "report", "state"), "created", "create it again"),
    "directory": Action(("settings", "mapping", "mode"), "changed", "change it again"),
    "directory try": Action(("settings", "mapping"), "asked", "ask again"),
    "connection": Action(("connection", "switch"), "changed", "change it again"),
    "undo connection": Action(("jobs",), "undone", "undo again"),
    "invite": Action(("invitation", "sending", "recipients"), "sent", "start again"),
}
# What each part is called where nobody is known to have changed it.
PARTS = {
    "file": "the file",
    "reader": "how the file is read",
    "mapping": "the mapping",
    "options": "the conflict policy",
    "attributes": "the attribute definitions",
    "limits": "the rate limit or the failure threshold",
    "report": "the dry run",
    "plan": "the import plan",
    "corrections": "the corrections",
    "state": "the state of the job",
    "preview": "what an undo would do to the users, who signed in or were changed,",
    "leavers": "the list of users who are missing from the file",
    "settings": "the settings of the directory",
    "mode": "the mode of the directory",
    "connection": "the settings of the connection",
    "switch": "whether the connection is on",
    "jobs": "what the connection has written",
    "invitation": "the text or the rate limit of the invitations",
    "sending": "the state of the invitations",
    "recipients": "the recipients of the invitations",
}
PLURAL = {"attributes", "corrections", "settings", "recipients"}
# For each part, the actions on a job that change it.
CHANGED_BY = {
    "reader": {"read again"},
    "mapping": {"map", "apply template", "read again", "decide", "answer", "exclude"},
    "options": {"set policies", "map"},
    "limits": {"limit"},
    "report": {"map", "apply template", "read again", "set policies", "dry run", "finish dry run"},
    "plan": {"ask for approval", "approve", "reject", "refuse"},
    "corrections": {"correct", "undo correction", "add correction", "remove correction"},
    "settings": {"change settings", "map", "take over"},
    "mode": {"change mode"},
    "connection": {"change connection", "take over connection"},
    "switch": {"switch on", "switch off"},
}
# What somebody did, after their name.
DEEDS = {
    "map": "changed the mapping",
    "apply template": "applied a mapping template",
    "read again": "changed the reader options",
    "decide": "made decisions about missing groups and roles",
    "answer": "made decisions that the dry run requires",
    "exclude": "changed which records are excluded",
    "set policies": "changed the conflict policies",
    "create attribute": "created an attribute",
    "limit": "changed the limits",
    "dry run": "started a dry run",
    "stop dry run": "stopped the dry run",
    "approve": "approved the import plan",
    "reject": "rejected the import plan",
    "run": "started the import",
    "pause": "paused the import",
    "resume": "resumed the import",
    "cancel": "cancelled the import",
    "retry": "retried records",
    "correct": "corrected the mapping for a retry",
    "undo correction": "undid a correction",
    "add correction": "added a correction",
    "remove correction": "removed a correction",
    "undo": "started an undo",
    "stop undoing": "stopped the undo",
    "disable": "started to disable users who are missing from the file",
    "stop disabling": "stopped the disabling of users",
    "change settings": "changed the settings of the directory",
    "take over": "took over the directory",
    "change mode": "changed the mode of the directory",
    "change connection": "changed the settings of the connection",
    "take over connection": "took over the connection",
    "switch on": "switched the connection on",
    "switch off": "switched the connection off",
}
# What happened without anybody's doing.
EVENTS = {
    "finish dry run": "The dry run finished",
    "ask for approval": "An import plan was created",
    "refuse": "The import was refused because its plan had changed",
    "pause": "The pilot finished",
    "pause automatically": "The job was paused automatically",
    "complete": "The import finished",
    "finish disabling": "Users who are missing from the file were disabled",
    "stop disabling": "The disabling of users was stopped by an error",
    "finish undoing": "The undo finished",
    "finish undoing some": "The undo finished",
    "stop undoing": "The undo was stopped by an error",
    "stop with an error": "The job was stopped by an error",
}
STATE_CHANGES = (DEEDS.keys() | EVENTS.keys()) - {"create attribute", "limit", "change settings"}


def digest_part(content: Any) -> str:
    """Return a digest that only the same content has; dates become their ISO form."""
    encoded = orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return hashlib.sha256(encoded).hexdigest()[:DIGITS]


def write_shown(parts: Mapping[str, str]) -> str:
    """Return digests by part as the one text that a form, a header or an option carries."""
    return " ".join(f"{name}:{digest}" for name, digest in sorted(parts.items()))


def find_changed(shown: str, now: Mapping[str, str], action: Action) -> list[str]:
    """Return the parts that the action depends on and that are not as they were shown.

    A part that was not shown counts as changed; one that no longer exists does, too.
    """
    before = dict(part.split(":", 1) for part in shown.split() if ":" in part)
    relevant = [name for name in action.parts if name in now or name in before]
    return [name for name in relevant if before.get(name) != now.get(name)]


def list_changes_of(part: str) -> Iterable[str]:
    """Return the actions that change a part."""
    return CHANGED_BY.get(part, STATE_CHANGES if part == "state" else ())


def describe_event(action: str, who: str, when: str) -> str:
    """Return who did what when as a sentence; without `who`, what happened by itself."""
    if who and action in DEEDS:
        return f"{who} {DEEDS[action]} {when}."
    return f"{EVENTS[action]} {when}." if action in EVENTS else ""


def describe_part(part: str) -> str:
    """Return that a part has changed, as a sentence."""
    words = PARTS[part]
    verb = "have" if part in PLURAL else "has"
    return f"{words[0].upper()}{words[1:]} {verb} changed since this page was shown."
