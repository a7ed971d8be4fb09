"""The corrections of a job, and how many of its records have each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imports.core.corrections import KINDS, Correction, read_corrections
from imports.core.dry_run import Loss
from imports.core.planning.plans import Action
from imports.engine.counting import STATUSES
from imports.engine.queries import fetch_rows
from imports.models import CorrectedRow, ImportJob, ImportRecord, Status

IMPORTED = (Status.CREATED.value, Status.UPDATED.value)


@dataclass(frozen=True, slots=True)
class MadeCorrection:
    """A correction with the number of records that have it by status, as of now or the dry run."""

    correction: Correction
    statuses: dict[str, int]

    @property
    def count(self) -> int:
        return sum(self.statuses.values())


def list_corrections(job: ImportJob) -> list[MadeCorrection]:
    """Return all corrections of a job, in their order, those that were undone among them."""
    if not job.corrections:
        return []
    counts = _count_corrected(job) if job.has_begun else _read_foreseen(job)
    return [
        MadeCorrection(each, counts.get(each.number, {}))
        for each in read_corrections(job.corrections)
    ]


def list_run_corrections(job: ImportJob) -> list[MadeCorrection]:
    """Return the corrections that were chosen before the run and hold."""
    return [
        each
        for each in list_corrections(job)
        if each.correction.is_for_run and not each.correction.is_undone
    ]


def list_corrections_of(job: ImportJob, record: ImportRecord) -> list[Correction]:
    """Return the corrections with which a record has its status; of one that failed, that hold."""
    if not job.corrections:
        return []
    row = CorrectedRow.objects.filter(job=job, row_number=record.row_number).first()
    if row is None:
        return []
    return [
        each
        for each in read_corrections(job.corrections)
        if each.number in row.corrections
        and not (each.is_undone and record.status == Status.FAILED)
    ]


def list_corrected_losses(job: ImportJob) -> Iterator[Loss]:
    """Yield what corrections keep from being imported, with the number of imported records."""
    for each in list_corrections(job):
        what = KINDS[each.correction.kind].name_loss(each.correction)
        count = sum(each.statuses.get(status, 0) for status in IMPORTED)
        if what and count:
            yield Loss(what, count, f"A correction drops it: {each.correction.sentence}.")


def _read_foreseen(job: ImportJob) -> dict[int, dict[str, int]]:
    return {
        int(number): {STATUSES[Action(action)].value: count for action, count in counts.items()}
        for number, counts in (job.dry_run["corrected"] if job.dry_run else {}).items()
    }


def _count_corrected(job: ImportJob) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    rows = fetch_rows(
        "SELECT n, r.status, count(*) FROM imports_correctedrow c"
        " CROSS JOIN LATERAL unnest(c.corrections) n"
        " JOIN imports_importrecord r ON r.job_id = c.job_id AND r.row_number = c.row_number"
        " WHERE c.job_id = %s GROUP BY 1, 2",
        [job.pk],
    )
    for number, status, count in rows:
        found.setdefault(number, {})[status] = count
    return found
