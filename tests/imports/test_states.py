"""Which actions a job allows, and that nobody but `may` and `take_action` decides it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from imports.services.runs.phases import READING, WORK
from imports.states import TRANSITIONS, JobAction, JobPhase, JobState, list_actions, may

ROOT = Path(__file__).parents[2] / "imports"
BEFORE_RUN = {
    JobAction.MAP,
    JobAction.READ_AGAIN,
    JobAction.APPLY_TEMPLATE,
    JobAction.SET_POLICIES,
    JobAction.DRY_RUN,
}


@dataclass
class Job:
    state: str
    started_at: datetime | None = None


def test_every_action_has_a_transition() -> None:
    assert TRANSITIONS.keys() == set(JobAction)


@pytest.mark.parametrize("action", JobAction, ids=lambda each: each.value)
def test_action_may_be_taken_in_its_states_alone(action: JobAction) -> None:
    allowed = {state for state in JobState if may(Job(state), action)}

    assert allowed == TRANSITIONS[action].sources


def test_mapping_rules_and_dry_run_are_over_once_the_run_has_begun() -> None:
    stopped = Job(JobState.ERRORED)
    stopped_in_run = Job(JobState.ERRORED, started_at=datetime.now(UTC))

    assert list_actions(stopped) - list_actions(stopped_in_run) == BEFORE_RUN


def test_transitions_are_read_where_they_are_asked_and_taken_alone() -> None:
    readers = [
        path.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("*.py")
        if "states import" in (text := path.read_text("utf-8")) and "TRANSITIONS" in text
    ]

    assert [Path(each).name for each in readers] == ["transitions.py"]


def test_every_step_but_staging_says_what_is_done_with_its_chunks() -> None:
    assert WORK.keys() | {JobPhase.NONE, JobPhase.STAGING} == set(JobPhase)
    assert READING == (JobPhase.STAGING, JobPhase.INDEXING)
