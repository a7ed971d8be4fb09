"""Say what a job does about conflicts and with each field of users who exist already."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from accounts.selectors.attributes import list_unique_attributes
from imports.core.planning.conflicts import Mode, build_table
from imports.core.planning.field_policies import build_policies
from imports.core.planning.matching import SUBJECT_ID, check_matching_key
from imports.models import ImportJob
from imports.services.jobs.shown import lock_as_shown
from imports.services.jobs.transitions import note_event, require, take_action
from imports.states import JobAction, JobState


@transaction.atomic
def save_policies(
    job: ImportJob,
    *,
    conflicts: Mapping[str, str],
    field_policies: Mapping[str, str],
    matching_key: str = SUBJECT_ID,
    actor: User,
    shown: str | None = None,
) -> None:
    """Set the matching key, and resolutions by reason and policies by field that are no defaults.

    After a dry run with other policies there has to be another. Raises PolicyError with what cannot
    be done, InvalidTransition once the run began, and ChangedMeanwhile when the job is not as it
    was `shown`.
    """
    build_table(Mode(job.mode), conflicts)
    build_policies(field_policies)
    check_matching_key(matching_key, list_unique_attributes())
    policies = {
        "conflicts": dict(conflicts),
        "field_policies": dict(field_policies),
        "matching_key": matching_key,
    }
    lock_as_shown(job, shown, "set policies", actor=actor)
    if policies == {name: getattr(job, name) for name in policies}:
        return
    require(job, JobAction.SET_POLICIES)
    if job.state == JobState.DRAFT:
        ImportJob.objects.filter(pk=job.pk).update(**policies)
        note_event(job, JobAction.SET_POLICIES, actor=actor, detail=policies)
    else:
        take_action(
            job,
            JobAction.SET_POLICIES,
            actor=actor,
            detail=policies,
            dry_run_report={},
            error="",
            **policies,
        )
