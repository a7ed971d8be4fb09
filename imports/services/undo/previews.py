"""Preview an undo: at once where that is quick, else counted in the background."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta

import orjson
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.authority import Authority
from accounts.models import User
from accounts.selectors.authority import read_authority
from imports.core.planning.undo import Reason, UndoFacts, UndoOptions, UndoStatus, decide
from imports.engine.undo.disabled import count_disabled_facts
from imports.engine.undo.facts import count_facts, count_fields, list_undoable
from imports.models import ImportJob, UndoSurvey
from imports.record_filters import RecordFilter
from imports.services.jobs.queue import enqueue_survey

EVERYTHING = RecordFilter()
# So many records are counted in a moment: while somebody waits, or by one step of a worker.
AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """How many users would be removed, restored, enabled again or left, the last by reason.

    `undone_anyway` counts by reason those who would be undone because that was chosen, `fields`
    what updates changed. `is_live` says that it was counted just now.
    """

    removed: int
    restored: int
    enabled: int
    gone: int
    left: dict[Reason, int]
    undone_anyway: dict[Reason, int]
    fields: list[tuple[str, int]]
    counted_at: datetime
    is_live: bool

    @property
    def total(self) -> int:
        return self.undone + self.gone + sum(self.left.values())

    @property
    def undone(self) -> int:
        return self.removed + self.restored + self.enabled


def preview_undo(
    job: ImportJob,
    options: UndoOptions,
    chosen: RecordFilter = EVERYTHING,
    *,
    actor: User,
    only_disabled: bool = False,
) -> UndoPreview | None:
    """Return the preview of an undo of the job, or of the chosen records, by the actor.

    With `only_disabled`, of no record: of the disabling of users missing from its file.
    None while there are too many records to count them now and no survey has: `begin_survey`.
    """
    authority = read_authority(actor)
    if only_disabled:
        facts = count_disabled_facts(job.pk)
        return _sum_up(facts, {}, options, authority, timezone.now(), is_live=True)
    if _is_quick(job, chosen):
        rows = list(list_undoable(job.pk, chosen).values_list("row_number", flat=True))
        facts = count_facts(job.pk, rows, whole=chosen == EVERYTHING)
        facts.update(_count_disabled(job.pk, chosen))
        fields = count_fields(job.pk, rows)
        return _sum_up(facts, fields, options, authority, timezone.now(), is_live=True)
    survey = UndoSurvey.objects.filter(job=job, digest=_digest(chosen)).first()
    if survey is None or survey.finished_at is None or _is_outdated(survey, job):
        return None
    facts = Counter({UndoFacts(*each): count for each, count in survey.facts})
    return _sum_up(facts, survey.fields, options, authority, survey.started_at, is_live=False)


def _count_disabled(job_id: int, chosen: RecordFilter) -> Counter[UndoFacts]:
    """Return the facts of the users whom the job disabled, where all of it is to be undone."""
    return count_disabled_facts(job_id) if chosen == EVERYTHING else Counter()


def describe_preview(preview: UndoPreview | None) -> list[object]:
    """Return what a preview says as JSON, whenever it was counted; nothing while there is none."""
    if preview is None:
        return []
    reasons = [preview.left, preview.undone_anyway]
    return [
        preview.removed,
        preview.restored,
        preview.enabled,
        preview.gone,
        *({reason.value: count for reason, count in each.items() if count} for each in reasons),
        [list(pair) for pair in preview.fields],
    ]


def _is_quick(job: ImportJob, chosen: RecordFilter) -> bool:
    records = chosen.select(job.pk).values_list("row_number", flat=True)
    return records[: AT_ONCE + 1].count() <= AT_ONCE


def _is_outdated(survey: UndoSurvey, job: ImportJob) -> bool:
    """Return whether the job has been retried, undone or purged since."""
    return survey.started_at < job.updated_at


def _digest(chosen: RecordFilter) -> str:
    text = orjson.dumps(chosen.to_json(), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(text).hexdigest()


def _sum_up(
    facts: Mapping[UndoFacts, int],
    fields: Mapping[str, int],
    options: UndoOptions,
    authority: Authority,
    counted_at: datetime,
    *,
    is_live: bool,
) -> UndoPreview:
    statuses: Counter[UndoStatus] = Counter()
    left: Counter[Reason] = Counter()
    anyway: Counter[Reason] = Counter()
    for each, count in facts.items():
        status, reason = decide(each, options, authority)
        statuses[status] += count
        if reason is not None:
            left[reason] += count
        elif (avoided := decide(each, UndoOptions(), authority)[1]) is not None:
            anyway[avoided] += count
    return UndoPreview(
        removed=statuses[UndoStatus.REMOVED],
        restored=statuses[UndoStatus.RESTORED],
        enabled=statuses[UndoStatus.ENABLED],
        gone=statuses[UndoStatus.GONE],
        left=dict(left),
        undone_anyway=dict(anyway),
        fields=sorted(fields.items(), key=lambda item: (-item[1], item[0])),
        counted_at=counted_at,
        is_live=is_live,
    )


@transaction.atomic
def begin_survey(
    job: ImportJob, chosen: RecordFilter = EVERYTHING, *, again: bool = False
) -> UndoSurvey:
    """Have a worker count for a preview, and return how far that is.

    Asking for it twice does no harm, and once more when nobody has counted lately brings back a
    message or a worker that was lost. `again` forgets what was counted before.
    """
    survey, is_new = UndoSurvey.objects.select_for_update().get_or_create(
        job=job, digest=_digest(chosen), defaults={"chosen": chosen.to_json()}
    )
    now = timezone.now()
    idle_since = now - timedelta(seconds=settings.IMPORT_IDLE_SECONDS)
    if again or _is_outdated(survey, job):
        survey.position, survey.done, survey.total = 0, 0, None
        survey.facts, survey.fields = [], {}
        survey.started_at, survey.finished_at = now, None
    elif not is_new and (survey.finished_at or survey.advanced_at > idle_since):
        return survey
    survey.advanced_at = now
    survey.save()
    enqueue_survey(survey.pk)
    return survey


def work_on_survey(survey_id: int) -> None:
    """Count portion by portion, each in a transaction of its own, to the end or for a turn.

    Two workers at it take turns. Does nothing when it is finished.
    """
    turn_ends = time.monotonic() + settings.IMPORT_TASK_SECONDS / 2
    while _count_next(survey_id):
        if time.monotonic() > turn_ends:
            enqueue_survey(survey_id)
            return


@transaction.atomic
def _count_next(survey_id: int) -> bool:
    """Count the next records; return whether there may be more."""
    survey = UndoSurvey.objects.select_for_update().filter(pk=survey_id, finished_at=None).first()
    if survey is None:
        return False
    chosen = RecordFilter.from_json(survey.chosen)
    if survey.total is None:
        survey.total = list_undoable(survey.job_id, chosen).count()
        disabled = _count_disabled(survey.job_id, chosen)
        survey.facts = [(astuple(each), count) for each, count in disabled.items()]
    rest = list_undoable(survey.job_id, chosen, after=survey.position)
    rows = list(rest.values_list("row_number", flat=True)[:AT_ONCE])
    survey.advanced_at = timezone.now()
    if rows:
        _add(survey, rows, whole=chosen == EVERYTHING)
    else:
        survey.finished_at = survey.advanced_at
    survey.save()
    return bool(rows)


def _add(survey: UndoSurvey, rows: list[int], *, whole: bool) -> None:
    facts = Counter({UndoFacts(*each): count for each, count in survey.facts})
    facts.update(count_facts(survey.job_id, rows, whole=whole))
    survey.facts = [(astuple(each), count) for each, count in facts.items()]
    survey.fields = dict(Counter(survey.fields) + count_fields(survey.job_id, rows))
    survey.position, survey.done = rows[-1], survey.done + len(rows)
