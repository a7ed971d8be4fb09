"""Records by API: the status of each, and why."""

from __future__ import annotations

from typing import Annotated

from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router

from imports.api.jobs.describing import describe_details, describe_record, read_query
from imports.api.jobs.jobs import JobId, find_job
from imports.api.requests.access import VALUES, VIEW, AccessToken, ApiRequest
from imports.api.requests.paging import AfterId, AfterName, Limit, cut_page, skip_to
from imports.api.requests.refusals import list_refusals
from imports.api.schemas.records import (
    MAX_ROW,
    ReasonInfo,
    ReasonPage,
    RecordDetails,
    RecordPage,
    RecordQuery,
)
from imports.core.problems import CODES
from imports.models import ImportRecord, Status
from imports.selectors import count_reasons
from imports.selectors import list_records as select_records

router = Router(tags=["records"])


@router.get("/{int:job_id}/records", auth=AccessToken(VIEW), response=RecordPage)
def list_records(
    request: ApiRequest,
    job_id: JobId,
    query: Annotated[RecordQuery, Query()],
    after: AfterId = None,
    limit: Limit = 100,
) -> RecordPage:
    """Return the records that are meant, in file order."""
    records = select_records(find_job(job_id), read_query(query))
    found = records.filter(row_number__gt=after or 0)[: limit + 1]
    shown, last = cut_page(found, limit, lambda record: record.row_number)
    return RecordPage(records=[describe_record(record) for record in shown], next=last)


@router.get(
    "/{int:job_id}/records/{int:row}",
    auth=AccessToken(VIEW),
    response=RecordDetails,
    openapi_extra=list_refusals("refused"),
)
def get_record(
    request: ApiRequest,
    job_id: JobId,
    row: Annotated[int, Path(description="Number of the record in the file, from 1.")],
) -> RecordDetails:
    """Return one record with what it changed and its earlier attempts."""
    if row > MAX_ROW:
        raise Http404
    job = find_job(job_id)
    record = get_object_or_404(ImportRecord, job=job, row_number=row)
    return describe_details(job, record, with_values=request.user.has_perm(VALUES))


@router.get("/{int:job_id}/reasons", auth=AccessToken(VIEW), response=ReasonPage)
def list_reasons(
    request: ApiRequest,
    job_id: JobId,
    status: Annotated[Status, Query(description="The status to explain.")] = Status.FAILED,
    after: AfterName = "",
    limit: Limit = 100,
) -> ReasonPage:
    """Return why records have a status and how many, the most frequent first."""
    reasons = [
        ReasonInfo(
            code=code,
            title=CODES[code].title if code in CODES else code,
            advice=CODES[code].advise(has_begun=True) if code in CODES else "",
            count=count,
        )
        for code, count in count_reasons(find_job(job_id), status)
    ]
    found = skip_to(reasons, after, lambda reason: reason.code)
    shown, last = cut_page(found, limit, lambda reason: reason.code)
    return ReasonPage(reasons=shown, next=last)
