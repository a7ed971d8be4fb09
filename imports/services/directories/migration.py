"""Write one user whom a directory vouched for: a row of its continuous job, one transaction.

The row goes the way of all rows: mapping, validation, planning, writing, status.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from imports.core.corrections.kinds.drop_field import drop_field
from imports.core.decisions.answers import write_key
from imports.core.decisions.kinds import unlike_user
from imports.core.mapping import MappedRow, RecordMapper
from imports.core.planning.plans import Plan
from imports.core.planning.unlike_people import COLUMN
from imports.core.problems import Problem
from imports.core.readers import RawRow
from imports.core.readers.json_files.record import read_record
from imports.core.readers.rows import encode_row
from imports.core.records.records import Password, UserImportRecord
from imports.directory_client.asking import Reply
from imports.directory_client.contract import Verdict
from imports.engine.chunks import plan_rows, write_rows
from imports.engine.context import JobContext, load_context
from imports.engine.copying import take_ids
from imports.engine.counting import STATUSES
from imports.engine.other_ids import find_user
from imports.engine.statuses import find_reason
from imports.models import (
    DirectoryAttempt,
    ImportChunk,
    LegacyDirectory,
    ReleasedValue,
    Status,
    Tombstone,
)

MayReplace = Callable[[User], bool]
PROVEN_PART = "authenticators.password"
SAME_PERSON = write_key(unlike_user.KIND.code, COLUMN)


@dataclass(frozen=True, slots=True)
class MigratedUser:
    """The result for somebody whom a directory vouched for.

    `user` is None when they could not be written; `reason` is then the code of the problem.
    """

    job_id: int
    row_number: int
    user: User | None
    has_new_password: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would happen to a profile; nothing of it was written."""

    status: str
    reason: str
    subject_id: str
    user_id: int | None
    plan: Plan


def write_migrated_user(
    directory: LegacyDirectory,
    reply: Reply,
    *,
    password: str | None,
    may_replace: MayReplace,
    known: User | None = None,
) -> MigratedUser:
    """Create the user, or give one who waits for it their password; note it with the directory.

    `known` is who has the name here that was asked about. `may_replace` says whether an existing
    user may be given the profile and password; nobody else is touched. With `password` None the
    user is created without any. Whatever takes long, such as hashing, is done before the
    transaction begins.
    """
    context = load_context(directory.job)
    row_number = take_ids(DirectoryAttempt, 1)[0]
    raw = read_profile(reply.answer.profile or {}, row_number)
    mapper = context.mapper if password is None else _make_proven_mapper(context)
    row = _prepare(_recognise(mapper.map_row(raw), known), reply.answer.verdict, password)
    with transaction.atomic():
        present = _lock_present(row)
        if present is not None and not may_replace(present):
            _note(directory, reply, row_number, subject_id=present.subject_id, user_id=present.pk)
            return MigratedUser(directory.job_id, row_number, present)
        plan = _write(directory, raw, row, context)
        status = STATUSES[plan.action]
        reason = find_reason(plan)
        user_id = None if status == Status.FAILED else plan.user_id
        has_new_password = password is not None and plan.password is not None
        if has_new_password and user_id is not None:
            User.objects.filter(pk=user_id).update(password_changed_at=timezone.now())
        _note(
            directory,
            reply,
            row_number,
            is_look_up=password is None,
            status=status.value,
            reason=reason,
            subject_id=plan.subject_id[:200],
            user_id=user_id,
        )
    user = User.objects.filter(pk=user_id).first() if user_id is not None else None
    return MigratedUser(directory.job_id, row_number, user, has_new_password, reason)


def read_profile(profile: Mapping[str, Any], row_number: int) -> RawRow:
    """Return a directory's profile as the reader of files would have read it."""
    row = read_record(json.dumps(profile).encode(), row_number, 1, "json")
    return replace(row, line_number=None)


