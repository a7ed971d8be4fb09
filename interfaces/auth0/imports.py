"""Import a file of users while the program waits, and keep the job that it comes back for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

from django.http import HttpRequest

from accounts.identifiers import normalise_email
from accounts.models import User
from imports.core.errors import ImporterError
from imports.core.problems import Problem
from imports.core.problems.of_conflicts import PROFILE_EXISTS_FAILED
from imports.core.providers.systems.auth0 import SUBJECT
from imports.core.readers import RawRow, ReaderOptions, read_rows
from imports.models import Connection, RequestedJob
from imports.services.connections.batches import MOST_RECORDS
from imports.services.connections.day_jobs import Variant
from imports.services.connections.requested_jobs import keep_import
from interfaces.auth0.connections import require_own
from interfaces.auth0.errors import Refusal, refuse_body, refuse_nul
from interfaces.auth0.resources import METADATA, Kept, read_kept
from interfaces.auth0.schemas import IMPORTED_USER, find_faults
from interfaces.auth0.users import Users, complete_id, is_deleted, list_matched, make_id
from interfaces.auth0.writing import (
    choose_matching,
    choose_variant,
    fail_row,
    write_batch,
    write_row,
)

# Twenty times what Auth0 takes.
MOST_BYTES = 10 << 20
WORDS = {"true": True, "false": False}
EXTERNAL_ID_LENGTH = 500
# With what each is when it is not said.
FLAGS = {"upsert": "false", "send_completion_email": "true"}
PARTS = frozenset({"connection_id", "upsert", "external_id", "send_completion_email"})
# What Auth0 does not change of a user who exists.
NOT_UPSERTED = frozenset({"username", "phone_number", "phone_verified", "blocked", "mfa_factors"})
HASHES = frozenset({"password_hash", "custom_password_hash"})
DELETED = "the user was deleted here. Create them by POST /api/v2/users, which brings them back"


def import_users(request: HttpRequest, connection: Connection) -> RequestedJob:
    """Import the users of a form with a file, and return the job; raises Refusal.

    Each portion is a batch that is written as a whole.
    """
    options, content = _read_form(request, connection)
    batches = [
        write_batch(connection, rows, variant=variant)
        for part in _split(_read_users(content))
        for variant, rows in _prepare(connection, part, upsert=options["upsert"])
        if rows
    ]
    tells_owner = options["send_completion_email"]
    return keep_import(connection, batches, options, tells_owner=tells_owner)


def _read_form(request: HttpRequest, connection: Connection) -> tuple[dict[str, Any], bytes]:
    """Return what is asked for, and the file; the parts come in any order. Raises Refusal."""
    if request.content_type != "multipart/form-data":
        raise Refusal(400, "The request has to be multipart/form-data.", "invalid_body")
    form = request.POST.dict()
    # A part without a file name is a text to Django; the users may well come so.
    text = form.pop("users", "")
    if unknown := sorted(form.keys() - PARTS):
        raise refuse_body(f"Additional properties not allowed: {unknown[0]}")
    if any("\0" in each for each in form.values()):
        raise refuse_nul()
    if "connection_id" not in form:
        raise refuse_body("Missing required property: connection_id")
    require_own(connection, form["connection_id"])
    options: dict[str, Any] = {}
    for name, default in FLAGS.items():
        word = form.get(name, default)
        if word not in WORDS:
            raise refuse_body(f"Expected type boolean on property {name}")
        options[name] = WORDS[word]
    if form.get("external_id"):
        options["external_id"] = form["external_id"][:EXTERNAL_ID_LENGTH]
    file = request.FILES.get("users")
    if file is None and not text:
        raise refuse_body("Missing required property: users")
    if file is not None and (file.size or 0) > MOST_BYTES:
        raise Refusal(413, f"A file can have {MOST_BYTES >> 20} MB. Send the users in parts.")
    return options, text.encode() if file is None else file.read()


def _read_users(content: bytes) -> list[RawRow]:
    """Return the entries of the file, each as it can be read; raises Refusal for no list."""
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
        raise Refusal(400, "The users file has to be a JSON array of users.", "invalid_body")
    try:
        return list(read_rows(BytesIO(content), ReaderOptions("json")))
    except ImporterError as error:
        raise Refusal(400, str(error), "invalid_body") from None


def _split(rows: Sequence[RawRow]) -> Iterator[Sequence[RawRow]]:
    for start in range(0, len(rows), MOST_RECORDS):
        yield rows[start : start + MOST_RECORDS]


def _prepare(
    connection: Connection, rows: Sequence[RawRow], *, upsert: bool
) -> Iterator[tuple[Variant, list[RawRow]]]:
    """Yield the rows of users by how they are written, with the id of whom each means."""
    users = Users(connection)
    matched = list_matched(users, [row.values or {} for row in rows])
    known: list[RawRow] = []
    others: list[RawRow] = []
    for row in rows:
        user = None if row.values is None else _find_known(row.values, matched, upsert=upsert)
        (others if user is None else known).append(_complete(row, user, users, upsert=upsert))
    variant = choose_variant(connection)
    matching = choose_matching(connection) if upsert else variant
    if matching == variant:
        # In the order of the file, of which the later of two the same fails.
        yield variant, sorted([*known, *others], key=lambda row: row.row_number)
    else:
        yield variant, known
        yield matching, others


def _complete(row: RawRow, known: User | None, users: Users, *, upsert: bool) -> RawRow:
    """Return a row as it is written; one that is no user, or may not be written, fails."""
    if row.values is None:
        return row
    sent = row.values
    faults = ". ".join(fault.message for fault in find_faults(sent, IMPORTED_USER))
    if known is not None and upsert and not faults:
        sent = _pick_upsertable(sent, known)
    made = replace(row, values=_write(sent, known, users))
    if faults:
        return fail_row(made, _tell_unreadable(faults))
    if known is not None and is_deleted(known):
        return fail_row(made, _tell_unreadable(DELETED))
    if known is not None and not upsert:
        what = "user_id" if sent.get("user_id") else "e-mail address"
        return fail_row(made, Problem(PROFILE_EXISTS_FAILED.code, params={"what": what}))
    return made


def _tell_unreadable(detail: str) -> Problem:
    return Problem("row_unreadable", params={"syntax": "a user of Auth0", "detail": detail})


def _pick_upsertable(sent: Mapping[str, Any], known: User) -> dict[str, Any]:
    """Return what of a user an upsert changes; a password in use here is not among it."""
    left = {*NOT_UPSERTED, *(HASHES if known.uses_credentials else ())}
    return {name: value for name, value in sent.items() if name not in left}


def _find_known(
    sent: Mapping[str, Any], matched: Mapping[str, User], *, upsert: bool
) -> User | None:
    """Return who is meant by a user of the file.

    Users are updated by their address; with an id of somebody else's it is a conflict.
    """
    email, user_id = sent.get("email"), sent.get("user_id")
    by_email = matched.get(normalise_email(email)) if isinstance(email, str) else None
    by_id = matched.get(complete_id(user_id)) if isinstance(user_id, str) else None
    if upsert and by_id is None:
        return by_email
    return by_id or by_email


def _write(sent: Mapping[str, Any], known: User | None, users: Users) -> dict[str, Any]:
    """Return a row with an id of its own, and with what is to be kept of the metadata."""
    kept = (Kept() if known is None else read_kept(known)).overlay(_pick_objects(sent))
    before: dict[str, Any] | None = None
    if known is not None:
        user_id = known.subject_id
        shown = users.composer.show_metadata(known, read_kept(known))
        before = {SUBJECT: user_id, **{name: shown[name] for name in METADATA if name in sent}}
    else:
        user_id = complete_id(sent["user_id"]) if _is_text(sent.get("user_id")) else make_id()
    return write_row({**sent, SUBJECT: user_id}, before, kept if kept != Kept() else None)


def _pick_objects(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return what may be kept of a user; of one that is not as it should be, nothing else."""
    metadata = {name: sent[name] for name in METADATA if isinstance(sent.get(name), dict)}
    nickname = sent.get("nickname")
    return {**metadata, **({"nickname": nickname} if _is_text(nickname) else {})}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""
