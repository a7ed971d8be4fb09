"""Says a job's rules, limits and halts in words, for the timeline and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imports.core.problems import CODES


def describe_halt(why: Mapping[str, Any]) -> str:
    """Say why a job halted itself; nothing if it did not."""
    if "row" in why:
        title = CODES[why["code"]].title
        return f"Row {why['row']}: {title}; the job's rules say to stop there."
    if "failed" in why:
        return (
            f"{why['failed']:,} of {why['records']:,} records failed: more than the"
            f" {why['percent']}% that were allowed."
        )
    return ""


def describe_rules(rules: Mapping[str, Any]) -> str:
    """Say which rules differ from the defaults."""
    chosen = {**rules["conflicts"], **rules["field_policies"]}
    return ", ".join(f"{name} = {value}" for name, value in chosen.items()) or "all as by default"


def describe_limits(limits: Mapping[str, Any]) -> str:
    """Say how fast a job may write and when it halts."""
    speed = f"{limits['throttle']:,} records a second" if limits["throttle"] else "no throttle"
    if limits["halt_percent"] is None:
        return f"{speed}, no halt"
    return f"{speed}, halt above {limits['halt_percent']}% of {limits['halt_sample']:,} or more"
