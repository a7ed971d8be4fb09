"""Watch a job: by server-sent events, or by a request that waits until something has changed.

Each watch ends by itself, and holds no connection to the database while nothing happens. Of the
threads of a process, only some are ever taken: other watches are answered at once, and must poll.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from django.db import connection
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Header, Query, Router

from imports.api.jobs.describing import describe_job
from imports.api.jobs.jobs import JobId, find_job
from imports.api.requests.access import VIEW, AccessToken, ApiRequest
from imports.api.requests.refusals import list_refusals
from imports.api.schemas.jobs import JobInfo
from imports.states import BUSY, JobState

router = Router(tags=["jobs"])
LONGEST_SECONDS = 25
PAUSE_SECONDS = 1.0
# Of the threads of a web server process, which the configuration of gunicorn has four of.
places = threading.BoundedSemaphore(2)
MOVING = {*BUSY, JobState.UNDOING, JobState.DISABLING}
STREAM = "text/event-stream"
EVENT = {
    "type": "object",
    "description": "An event, by its fields.",
    "properties": {
        "event": {"const": "job", "description": "Name of the event."},
        "id": {"type": "string", "description": "To be sent as `Last-Event-ID`."},
        "retry": {"type": "integer", "description": "Milliseconds until to connect again."},
        "data": {
            "type": "string",
            "description": "The job.",
            "contentMediaType": "application/json",
            "contentSchema": {"$ref": "#/components/schemas/JobInfo"},
        },
    },
}
EVENTS: dict[str, Any] = {
    "responses": {
        200: {
            "description": "Events named `job`: the data is a JobInfo, the id stands for it.",
            "content": {STREAM: {"schema": EVENT}},
        },
        204: {"description": "The job is as it was with `Last-Event-ID`, and at rest: stop."},
    }
}


@router.get("/{int:job_id}", auth=AccessToken(VIEW), response=JobInfo)
def get_job(
    request: ApiRequest,
    job_id: JobId,
    wait: Annotated[
        int,
        Query(
            ge=0,
            le=LONGEST_SECONDS,
            description="Seconds to wait until the state or phase of a busy job changes; it may be"
            " answered earlier.",
        ),
    ] = 0,
) -> JobInfo:
    """Return a job: its state, progress and totals."""
    told = describe_job(find_job(job_id))
    with take_place() as has_place:
        ends_at = time.monotonic() + wait
        begun = (told.state, told.phase)
        while has_place and _is_moving(told) and (told.state, told.phase) == begun:
            if time.monotonic() + PAUSE_SECONDS > ends_at:
                break
            pause()
            told = describe_job(find_job(job_id))
    return told


@router.get("/{int:job_id}/events", auth=AccessToken(VIEW), openapi_extra=EVENTS | list_refusals())
def watch_job(
    request: ApiRequest,
    job_id: JobId,
    last_event_id: Annotated[
        str,
        Header(
            alias="Last-Event-ID",
            max_length=100,
            description="Id of the last event that was received. Empty: none.",
        ),
    ] = "",
) -> HttpResponseBase:
    """Send the job whenever it has changed, as server-sent events.

    The stream ends after 25 seconds at most; connect again with the id of the last event, as
    browsers do by themselves.
    """
    told = describe_job(find_job(job_id))
    if last_event_id == write_id(told) and not _is_moving(told):
        # The specification's way of saying that there is nothing to connect again for.
        empty = HttpResponse(status=204)
        del empty["Content-Type"]
        return empty
    response = StreamingHttpResponse(_send(job_id, told, last_event_id), content_type=STREAM)
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def _send(job_id: int, told: JobInfo, sent: str) -> Iterator[str]:
    """Yield events until the time is up, the job is at rest, or there is no place to wait."""
    with take_place() as has_place:
        yield f"retry: {1000 if has_place else 5000}\n\n"
        ends_at = time.monotonic() + LONGEST_SECONDS
        while True:
            if (now := write_id(told)) != sent:
                yield f"event: job\nid: {now}\ndata: {told.model_dump_json()}\n\n"
                sent = now
            is_over = time.monotonic() + PAUSE_SECONDS > ends_at
            if is_over or not has_place or not _is_moving(told):
                return
            pause()
            told = describe_job(find_job(job_id))


def write_id(told: JobInfo) -> str:
    """Return what stands for all that is told of a job."""
    return hashlib.sha256(told.model_dump_json().encode()).hexdigest()[:16]


def pause() -> None:
    """Wait a moment, without a connection to the database."""
    if not connection.in_atomic_block:
        connection.close()
    time.sleep(PAUSE_SECONDS)


@contextmanager
def take_place() -> Iterator[bool]:
    """Hold one of the process's places for those who wait; say whether there was one."""
    has_place = places.acquire(blocking=False)
    try:
        yield has_place
    finally:
        if has_place:
            places.release()


def _is_moving(told: JobInfo) -> bool:
    return told.state in MOVING