def foresee(
    directory: LegacyDirectory, profile: Mapping[str, Any], known: User | None = None
) -> Foreseen:
    """Return what would happen to a profile if its user signed in. Writes nothing."""
    context = load_context(directory.job)
    mapper = _make_proven_mapper(context)
    row = _refuse_deleted(_recognise(mapper.map_row(read_profile(profile, 1)), known))
    [plan] = plan_rows([row], ImportChunk(job=directory.job), context, lock=False)
    return Foreseen(
        status=STATUSES[plan.action].value,
        reason=find_reason(plan),
        subject_id=plan.subject_id,
        user_id=plan.user_id,
        plan=plan,
    )


def _make_proven_mapper(context: JobContext) -> RecordMapper:
    """Return the mapper for somebody whose password was just proven right.

    Whatever their profile says of a password does not count, and cannot keep them out.
    """
    return RecordMapper(drop_field(context.mapping, PROVEN_PART), context.rules)


def _prepare(row: MappedRow, verdict: Verdict, password: str | None) -> MappedRow:
    """Return the row with the password that was proven right, hashed."""
    row = _refuse_deleted(row)
    if row.record is None or password is None:
        return row
    is_weak = verdict is Verdict.REQUIRE_NEW_PASSWORD or _is_too_weak(password, row.record)
    proven = Password(must_change=is_weak)
    proven._encoded = make_password(password)
    row.record.authenticators.password = proven
    return row


def _recognise(row: MappedRow, known: User | None) -> MappedRow:
    """Return the row as one of the user whose name was asked about, if it has their id as well.

    Two systems that number their users may use one id for two people; the name tells them apart.
    """
    if row.record is None or known is None:
        return row
    if find_user(row.record.subject_id, User.objects.filter(pk=known.pk)) is None:
        return row
    return replace(row, answers={**row.answers, SAME_PERSON: unlike_user.SAME})


def _refuse_deleted(row: MappedRow) -> MappedRow:
    if row.record is None or not Tombstone.objects.filter(subject_id=row.record.subject_id):
        return row
    return replace(row, record=None, problems=(Problem("deleted_here", "subject_id"),))


def _is_too_weak(password: str, record: UserImportRecord) -> bool:
    """Return whether the policy here refuses the password, for the person it is of."""
    profile = record.profile
    person = User(
        subject_id=record.subject_id,
        username=profile.username,
        email=profile.email,
        given_name=profile.given_name or "",
        family_name=profile.family_name or "",
    )
    try:
        validate_password(password, person)
    except ValidationError:
        return True
    return False


def _lock_present(row: MappedRow) -> User | None:
    if row.record is None:
        return None
    return find_user(row.record.subject_id, User.objects.select_for_update(no_key=True))


def _write(directory: LegacyDirectory, raw: RawRow, row: MappedRow, context: JobContext) -> Plan:
    chunk = ImportChunk(job=directory.job)
    plan = write_rows([encode_row(raw)], [row], chunk, context)[0]
    # There is no end of an attempt to keep them for: each sign-in is one of its own.
    ReleasedValue.objects.filter(job=directory.job).delete()
    _tally(directory, chunk)
    return plan


def _tally(directory: LegacyDirectory, arrived: ImportChunk) -> None:
    """Count the status in one of the job's rows for that; one that nobody counts in just now."""
    tallies = directory.job.chunks.filter(attempt=1)
    tally = tallies.select_for_update(skip_locked=True).first()
    tally = tally or tallies.select_for_update().get(number=1)
    tally.counts = _add(tally.counts, arrived.counts)
    for status, counts in arrived.reasons.items():
        tally.reasons[status] = _add(tally.reasons.get(status, {}), counts)
    tally.rows += 1
    tally.save(update_fields=["counts", "reasons", "rows"])


def _add(counts: dict[str, int], more: dict[str, int]) -> dict[str, int]:
    return {key: counts.get(key, 0) + more.get(key, 0) for key in {**counts, **more}}


def _note(directory: LegacyDirectory, reply: Reply, row_number: int, **fields: Any) -> None:
    DirectoryAttempt.objects.create(
        pk=row_number,
        directory=directory,
        mode=directory.mode,
        verdict=reply.answer.verdict.value,
        detail=reply.answer.detail[:300],
        milliseconds=reply.milliseconds,
        **fields,
    )
