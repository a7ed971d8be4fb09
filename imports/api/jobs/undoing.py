"""Undo by API: preview it, then do it."""

from __future__ import annotations

from typing import Annotated

from ninja import Query, Router

from imports.api.jobs.describing import describe_job, describe_progress
from imports.api.jobs.jobs import JobId, find_job
from imports.api.requests.access import UNDO, VIEW, AccessToken, ApiRequest, read_shown
from imports.api.requests.refusals import list_refusals
from imports.api.schemas.jobs import JobInfo
from imports.api.schemas.undo import NewUndo, UndoInfo, UndoPreviewInfo, UndoQuery
from imports.core.planning.undo import UndoOptions
from imports.models import ImportJob, UndoState
from imports.record_filters import RecordFilter
from imports.selectors import measure_undoing
from imports.services.jobs.shown import write_job
from imports.services.undo import previews, undoing

router = Router(tags=["undo"])


@router.get("/{int:job_id}/undo", auth=AccessToken(VIEW), response=UndoPreviewInfo)
def preview_undo(
    request: ApiRequest, job_id: JobId, wanted: Annotated[UndoQuery, Query()]
) -> UndoPreviewInfo:
    """Return the preview of an undo, and the progress of the latest."""
    job = find_job(job_id)
    latest, chosen = _describe_latest(job), _read_chosen(wanted)
    preview = previews.preview_undo(
        job,
        _read_options(wanted),
        chosen,
        actor=request.user,
        only_disabled=wanted.only_disabled,
    )
    if preview is None:
        survey = previews.begin_survey(job, chosen)
        progress = describe_progress(measure_undoing(survey, "counting"))
        return UndoPreviewInfo(progress=progress, latest=latest)
    return UndoPreviewInfo(
        removed=preview.removed,
        restored=preview.restored,
        enabled=preview.enabled,
        gone=preview.gone,
        left={reason.value: count for reason, count in preview.left.items()},
        fields=dict(preview.fields),
        counted_at=preview.counted_at,
        digest=write_job(job, preview=previews.describe_preview(preview)),
        latest=latest,
    )


@router.post(
    "/{int:job_id}/undo",
    auth=AccessToken(UNDO),
    response={202: JobInfo},
    openapi_extra=list_refusals("wrong_state", "refused", "changed_meanwhile"),
)
def start_undo(request: ApiRequest, job_id: JobId, wanted: NewUndo | None = None) -> JobInfo:
    """Begin to undo a job, or some of its rows, in the background."""
    job, wanted = find_job(job_id), wanted or NewUndo()
    options, chosen = _read_options(wanted), _read_chosen(wanted)
    undoing.start_undo(
        job,
        options,
        actor=request.user,
        chosen=chosen,
        only_disabled=wanted.only_disabled,
        shown=read_shown(request),
    )
    return describe_job(job)


@router.delete("/{int:job_id}/undo", auth=AccessToken(UNDO), response=JobInfo)
def stop_undo(request: ApiRequest, job_id: JobId) -> JobInfo:
    """Stop an undo after the batch that is being undone; undoing again goes on."""
    undoing.stop_undo(find_job(job_id), actor=request.user)
    return describe_job(find_job(job_id))


def _read_options(wanted: NewUndo) -> UndoOptions:
    return UndoOptions(
        signed_in=wanted.signed_in, changed=wanted.changed, touched_later=wanted.touched_later
    )


def _read_chosen(wanted: NewUndo) -> RecordFilter:
    """Return the rows chosen; without any, the whole job is meant."""
    return RecordFilter(rows=None if wanted.rows is None else tuple(sorted(set(wanted.rows))))


def _describe_latest(job: ImportJob) -> UndoInfo | None:
    undo = job.undos.first()
    if undo is None:
        return None
    return UndoInfo(
        state=UndoState(undo.state),
        total=undo.total,
        counts=undo.counts,
        error=undo.error,
        started_at=undo.started_at,
        finished_at=undo.finished_at,
    )
