"""`manage.py import_users` called in this process or as one of its own, and who works for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import pytest

from imports.models import Disabling, DisablingState, ImportJob
from imports.services.leavers.disabling import work_on_disabling
from imports.states import BUSY
from tests.imports.conftest import drain
from tests.workers import ROOT, make_environment

PATIENCE = 400
SAMPLES = ROOT / "samples"
# Exit status, standard output and standard error of a call.
Run = Callable[..., tuple[int, str, str]]


class WorkerHere:
    """A worker that works whenever the command asks whether its workers still live."""

    def poll(self) -> None:
        for job in ImportJob.objects.filter(state__in=BUSY):
            drain(job)
        for disabling in Disabling.objects.filter(state=DisablingState.RUNNING):
            work_on_disabling(disabling.pk)


@contextmanager
def work_here() -> Iterator[WorkerHere]:
    yield WorkerHere()


def start_no_worker() -> NoReturn:
    pytest.fail("workers were started")


def start_process(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "manage.py", "import_users", *map(str, arguments)],
        cwd=ROOT,
        env=make_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run_process(*arguments: object) -> tuple[int, str, str]:
    process = start_process(*arguments)
    output, messages = process.communicate(timeout=PATIENCE)
    return process.returncode, output, messages
