"""Put the decisions on a dry run into the job's mapping: answers, groups, excluded records."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction

from accounts.models import Group, Role, User
from imports.core.decisions import add_choices
from imports.core.errors import ImporterError
from imports.core.mapping import Filter, Mapping
from imports.models import ImportJob
from imports.services.dry_run.missing_memberships import create_group, create_role
from imports.services.jobs.shown import lock_as_shown
from imports.services.jobs.transitions import note_event
from imports.services.mapping.mappings import read_options, save_mapping

CREATE = {"group": create_group, "role": create_role}
KEYS = {
    "group": Group.objects.values_list("key", flat=True),
    "role": Role.objects.values_list("key", flat=True),
}


class Choice(StrEnum):
    """What is done about a group or role that records name and that does not exist."""

    CREATE = "create"
    RENAME = "rename"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Decision:
    """One group or role of the file and what is done about it; `name` is what it is called here."""

    kind: str
    key: str
    choice: Choice
    name: str = ""


@transaction.atomic
def decide_memberships(
    job: ImportJob, decisions: Iterable[Decision], *, actor: User, shown: str | None = None
) -> int:
    """Create groups and roles, or have the mapping rename or ignore them; return how many.

    All or nothing. Raises ImporterError when one of the names leads nowhere, the actor may not
    create what is to be created, or the run has begun; ChangedMeanwhile when the job is not as it
    was `shown`.
    """
    lock_as_shown(job, shown, "decide", actor=actor)
    made = list(decisions)
    names: dict[str, dict[str, str]] = {"group": {}, "role": {}}
    for decision in made:
        if decision.choice is Choice.CREATE:
            create_missing(job, decision, actor)
        else:
            names[decision.kind][decision.key] = _find_name(decision)
    mapping = Mapping.model_validate(job.mapping)
    changes = {
        f"{kind}s": {**getattr(mapping, f"{kind}s"), **renamed}
        for kind, renamed in names.items()
        if renamed
    }
    if changes:
        _save(job, mapping, changes, actor)
        note_event(job, "decide", actor=actor, detail=names)
    return len(made)


def create_missing(job: ImportJob, decision: Decision, actor: User) -> None:
    """Create the group or role of a decision; raises ImporterError if the actor may not."""
    permission = f"accounts.add_{decision.kind}"
    if not actor.has_perm(permission):
        raise ImporterError(f"To create a {decision.kind}, you need the permission {permission}.")
    CREATE[decision.kind](job, decision.key, actor=actor)


def _find_name(decision: Decision) -> str:
    """Return what the group or role is called here; empty when it is dropped."""
    if decision.choice is Choice.IGNORE:
        return ""
    if not KEYS[decision.kind].filter(key=decision.name).exists():
        raise ImporterError(
            f"The {decision.kind} “{decision.name}” does not exist. Choose an existing"
            f" {decision.kind} for “{decision.key}”."
        )
    return decision.name


@transaction.atomic
def answer_decisions(
    job: ImportJob,
    choices: MappingType[str, MappingType[str, str]],
    *,
    actor: User,
    shown: str | None = None,
) -> int:
    """Have the mapping answer decisions; return how many choices there are.

    `choices` are by the name of the answer, `CODE:COLUMN`, and by value; those that nothing is
    said of stay as they are. Raises MappingError for what is not a choice, ImporterError once the
    run began, and ChangedMeanwhile when the job is not as it was `shown`.
    """
    lock_as_shown(job, shown, "decide", actor=actor)
    mapping = Mapping.model_validate(job.mapping)
    answers = mapping.answers
    for key, chosen in choices.items():
        answers = add_choices(answers, key, chosen)
    count = sum(map(len, choices.values()))
    if count:
        _save(job, mapping, {"answers": answers}, actor)
        detail = {key: dict(chosen) for key, chosen in choices.items()}
        note_event(job, "answer", actor=actor, detail=detail)
    return count


@transaction.atomic
def choose_excluded(
    job: ImportJob,
    filters: Iterable[Filter],
    *,
    keeps_non_users: bool,
    actor: User,
    shown: str | None = None,
) -> None:
    """Set which rows are excluded.

    Raises MappingError, ImporterError once the run began, and ChangedMeanwhile when the job is not
    as it was `shown`.
    """
    lock_as_shown(job, shown, "decide", actor=actor)
    chosen = list(filters)
    changes = {"exclude": chosen, "keeps_non_users": keeps_non_users}
    _save(job, Mapping.model_validate(job.mapping), changes, actor)
    detail = {"filters": [each.sentence for each in chosen]}
    note_event(job, "exclude", actor=actor, detail=detail)


def _save(job: ImportJob, mapping: Mapping, changes: dict[str, Any], actor: User) -> None:
    save_mapping(job, mapping.model_copy(update=changes), read_options(job), actor=actor)
