"""The corrections of `import_users`: read from a file, made before or after the run, and listed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from accounts.models import User
from imports.core.corrections import Asks
from imports.core.corrections.written import WrittenCorrection, write_group
from imports.core.decisions import KINDS as DECISIONS
from imports.core.errors import CorrectionError, MappingError
from imports.core.problems import Problem
from imports.management.job_making import stop_for_usage
from imports.models import ImportJob
from imports.selectors import find_error_group, list_error_groups
from imports.services.corrections.choices import correct, imagine_group
from imports.services.corrections.offers import Offer, list_offers
from imports.services.corrections.samples import ErrorGroup

# Error groups whose corrections are tried and listed, and choices of each.
MAX_GROUPS = 10
MAX_CHOICES = 6


def read_corrections(path: Path) -> list[WrittenCorrection]:
    """Return the corrections of a file; what is said about a wrong one quotes no values of it."""
    try:
        return TypeAdapter(list[WrittenCorrection]).validate_json(path.read_bytes())
    except OSError as error:
        stop_for_usage(f"The file of corrections {path} cannot be read: {error.strerror}.")
    except ValidationError as error:
        faults = (
            f"  {'.'.join(map(str, fault['loc'])) or 'the file'}: {fault['msg']}"
            for fault in error.errors(include_input=False, include_url=False)
        )
        stop_for_usage(f"The file of corrections {path} is not valid:\n" + "\n".join(faults))


def add_corrections(job: ImportJob, written: Sequence[WrittenCorrection], actor: User) -> None:
    """Have the run of a new job make corrections, whether or not any record turns out to need them.

    Exits for what is no correction of its error group.
    """
    for number, each in enumerate(written):
        try:
            correct(job, imagine_group(each.group.problem), each.choice, actor=actor)
        except (CorrectionError, MappingError) as error:
            stop_for_usage(f"Correction {number} of the file cannot be made: {error}")
        job.refresh_from_db()


def correct_failed(
    job: ImportJob,
    written: Sequence[WrittenCorrection],
    actor: User,
    wait: Callable[[], None],
) -> None:
    """Retry the failed records of a completed job with what is written for their error groups.

    One after the other, and again for records that another correction has brought to the group.
    `wait` returns when a retry has ended.
    """
    left: dict[int, int] = {}
    for _ in written:
        for number, each in enumerate(written):
            digest = imagine_group(each.group.problem).digest
            group = find_error_group(job, digest)
            if group is None or group.count == left.get(number):
                continue
            correct(job, group, each.choice, actor=actor)
            wait()
            after = find_error_group(job, digest)
            left[number] = after.count if after else 0


def describe_corrections(job: ImportJob, actor: User) -> list[str]:
    """Say what the records that fail can be corrected by, and what a file for that looks like."""
    # What waits for a decision is listed with the decisions.
    groups = [each for each in list_error_groups(job) if each.problem.code not in DECISIONS]
    lines, example = [], None
    for group in groups[:MAX_GROUPS]:
        if found := list_offers(job, group, actor=actor).found:
            lines.append(f"{group.count:>10,} {_name_group(group.problem)}")
            lines += [f"{'':>14}{_describe_offer(offer)}" for offer in found]
            example = example or _write_example(group, found[0])
    if not lines:
        return []
    lines.insert(0, "What corrects them:")
    if len(groups) > MAX_GROUPS:
        lines.append(f"{'':>10} Further error groups: {len(groups) - MAX_GROUPS:,}")
    written = json.dumps([example], ensure_ascii=False)
    option = f"--resume {job.pk} --corrections" if job.has_begun else "--corrections"
    return [*lines, f"Choose in a file for {option}, such as: {written}"]


def _name_group(problem: Problem) -> str:
    places = [f"column {problem.column}" if problem.column else "", problem.field]
    where = ", ".join(filter(None, places))
    said = problem.message if problem.is_complete else f"{problem.kind.title}."
    return f"{said} ({where})" if where else said


def _describe_offer(offer: Offer) -> str:
    kind, (first, _) = offer.kind, offer.changes[0]
    words = kind.word(first, retries=False)
    said = f"{kind.name}: {words.label or words.button}"
    if kind.asks is Asks.VALUES:
        return f"{kind.name}: new values by old ones"
    if kind.asks is Asks.CHOICE:
        named = [f"{each.value} ({kind.name_choice(each, count)})" for each, count in offer.changes]
        return f"{said} {_list_some(named)}"
    if trial := offer.trial:
        return f"{said}: tried on {trial.tried:,}, {trial.imported:,} would be imported"
    return said


def _list_some(texts: Sequence[str]) -> str:
    more = len(texts) - MAX_CHOICES
    return ", ".join(texts[:MAX_CHOICES]) + (f" and {more:,} more" if more > 0 else "")


def _write_example(group: ErrorGroup, offer: Offer) -> dict[str, object]:
    change, _ = offer.changes[0]
    entered: dict[str, object] = {"value": change.value or "VALUE"}
    if offer.kind.asks is Asks.VALUES:
        entered = {"values": {"OLD": "NEW"}}
    elif offer.kind.asks is Asks.NOTHING:
        entered = {}
    return {"group": write_group(group.problem), "correction": offer.kind.name, **entered}
