"""Imports and exports as jobs that programs ask for, and come back for."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from imports.models import RequestedJob, RequestedJobKind
from imports.services.connections.requested_jobs import (
    count_records,
    find_requested_job,
    keep_export,
)
from interfaces.auth0.connections import name_connection, require_own
from interfaces.auth0.endpoints import Asked
from interfaces.auth0.errors import Refusal
from interfaces.auth0.exports import check_fields, sign_export
from interfaces.auth0.failures import describe_failures
from interfaces.auth0.imports import import_users
from interfaces.auth0.resources import write_time

SUMMARY = {"failed": "failed", "updated": "updated", "inserted": "created", "total": "total"}
TYPES = {RequestedJobKind.IMPORT: "users_import", RequestedJobKind.EXPORT: "users_export"}


def start_import(asked: Asked) -> Any:
    """Import a file of users, and answer with the job that has the result."""
    job = import_users(asked.request, asked.connection)
    return {**_describe_request(job), "status": "pending"}


def start_export(asked: Asked) -> Any:
    """Keep what is to be exported; it is read and written whenever it is fetched."""
    options = {"format": "json", **asked.body}
    if connection_id := options.pop("connection_id", ""):
        require_own(asked.connection, connection_id)
    check_fields(options)
    job = keep_export(asked.connection, options)
    return {**_describe_request(job), "status": "pending"}


def get_job(asked: Asked, job_id: str) -> Any:
    """Return a job, which is completed: an import is written when it is answered."""
    job = _find(asked, job_id)
    described = {**_describe_request(job), "status": "completed", "percentage_done": 100}
    if job.kind == RequestedJobKind.EXPORT:
        return {**described, "location": _sign_location(asked, job)}
    counts = count_records(job)
    summary = {name: counts[each] for name, each in SUMMARY.items()}
    return {**described, "summary": summary}


def list_errors(asked: Asked, job_id: str) -> Any:
    """Return the users of an import who were not imported, and why; None if there are none."""
    job = _find(asked, job_id)
    if job.kind == RequestedJobKind.EXPORT:
        return None
    return list(describe_failures(job)) or None


def _find(asked: Asked, job_id: str) -> RequestedJob:
    job = find_requested_job(job_id, asked.connection)
    if job is None:
        raise Refusal(404, "The job does not exist.", "inexistent_job")
    return job


def _describe_request(job: RequestedJob) -> dict[str, Any]:
    """Return of a job what was asked for."""
    return {
        "id": job.name,
        "type": TYPES[RequestedJobKind(job.kind)],
        "created_at": write_time(job.created_at),
        "connection_id": name_connection(job.connection),
        "connection": job.connection.source,
        **job.options,
    }


def _sign_location(asked: Asked, job: RequestedJob) -> str:
    """Return the URL of an export, by which whoever has it can fetch it for a minute."""
    path = reverse("auth0_download", kwargs={"job_id": job.name})
    return asked.request.build_absolute_uri(f"{path}?signature={sign_export(job)}")
