"""Start dry runs and import runs by API, watch, pause, resume and retry them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ninja import Router

from imports.api.jobs.describing import describe_dry_run, describe_job, read_query
from imports.api.jobs.jobs import JobId, find_job
from imports.api.requests.access import ADD, RUN, VALUES, VIEW, AccessToken, ApiRequest, read_shown
from imports.api.requests.refusals import list_refusals
from imports.api.schemas.jobs import JobInfo
from imports.api.schemas.reports import PlanInfo, ReportInfo, SummaryInfo
from imports.api.schemas.runs import NewRetry, NewRun, RetryInfo
from imports.core.dry_run import hide_values
from imports.models import PlanState
from imports.selectors import build_summary
from imports.services.approval.approvals import find_plan
from imports.services.corrections.corrections import correct_and_retry, make_answers
from imports.services.runs import runs
from imports.states import JobState

router = Router(tags=["runs"])


def act(request: ApiRequest, job_id: int, action: Callable[..., Any], **options: Any) -> JobInfo:
    """Take an action on a job as the pages' buttons do; return what it is now."""
    job = find_job(job_id)
    action(job, actor=request.user, **options)
    return describe_job(job)


@router.post(
    "/{int:job_id}/dry-run",
    auth=AccessToken(ADD),
    response={202: JobInfo},
    openapi_extra=list_refusals("wrong_state", "changed_meanwhile"),
)
def start_dry_run(request: ApiRequest, job_id: JobId) -> JobInfo:
    """Begin the dry run over the whole file, in the background."""
    return act(request, job_id, runs.start_dry_run, shown=read_shown(request))


@router.get("/{int:job_id}/dry-run", auth=AccessToken(VIEW), response=ReportInfo)
def get_dry_run(request: ApiRequest, job_id: JobId) -> ReportInfo:
    """Return what the dry run found: statuses, problems by error group, losses.

    The values in its examples are left away without the permission to see them.
    """
    job = find_job(job_id)
    if job.dry_run is None:
        return ReportInfo(state=JobState(job.state), report=None, plan=None)
    may_see = request.user.has_perm(VALUES)
    report = job.dry_run if may_see else hide_values(job.dry_run)
    plan = find_plan(job)
    return ReportInfo(
        state=JobState(job.state),
        report=describe_dry_run(report, has_begun=job.has_begun),
        plan=PlanInfo(id=plan.pk, state=PlanState(plan.state), digest=plan.digest)
        if plan
        else None,
    )


@router.get("/{int:job_id}/report", auth=AccessToken(VIEW), response=SummaryInfo)
def get_report(request: ApiRequest, job_id: JobId) -> SummaryInfo:
    """Return the result of the dry run or the run, as `import_users --json` prints it.

    It holds no values of people.
    """
    return SummaryInfo.model_validate(build_summary(find_job(job_id)))


@router.delete(
    "/{int:job_id}/dry-run",
    auth=AccessToken(ADD),
    response=JobInfo,
    openapi_extra=list_refusals("wrong_state"),
)
def stop_dry_run(request: ApiRequest, job_id: JobId) -> JobInfo:
    """Stop a dry run that is still in progress."""
    return act(request, job_id, runs.stop_dry_run)


@router.post(
    "/{int:job_id}/run",
    auth=AccessToken(RUN),
    response={202: JobInfo},
    openapi_extra=list_refusals(
        "wrong_state", "dry_run_missing", "approval_missing", "refused", "changed_meanwhile"
    ),
)
def start_run(request: ApiRequest, job_id: JobId, new: NewRun | None = None) -> JobInfo:
    """Begin to import, in the background; with `pilot` only the first rows.

    Records that depend on an open decision fail, with the code of the decision.
    """
    wanted = new or NewRun()
    return act(
        request,
        job_id,
        runs.start_run,
        pilot=wanted.pilot,
        without_dry_run=wanted.without_dry_run,
        fails_undecided=True,
        shown=read_shown(request),
    )


@router.post(
    "/{int:job_id}/pause",
    auth=AccessToken(RUN),
    response=JobInfo,
    openapi_extra=list_refusals("wrong_state"),
)
def pause(request: ApiRequest, job_id: JobId) -> JobInfo:
    """Stop after the chunks that are being written now; resume goes on."""
    return act(request, job_id, runs.pause)


@router.post(
    "/{int:job_id}/resume",
    auth=AccessToken(RUN),
    response={202: JobInfo},
    openapi_extra=list_refusals("wrong_state", "changed_meanwhile"),
)
def resume(request: ApiRequest, job_id: JobId) -> JobInfo:
    """Go on with a job that is paused, was cancelled, or stands after its pilot."""
    return act(request, job_id, runs.resume, shown=read_shown(request))


@router.post(
    "/{int:job_id}/cancel",
    auth=AccessToken(RUN),
    response=JobInfo,
    openapi_extra=list_refusals("wrong_state"),
)
def cancel(request: ApiRequest, job_id: JobId) -> JobInfo:
    """Stop after the chunks that are being written now; what is imported stays."""
    return act(request, job_id, runs.cancel)


@router.post(
    "/{int:job_id}/retry",
    auth=AccessToken(RUN),
    response={202: RetryInfo},
    openapi_extra=list_refusals(
        "wrong_state", "approval_missing", "refused", "changed_meanwhile", "mapping_invalid"
    ),
)
def retry(request: ApiRequest, job_id: JobId, new: NewRetry | None = None) -> RetryInfo:
    """Try records again: those that are meant, or all that failed; with answers to decisions."""
    job, asked = find_job(job_id), new or NewRetry()
    chosen, shown = read_query(asked), read_shown(request)
    if asked.answers:
        changes = make_answers(asked.answers)
        retried = correct_and_retry(job, changes, chosen=chosen, actor=request.user, shown=shown)
    else:
        retried = runs.retry(job, actor=request.user, chosen=chosen, shown=shown)
    return RetryInfo(retried=retried, job=describe_job(job))
