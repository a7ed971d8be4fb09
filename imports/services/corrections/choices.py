"""Correct an error group as somebody chose it, before the run or after it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from imports.core.corrections import KINDS, Change, Choice, make_changes
from imports.core.errors import CorrectionError
from imports.core.problems import Problem, digest_error_group
from imports.models import ImportJob, Status
from imports.record_filters import RecordFilter
from imports.services.corrections.corrections import add_corrections, correct_and_retry
from imports.services.corrections.samples import ErrorGroup, Sample
from imports.services.jobs.shown import lock_as_shown


@transaction.atomic
def correct(
    job: ImportJob, group: ErrorGroup, choice: Choice, *, actor: User, shown: str | None = None
) -> int:
    """Correct the records of an error group; return how many are retried for it.

    None are before the run: it makes the correction itself, which the next dry run shows. The group
    may be one that no record has been seen of. Raises CorrectionError for what is no correction of
    it or helps none of its first records, and as `add_corrections` and `correct_and_retry` do.
    """
    lock_as_shown(job, shown, "correct", actor=actor)
    sample = Sample(job, group, actor)
    changes = make_changes(choice, sample.failure)
    _require_help(sample, choice, changes)
    if not job.has_begun:
        add_corrections(job, changes, group.problem, actor=actor)
        return 0
    chosen = RecordFilter(status=Status.FAILED.value, error_group=group.digest)
    return correct_and_retry(job, changes, chosen=chosen, actor=actor)


def imagine_group(problem: Problem) -> ErrorGroup:
    """Return the error group of a problem, of which no record has been seen."""
    return ErrorGroup(digest_error_group(problem).hex, problem, 0, 0)


def _require_help(sample: Sample, choice: Choice, changes: Sequence[Change]) -> None:
    """Raise CorrectionError for what was chosen and helps none of the records that were seen."""
    kind = KINDS[choice.correction]
    if kind.rate is None or not sample.first:
        return
    if not any(kind.rate(sample.map_changed(each, kind.tried)[0]) for each in changes):
        raise CorrectionError(f"“{choice.value}” helps none of the first records.")
