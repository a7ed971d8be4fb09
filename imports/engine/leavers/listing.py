"""Count and list the users of a job's source system who are missing from its file.

To the source system belongs whom one of its imports created, and, as linked users, whoever was
brought by another one and has a subject id of this one as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Left, NullIf
from django.utils import timezone

from accounts.models import User
from imports.core.planning.leavers import LeaverFacts
from imports.engine.queries import PERMISSIONS, fetch_rows
from imports.models import ImportJob, Leaver, LeaverSurvey
from imports.models.jobs import SOURCE_LENGTH

# As `ImportJob.source` has it.
SOURCE = Left(
    Coalesce(NullIf(KeyTextTransform("source_name", "mapping"), Value("")), F("provider")),
    SOURCE_LENGTH,
)
# Of a user `u` who belongs to the source.
FACTS = f"""
    u.source <> %(source)s AS is_linked, u.is_active,
    u.is_staff OR u.is_superuser AS is_protected,
    EXISTS (SELECT FROM later WHERE later.id = u.id) OR EXISTS (
        SELECT FROM imports_importrecord r
        WHERE r.user_id = u.id AND r.job_id <> %(job)s AND r.written_at >= %(uploaded)s
    ) AS is_later,
    {PERMISSIONS} AS permissions
"""  # noqa: S608
# Those whom files of the source have that were uploaded later.
LATER = """
    later AS MATERIALIZED (
        SELECT DISTINCT m.id FROM imports_importchunk c, unnest(c.met) AS m(id)
        WHERE c.job_id = ANY(%(later)s)
    )
"""
MET = """
    met AS MATERIALIZED (
        SELECT DISTINCT m.id FROM imports_importchunk c, unnest(c.met) AS m(id)
        WHERE c.job_id = %(job)s
    )
"""
LIST = f"""
    INSERT INTO imports_leaver
        (job_id, user_id, is_linked, is_active, is_protected, is_later, permissions)
    WITH {MET}, {LATER}
    SELECT %(job)s, u.id, {FACTS} FROM accounts_user u
    WHERE NOT EXISTS (SELECT FROM met WHERE met.id = u.id) AND
"""  # noqa: S608
BROUGHT = "u.source = %(source)s"
LINKED = """u.source <> %(source)s AND u.id IN (
    SELECT o.user_id FROM imports_othersubjectid o WHERE o.source = %(source)s
)"""
FOUND = f"""
    WITH {MET} SELECT count(*) FROM met JOIN accounts_user u ON u.id = met.id
    WHERE u.source = %(source)s AND u.is_active
"""  # noqa: S608
# A row whose record was retried counts as in its latest attempt.
UNKNOWN = """
    SELECT c.row FROM (
        SELECT unnest(unknown) AS row, attempt FROM imports_importchunk WHERE job_id = %(job)s
    ) c
    LEFT JOIN imports_importrecord r ON r.job_id = %(job)s AND r.row_number = c.row
    WHERE r.attempt IS NULL OR r.attempt = c.attempt
"""


def count_leavers(job: ImportJob) -> None:
    """Count how many users of the source system the job's file has, in the open transaction.

    To be called when every chunk is planned or written. Costs as much as the file has rows, and one
    look at an index of the source's users. Says nothing of a job whose chunks were worked on before
    chunks noted whom they met.
    """
    # What comes without a file, at sign-ins or from a connection, is never everybody.
    if not job.file_sha256 or job.chunks.filter(met=None).exists():
        LeaverSurvey.objects.filter(job=job).delete()
        return
    [(found,)] = fetch_rows(FOUND, {"job": job.pk, "source": job.source})
    users = User.objects.filter(source=job.source, is_active=True).count()
    counted = {"users": users, "found": found, "counted_at": timezone.now()}
    unlisted: dict[str, Any] = {"asked_at": None, "listed_at": None}
    LeaverSurvey.objects.update_or_create(job=job, defaults={**counted, **unlisted})


def list_leavers(survey: LeaverSurvey) -> None:
    """Write the list of a job's missing users again, in the open transaction, and count them."""
    job = survey.job
    parameters = describe_scope(job)
    Leaver.objects.filter(job=job).delete()
    with connection.cursor() as cursor:
        for scope in (BROUGHT, LINKED):
            cursor.execute(LIST + scope, parameters)
    missing = Leaver.objects.filter(job=job, is_linked=False, is_active=True).count()
    survey.users = User.objects.filter(source=job.source, is_active=True).count()
    survey.found = survey.users - missing
    survey.counted_at = survey.listed_at = timezone.now()
    survey.save()


def describe_scope(job: ImportJob) -> dict[str, Any]:
    """Return the parameters of the statements about a job's missing users."""
    later = select_of_source(job).filter(created_at__gt=job.created_at)
    return {
        "job": job.pk,
        "source": job.source,
        "uploaded": job.created_at,
        "later": list(later.values_list("pk", flat=True)),
    }


def read_facts(job: ImportJob, user_ids: Sequence[int]) -> dict[int, LeaverFacts]:
    """Return what is true now of missing users, by id, as far as they exist; locks them."""
    fetch_rows(
        "SELECT id FROM accounts_user WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
        [list(user_ids)],
    )
    statement = f"WITH {LATER} SELECT u.id, {FACTS} FROM accounts_user u WHERE u.id = ANY(%(ids)s)"  # noqa: S608
    found = fetch_rows(statement, {**describe_scope(job), "ids": list(user_ids)})
    return {user_id: LeaverFacts(*facts) for user_id, *facts in found}


def select_of_source(job: ImportJob) -> QuerySet[ImportJob]:
    """Return the other jobs over files of the same source system."""
    others = ImportJob.objects.exclude(pk=job.pk).exclude(file_sha256="")
    return others.annotate(found_source=SOURCE).filter(found_source=job.source)


def count_linked(job: ImportJob) -> int:
    """Return how many active users of other sources have a subject id of the job's."""
    linked = User.objects.filter(other_subject_ids__source=job.source, is_active=True)
    return linked.exclude(source=job.source).distinct().count()


def count_unknown_rows(job: ImportJob) -> int:
    """Return how many rows failed of which nothing tells whose they are."""
    [(count,)] = fetch_rows(f"SELECT count(*) FROM ({UNKNOWN}) n", {"job": job.pk})  # noqa: S608
    return int(count)


def is_outdated(survey: LeaverSurvey) -> bool:
    """Return whether the list is none, or its job or another of the source has moved on since."""
    listed_at: datetime | None = survey.listed_at
    if listed_at is None or survey.job.updated_at > listed_at:
        return True
    return select_of_source(survey.job).filter(updated_at__gt=listed_at).exists()
