"""Write a password summary as programs read it: format, count, and a sentence."""

from __future__ import annotations

from typing import Any

from accounts import hashing
from imports.core.problems import Problem
from imports.core.problems.of_passwords import HASH_UNRECOGNISED
from imports.core.records.password_summary import DETAILS, Kind, PasswordSummary, Reason

PLAIN, NONE, UNKNOWN = "plain", "none", "unknown"


def list_passwords(password_summary: PasswordSummary) -> list[dict[str, Any]]:
    """Return format, count and text of each kind of password, then of records without one.

    The format is that of the hash; “unknown” for one that cannot be used, whose text says why and
    shows the outline of what is not recognised; “plain” and “none” for records without a hash.
    """
    kinds = [
        _write(kind.format_id, count, _describe_kind(kind))
        for kind, count in password_summary.kinds.most_common()
    ]
    unusable = [
        _write(UNKNOWN, count, _describe_reason(reason))
        for reason, count in password_summary.unusable.most_common()
    ]
    others = [
        _write(
            PLAIN, password_summary.plain, "Plain passwords, which are hashed during the import."
        ),
        _write(NONE, password_summary.absent, "No password is imported for these users."),
        _write("", password_summary.unknown, "Not examined: the record fails for another reason."),
    ]
    return [*kinds, *unusable, *(each for each in others if each["count"])]


def _write(format_id: str, count: int, text: str) -> dict[str, Any]:
    return {"format": format_id, "count": count, "text": text}


def _describe_kind(kind: Kind) -> str:
    known = hashing.FORMATS.get(kind.format_id)
    parameters = ", ".join(f"{name} {value}" for name, value in kind.parameters)
    label = known.label if known else kind.format_id
    said = f"{label}, {parameters}" if parameters else label
    return f"{said}; weak" if kind.weak else said


def _describe_reason(reason: Reason) -> str:
    problem = Problem(reason.code, params=dict.fromkeys(DETAILS, reason.detail))
    return " ".join(filter(None, [f"{problem.kind.title}.", problem.message, tell_outline(reason)]))


def tell_outline(reason: Reason) -> str:
    """Return the outline of hashes where the message of their problem does not have it."""
    is_told = reason.code != HASH_UNRECOGNISED.code
    return "" if is_told or not reason.detail else f"Outline: {reason.detail}."
