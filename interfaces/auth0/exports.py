"""Write the users of a connection as a file, read portion by portion as it is sent."""

from __future__ import annotations

import csv
import io
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson
from django.core import signing
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache

from accounts.models import User
from imports.models import Connection, RequestedJob, RequestedJobKind
from imports.services.connections.connections import require_usable
from imports.services.connections.people import ConnectionRefused
from imports.services.connections.requested_jobs import find_requested_job
from interfaces.auth0.access import require_permissions
from interfaces.auth0.errors import Refusal, answer_error, refuse_body
from interfaces.auth0.resources import FIELDS, METADATA
from interfaces.auth0.users import Users

# How a download is signed, and for how long that holds.
SALT, SECONDS = "auth0 export", 60
PORTION = 2000
MOST_CSV_FIELDS = 30
# As a gzip file, at the speed that keeps a download busy.
GZIP_WINDOW, GZIP_LEVEL = 31, 3
DATES = frozenset({"created_at", "updated_at", "last_login"})
STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def sign_export(job: RequestedJob) -> str:
    """Return what a download of an export is allowed by, for a minute."""
    return signing.TimestampSigner(salt=SALT).sign(job.name).partition(":")[2]


@never_cache
def download_export(request: HttpRequest, job_id: str) -> HttpResponseBase:
    """Answer with the file of an export to whoever has its signed URL."""
    signed = f"{job_id}:{request.GET.get('signature', '')}"
    try:
        signing.TimestampSigner(salt=SALT).unsign(signed, max_age=SECONDS)
    except signing.BadSignature:
        refusal = Refusal(403, "The location has expired. Get the job again for another one.")
        return answer_error(refusal)
    job = find_requested_job(job_id)
    if job is None or job.kind != RequestedJobKind.EXPORT:
        return answer_error(Refusal(404, "The job does not exist.", "inexistent_job"))
    try:
        require_usable(job.connection)
        require_permissions(job.connection, ["accounts.view_user"])
    except ConnectionRefused as error:
        return answer_error(Refusal(403, str(error)))
    name = f"{job.name}.{job.options['format']}.gz"
    return StreamingHttpResponse(
        _compress(write_export(job.connection, job.options)),
        content_type="application/gzip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def check_fields(options: Mapping[str, Any]) -> None:
    """Raise Refusal for fields that a CSV file cannot have."""
    if options["format"] != "csv":
        return
    fields = [field["name"] for field in options.get("fields", ())]
    if len(fields) > MOST_CSV_FIELDS:
        raise refuse_body(f"Array is too long ({len(fields)}), maximum {MOST_CSV_FIELDS}")
    for name in fields:
        if name in METADATA:
            raise refuse_body(f"A CSV file cannot have the object {name}: name fields within it")


def write_export(connection: Connection, options: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield the users as NDJSON or CSV, without hashes and other secrets."""
    users = _read(Users(connection), options.get("limit"))
    fields = options.get("fields")
    if options["format"] == "csv":
        default = [{"name": name} for name in FIELDS if name not in (*METADATA, "identities")]
        return _write_csv(users, fields or default)
    return _write_ndjson(users, fields or [])


def _read(users: Users, limit: int | None) -> Iterator[list[dict[str, Any]]]:
    """Yield users in the order of their making, no more than a portion at once."""
    last, left = 0, limit
    while left is None or left > 0:
        size = PORTION if left is None else min(PORTION, left)
        found: list[User] = list(users.select().filter(pk__gt=last).order_by("pk")[:size])
        if not found:
            return
        yield users.show(found)
        last, left = found[-1].pk, None if left is None else left - len(found)


def _write_ndjson(
    portions: Iterable[list[dict[str, Any]]], fields: Sequence[Mapping[str, str]]
) -> Iterator[bytes]:
    steps = [(name_field(field), split_path(field["name"])) for field in fields]
    for portion in portions:
        shown = [_pick(user, steps) for user in portion] if steps else portion
        yield b"".join(orjson.dumps(user, option=orjson.OPT_APPEND_NEWLINE) for user in shown)


def _pick(user: dict[str, Any], steps: list[tuple[str, list[str | int]]]) -> dict[str, Any]:
    found = ((name, walk(user, path)) for name, path in steps)
    return {name: value for name, value in found if value is not None}


def _write_csv(
    portions: Iterable[list[dict[str, Any]]], fields: Sequence[Mapping[str, str]]
) -> Iterator[bytes]:
    """Yield lines; texts begin with an apostrophe, so that no program takes one for a formula."""
    yield _join([name_field(field) for field in fields])
    paths = [(field["name"] in DATES, split_path(field["name"])) for field in fields]
    for portion in portions:
        for user in portion:
            yield _join([_write_cell(walk(user, path), is_date) for is_date, path in paths])


def _write_cell(value: Any, is_date: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return orjson.dumps(value).decode()
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return text if is_date else f"'{text}"


def _join(cells: list[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(cells)
    return line.getvalue().encode()


def name_field(field: Mapping[str, str]) -> str:
    return field.get("export_as") or field["name"]


def split_path(path: str) -> list[str | int]:
    """Return the steps of a path such as `identities[0].connection`."""
    return [int(index) if index else name for name, index in STEP.findall(path)]


def walk(value: Any, path: Iterable[str | int]) -> Any:
    for step in path:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _compress(pieces: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(GZIP_LEVEL, wbits=GZIP_WINDOW)
    for piece in pieces:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()
