"""Watching a job: events and waiting requests that end by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from django.test import Client

from imports.api.jobs import watching
from imports.models import ImportJob
from imports.states import JobState
from tests.imports.api.conftest import Program


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Time that passes only while a watch pauses; what is appended happens in the pauses."""
    happening: list[Any] = []
    now = [0.0]

    def pause() -> None:
        now[0] += watching.PAUSE_SECONDS
        if happening:
            ImportJob.objects.update(**happening.pop(0))

    monkeypatch.setattr(watching, "pause", pause)
    monkeypatch.setattr("imports.api.jobs.watching.time.monotonic", lambda: now[0])
    yield happening
    assert watching.places.acquire(blocking=False)
    watching.places.release()


def watch(program: Program, job: ImportJob, last: str = "") -> tuple[int, list[dict[str, str]]]:
    """Return status and events of a whole stream."""
    headers = {"Authorization": f"Bearer {program.token}", "Last-Event-ID": last}
    response = Client().get(f"/api/v1/jobs/{job.pk}/events", headers=headers)
    written = b"".join(response) if response.streaming else b""
    blocks = [block.splitlines() for block in written.decode().split("\n\n") if block]
    return response.status_code, [
        dict(line.split(": ", 1) for line in block) for block in blocks if "id: " in str(block)
    ]


def test_job_is_sent_once_for_each_change_until_it_is_at_rest(
    program: Program, finished_job: ImportJob, clock: list[Any]
) -> None:
    ImportJob.objects.update(state=JobState.RUNNING)
    clock += [{}, {"state": JobState.PAUSED}]

    _, events = watch(program, finished_job)

    assert [orjson.loads(each["data"])["state"] for each in events] == ["running", "paused"]
    assert {each["event"] for each in events} == {"job"}


def test_stream_of_a_busy_job_ends_by_itself(
    program: Program, finished_job: ImportJob, clock: list[Any]
) -> None:
    ImportJob.objects.update(state=JobState.RUNNING)

    status, events = watch(program, finished_job)

    assert (status, len(events)) == (200, 1)


def test_who_connects_again_is_sent_nothing_twice(
    program: Program, finished_job: ImportJob, clock: list[Any]
) -> None:
    ImportJob.objects.update(state=JobState.RUNNING)
    _, [first] = watch(program, finished_job)
    clock += [{"name": "Other"}]

    _, [second] = watch(program, finished_job, first["id"])

    assert orjson.loads(second["data"])["name"] == "Other"


def test_job_at_rest_that_was_seen_is_not_connected_to_again(
    program: Program, finished_job: ImportJob, clock: list[Any]
) -> None:
    _, [event] = watch(program, finished_job)

    assert watch(program, finished_job, event["id"]) == (204, [])


@pytest.mark.parametrize("wait", [5, 25])
def test_request_waits_for_a_change_of_state(
    program: Program, finished_job: ImportJob, clock: list[Any], wait: int
) -> None:
    ImportJob.objects.update(state=JobState.RUNNING)
    clock += [{"name": "Other"}, {}, {"state": JobState.PAUSED}, {"state": JobState.RUNNING}]

    answer = program.call("GET", f"/jobs/{finished_job.pk}?wait={wait}")

    assert (answer.body["state"], len(clock)) == ("paused", 1)


def test_request_waits_no_longer_than_it_says(
    program: Program, finished_job: ImportJob, clock: list[Any]
) -> None:
    ImportJob.objects.update(state=JobState.RUNNING)
    clock += [{} for _ in range(9)]

    answer = program.call("GET", f"/jobs/{finished_job.pk}?wait=5")

    assert (answer.body["state"], len(clock)) == ("running", 4)


def test_request_for_a_job_at_rest_is_answered_at_once(
    program: Program, finished_job: ImportJob, clock: list[Any]
) -> None:
    clock += [{}]

    assert program.call("GET", f"/jobs/{finished_job.pk}?wait=25").status == 200
    assert len(clock) == 1


def test_watches_beyond_the_places_of_a_process_are_answered_at_once(
    program: Program, finished_job: ImportJob, clock: list[Any]
) -> None:
    ImportJob.objects.update(state=JobState.RUNNING)
    clock += [{}]
    with watching.take_place(), watching.take_place():
        status, events = watch(program, finished_job)
        answer = program.call("GET", f"/jobs/{finished_job.pk}?wait=25")

    assert (status, len(events), answer.status, len(clock)) == (200, 1, 200, 1)


@pytest.mark.parametrize("wait", ["-1", "26", "x"])
def test_wait_beyond_the_longest_is_refused(
    program: Program, finished_job: ImportJob, wait: str
) -> None:
    assert program.call("GET", f"/jobs/{finished_job.pk}?wait={wait}").status == 422
