"""Show on standard error how far a job is: a bar on a terminal, else a line now and then."""

from __future__ import annotations

import sys
import time
from typing import TextIO

from tqdm import tqdm

from imports.selectors import Progress

LINE_SECONDS = 10.0


class ProgressDisplay:
    """One bar, or lines, for each phase of a job."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._phase = ""
        self._bar: tqdm[None] | None = None
        self._shown_at = 0.0

    def show(self, progress: Progress | None) -> None:
        if progress is None:
            return
        if progress.phase != self._phase:
            self.close()
            self._phase = progress.phase
            self._shown_at = 0.0
        if self._is_terminal:
            self._move_bar(progress)
        elif time.monotonic() - self._shown_at >= LINE_SECONDS:
            self._shown_at = time.monotonic()
            self._stream.write(f"{progress.phase}: {progress.percent}%\n")
            self._stream.flush()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _move_bar(self, progress: Progress) -> None:
        if self._bar is None:
            self._bar = tqdm(
                desc=progress.phase,
                total=progress.total,
                file=self._stream,
                unit="B" if progress.unit == "bytes" else " records",
                unit_scale=progress.unit == "bytes",
                leave=False,
            )
        self._bar.total = progress.total
        self._bar.n = progress.done
        self._bar.refresh()
