"""The records API: a program sends records, and is told the status of each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Annotated, Any

import orjson
from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router, Status
from ninja.errors import ValidationError as InvalidRequest

from imports.api.jobs.describing import describe_job, describe_problem
from imports.api.requests.bodies import parse_json
from imports.api.requests.concluding import read_key
from imports.api.requests.connection_access import (
    ConnectionRequest,
    ConnectionToken,
    refuse_scope,
)
from imports.api.requests.paging import AfterId, Limit, cut_page
from imports.api.requests.problems import ApiError
from imports.api.requests.refusals import FILE, list_refusals
from imports.api.schemas.jobs import JobInfo
from imports.api.schemas.receiving import (
    AcceptedBatch,
    BatchInfo,
    Flag,
    OutcomeCounts,
    OutcomeInfo,
    OutcomePage,
)
from imports.api.schemas.records import MAX_ROW, ChangeInfo
from imports.core.inspection.inspection import write_value
from imports.core.readers import RawRow, ReaderOptions, read_rows
from imports.core.readers.rows import Syntax
from imports.models import ImportJob, ImportRecord
from imports.services.connections.batches import (
    MOST_RECORDS,
    Batch,
    Outcome,
    list_outcomes,
    plan_batch,
    write_batch,
)
from imports.services.connections.large_batches import start_large_batch
from imports.services.jobs.request_keys import digest_request

router = Router(tags=["connections"])
MAX_BODY = 32 << 20
WRITE, DRY_RUN = "write", "dry_run"
SYNTAXES: dict[str, Syntax] = {
    "application/json": "json",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
}
OWN_REFUSALS = ("connection_refused",)
RECORD = {"type": "object", "description": "A record; docs/record-format.md."}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "array", "minItems": 1, "items": RECORD}},
            "application/x-ndjson": {
                "schema": {"type": "string", "description": "One record in each line."}
            },
        },
    }
}
JobId = Annotated[int, Path(description="Id of a job of the connection.")]


@router.post(
    "",
    auth=ConnectionToken("records", WRITE, DRY_RUN),
    response={200: BatchInfo, 202: AcceptedBatch},
    openapi_extra=BODY
    | list_refusals(
        *OWN_REFUSALS,
        "media_type_unknown",
        "request_too_large",
        "request_invalid",
        "mapping_invalid",
        "approval_missing",
        FILE,
    ),
)
def send_records(
    request: ConnectionRequest,
    dry_run: Annotated[
        Flag,
        Query(description="`true` writes nothing and predicts each status; `false` writes."),
    ] = "false",
) -> Any:
    """Write up to 1,000 records in one transaction, and return the status of each.

    More records become a job that runs in the background (202). A record that fails costs no other
    one. The same request with the same Idempotency-Key is written once, and answered again.
    """
    is_dry_run = dry_run == "true"
    if not is_dry_run and WRITE not in request.scopes:
        raise refuse_scope([WRITE])
    syntax = _read_syntax(request)
    key, content = read_key(request), _read_body(request)
    rows = _read_rows(content, syntax)
    digest = digest_request("records", syntax, dry_run, hashlib.sha256(content).hexdigest())
    if len(rows) > MOST_RECORDS:
        job = start_large_batch(
            request.connection,
            content,
            syntax=syntax,
            is_dry_run=is_dry_run,
            key=key,
            digest=digest,
        )
        return Status(202, AcceptedBatch(job=describe_job(job)))
    if is_dry_run:
        return Status(200, describe_batch(plan_batch(request.connection, rows)))
    batch = write_batch(request.connection, rows, key=key, digest=digest)
    return Status(200, describe_batch(batch))


@router.get(
    "/jobs/{int:job_id}",
    auth=ConnectionToken("records", WRITE, DRY_RUN),
    response=JobInfo,
    openapi_extra=list_refusals(*OWN_REFUSALS, "request_invalid"),
)
def get_own_job(request: ConnectionRequest, job_id: JobId) -> JobInfo:
    """Return a job of the connection: its state, progress and totals."""
    return describe_job(_find_job(request, job_id))


@router.get(
    "/jobs/{int:job_id}/records",
    auth=ConnectionToken("records", WRITE, DRY_RUN),
    response=OutcomePage,
    openapi_extra=list_refusals(*OWN_REFUSALS),
)
def list_own_records(
    request: ConnectionRequest,
    job_id: JobId,
    after: AfterId = None,
    limit: Limit = 100,
) -> OutcomePage:
    """Return the present status of each record of a job of the connection, in their order."""
    job = _find_job(request, job_id)
    records = ImportRecord.objects.filter(job=job, row_number__gt=after or 0)
    found = list_outcomes(records.order_by("row_number")[: limit + 1])
    shown, last = cut_page(found, limit, lambda outcome: outcome.row)
    return OutcomePage(records=_describe_outcomes(shown), next=last)


def describe_batch(batch: Batch) -> BatchInfo:
    """Return a batch as it is answered."""
    return BatchInfo(
        job=batch.job_id,
        batch=batch.number,
        dry_run=batch.job_id is None,
        counts=OutcomeCounts(**batch.count()),
        records=_describe_outcomes(batch.outcomes),
    )


def _describe_outcomes(outcomes: Iterable[Outcome]) -> list[OutcomeInfo]:
    return [
        OutcomeInfo(
            index=index,
            row=outcome.row,
            status=outcome.status,
            unchanged=outcome.is_unchanged,
            reason=outcome.reason,
            subject_id=outcome.subject_id,
            user_id=outcome.user_id,
            problems=[describe_problem(each, has_begun=True) for each in outcome.problems],
            changes=[
                ChangeInfo(field=field, old=write_value(old), new=write_value(new))
                for field, old, new in outcome.changes
            ],
        )
        for index, outcome in enumerate(outcomes)
    ]


def _find_job(request: ConnectionRequest, job_id: int) -> ImportJob:
    if job_id > MAX_ROW:
        raise Http404
    jobs = ImportJob.objects.select_related("created_by", "template_version__template")
    job: ImportJob = get_object_or_404(jobs, pk=job_id, connection=request.connection)
    return job


def _read_syntax(request: ConnectionRequest) -> Syntax:
    syntax = SYNTAXES.get(request.content_type or "")
    if syntax is None:
        raise ApiError(
            415,
            "media_type_unknown",
            "The content type cannot be read",
            "Send a JSON array as application/json, or NDJSON as application/x-ndjson.",
        )
    return syntax


def _read_body(request: ConnectionRequest) -> bytes:
    content = request.read(MAX_BODY + 1)
    if len(content) > MAX_BODY:
        raise ApiError(
            413,
            "request_too_large",
            "The request is too large",
            f"A request can have {MAX_BODY >> 20} MB. Send fewer records, or a file to"
            " /api/v1/jobs.",
        )
    return content


def _read_rows(content: bytes, syntax: Syntax) -> Sequence[RawRow]:
    """Return the records of a body, read as those of a file are.

    Raises InvalidRequest where the body as a whole is no list of records; a record that cannot be
    read is one with a problem.
    """
    if syntax == "json":
        _require_list(content)
    elif not content.strip():
        raise _invalid("Send at least one record.")
    return list(read_rows(BytesIO(content), ReaderOptions(syntax)))


def _require_list(content: bytes) -> None:
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        # What is odd but JSON, such as half of a surrogate pair, costs its own record alone.
        try:
            body = parse_json(content)
        except ValueError as error:
            raise ApiError(
                400,
                "request_unreadable",
                "The request cannot be read",
                f"The body is not JSON: {error}",
            ) from None
    if not isinstance(body, list):
        raise _invalid("Send a JSON array of records.")
    if not body:
        raise _invalid("Send at least one record.")


def _invalid(message: str) -> InvalidRequest:
    return InvalidRequest([{"loc": ("body",), "msg": message, "type": "value_error"}])
