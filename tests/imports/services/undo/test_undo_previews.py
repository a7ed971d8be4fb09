"""The preview of an undo, counted in the background: the same as counted at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from imports.core.errors import ImporterError
from imports.core.planning.conflicts import Mode
from imports.core.planning.undo import Reason, UndoOptions
from imports.models import ImportJob, UndoSurvey
from imports.record_filters import RecordFilter
from imports.services.undo import previews, undoing
from imports.services.undo.previews import begin_survey, preview_undo, work_on_survey
from tests.imports.conftest import MakeJob

pytestmark = pytest.mark.django_db
NOTHING, ALL = UndoOptions(), UndoOptions(signed_in=True, changed=True, touched_later=True)


def make_records(count: int, **profile: object) -> list[dict[str, object]]:
    return [{"subject_id": f"s{number}", "profile": profile} for number in range(count)]


@pytest.fixture
def job(run_job: MakeJob) -> ImportJob:
    """Five updated users and two created ones, to all of whom something has happened since."""
    run_job(make_records(5))
    done = run_job(make_records(7, given_name="A", locale="en-GB"), mode=Mode.UPDATE)
    User.objects.filter(subject_id="s0").update(last_login=timezone.now())
    User.objects.filter(subject_id="s1").update(updated_at=timezone.now())
    User.objects.filter(subject_id="s2").update(is_staff=True)
    User.objects.filter(subject_id="s3").delete()
    run_job([{"subject_id": "s5", "profile": {"given_name": "B"}}], mode=Mode.UPDATE)
    return done


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Which surveys were put into the queue."""
    numbers: list[int] = []
    monkeypatch.setattr(previews, "enqueue_survey", numbers.append)
    return numbers


@pytest.mark.parametrize("portion", [1, 2, 3])
@pytest.mark.parametrize("options", [NOTHING, ALL])
@pytest.mark.parametrize(
    "chosen", [RecordFilter(), RecordFilter(status="updated"), RecordFilter(first_row=3)]
)
def test_survey_counts_what_is_counted_at_once(
    job: ImportJob,
    monkeypatch: pytest.MonkeyPatch,
    chosen: RecordFilter,
    options: UndoOptions,
    portion: int,
) -> None:
    expected = preview_undo(job, options, chosen, actor=job.created_by)
    monkeypatch.setattr(previews, "AT_ONCE", portion)
    assert preview_undo(job, options, chosen, actor=job.created_by) is None

    work_on_survey(begin_survey(job, chosen).pk)
    found = preview_undo(job, options, chosen, actor=job.created_by)

    assert expected is not None
    assert found is not None
    for name in ("removed", "restored", "gone", "left", "undone_anyway", "fields"):
        assert getattr(found, name) == getattr(expected, name), name
    assert (expected.is_live, found.is_live) == (True, False)


def test_preview_says_all_that_has_happened(job: ImportJob) -> None:
    found = preview_undo(job, NOTHING, actor=job.created_by)

    assert found is not None
    assert (found.removed, found.restored, found.gone) == (1, 1, 1)
    assert found.left == dict.fromkeys(
        [Reason.SIGNED_IN, Reason.CHANGED, Reason.PROTECTED, Reason.TOUCHED_LATER], 1
    )


def test_survey_that_was_broken_off_goes_on_where_it_was(
    job: ImportJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "AT_ONCE", 3)
    survey = begin_survey(job)
    previews._count_next(survey.pk)
    survey.refresh_from_db()
    assert (survey.done, survey.total) == (3, 7)

    work_on_survey(survey.pk)
    work_on_survey(survey.pk)

    survey.refresh_from_db()
    assert survey.done == sum(count for _, count in survey.facts) == 7


def test_survey_is_sent_once_while_it_is_worked_on_and_again_when_it_is_idle(
    job: ImportJob, sent: list[int]
) -> None:
    survey = begin_survey(job)
    begin_survey(job)
    assert sent == [survey.pk]

    UndoSurvey.objects.update(advanced_at=timezone.now() - timedelta(hours=1))
    begin_survey(job)
    assert sent == [survey.pk] * 2

    work_on_survey(survey.pk)
    UndoSurvey.objects.update(advanced_at=timezone.now() - timedelta(hours=1))
    begin_survey(job)
    assert sent == [survey.pk] * 2


def test_undo_is_refused_when_the_survey_found_nothing(
    job: ImportJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "AT_ONCE", 1)
    User.objects.filter(subject_id__startswith="s").update(last_login=timezone.now())
    chosen = RecordFilter(status="created")
    work_on_survey(begin_survey(job, chosen).pk)

    with pytest.raises(ImporterError, match="nothing to undo"):
        undoing.start_undo(job, NOTHING, actor=job.created_by, chosen=chosen)
