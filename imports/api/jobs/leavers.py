"""Users who are missing from a file, by API: counted, listed, disabled by decision."""

from __future__ import annotations

from typing import Annotated

from django.http import Http404
from ninja import Query, Router

from imports.api.jobs.describing import describe_job
from imports.api.jobs.jobs import JobId, find_job
from imports.api.requests.access import RUN, VIEW, VIEW_USER, AccessToken, ApiRequest, read_shown
from imports.api.requests.paging import AfterId, Limit, cut_page
from imports.api.requests.refusals import list_refusals
from imports.api.schemas.jobs import JobInfo
from imports.api.schemas.leavers import (
    DisablingInfo,
    MissingUserInfo,
    MissingUserPage,
    MissingUsers,
    MissingUsersInfo,
    NewDisabling,
)
from imports.leaver_filters import LeaverFilter
from imports.models import ImportJob, LeaverSurvey
from imports.selectors import list_leavers
from imports.services.jobs.shown import write_job
from imports.services.leavers import disabling, previews
from imports.services.leavers.surveys import find_list

router = Router(tags=["missing users"])


@router.get("/{int:job_id}/missing-users", auth=AccessToken(VIEW), response=MissingUsersInfo)
def preview_missing_users(
    request: ApiRequest, job_id: JobId, wanted: Annotated[MissingUsers, Query()]
) -> MissingUsersInfo:
    """Return how many users are missing from the file, and the preview of disabling them."""
    job = find_job(job_id)
    survey = _find_survey(job)
    latest = job.disablings.first()
    preview = previews.preview_disabling(
        survey, _read_chosen(wanted), actor=request.user, with_linked=wanted.with_linked
    )
    found = MissingUsersInfo(
        source=job.source,
        users=survey.users,
        found=survey.found,
        latest=DisablingInfo.model_validate(latest, from_attributes=True) if latest else None,
    )
    if preview is None:
        return found
    shown = {
        "disabled": preview.disabled,
        "inactive": preview.inactive,
        "kept": dict(preview.kept),
        "doubts": list(preview.doubts),
        "explanations": disabling.explain_doubts(job, preview),
        "listed_at": preview.listed_at,
        "digest": write_job(job, leavers=previews.describe_preview(preview)),
    }
    return found.model_copy(update=shown)


@router.get(
    "/{int:job_id}/missing-users/list",
    auth=AccessToken(VIEW, VIEW_USER),
    response=MissingUserPage,
)
def list_missing_users(
    request: ApiRequest,
    job_id: JobId,
    wanted: Annotated[MissingUsers, Query()],
    after: AfterId = None,
    limit: Limit = 100,
) -> MissingUserPage:
    """Return the missing users who are meant, by id; none while they are being compared."""
    job = find_job(job_id)
    survey, chosen = _find_survey(job), _read_chosen(wanted)
    if survey.listed_at is None:
        return MissingUserPage(users=[], next=None)
    found = list_leavers(job, chosen).filter(user_id__gt=after or 0)[: limit + 1]
    shown, last = cut_page(found, limit, lambda leaver: leaver.user_id)
    kept = previews.judge(shown, job, actor=request.user)
    return MissingUserPage(
        users=[
            MissingUserInfo(
                id=each.user_id,
                subject_id=each.user.subject_id,
                username=each.user.username,
                email=each.user.email,
                kind=each.kind,
                source=each.user.source,
                last_login=each.user.last_login,
                kept=kept[each.user_id],
            )
            for each in shown
        ],
        next=last,
    )


@router.post(
    "/{int:job_id}/missing-users/disable",
    auth=AccessToken(RUN),
    response={202: JobInfo},
    openapi_extra=list_refusals(
        "wrong_state", "refused", "confirmation_missing", "approval_missing", "changed_meanwhile"
    ),
)
def disable_missing_users(
    request: ApiRequest, job_id: JobId, wanted: NewDisabling | None = None
) -> JobInfo:
    """Begin to disable users who are missing from the file of a completed job, in the background.

    Nobody is deleted, and an undo enables them again.
    """
    job, wanted = find_job(job_id), wanted or NewDisabling()
    disabling.start_disabling(
        job,
        _read_chosen(wanted),
        actor=request.user,
        with_linked=wanted.with_linked,
        is_confirmed=wanted.confirm,
        shown=read_shown(request),
    )
    return describe_job(job)


@router.delete("/{int:job_id}/missing-users/disable", auth=AccessToken(RUN), response=JobInfo)
def stop_disabling_users(request: ApiRequest, job_id: JobId) -> JobInfo:
    """Stop after the batch that is being disabled now; disabling again goes on with the rest."""
    disabling.stop_disabling(find_job(job_id), actor=request.user)
    return describe_job(find_job(job_id))


def _find_survey(job: ImportJob) -> LeaverSurvey:
    survey = find_list(job)
    if survey is None:
        raise Http404("The users have not been compared with the file.")
    return survey


def _read_chosen(wanted: MissingUsers) -> LeaverFilter:
    """Return who is meant; without anything, everybody is."""
    users = None if wanted.users is None else tuple(sorted(set(wanted.users)))
    return LeaverFilter(kind=wanted.kind, search=wanted.search.strip(), users=users)
