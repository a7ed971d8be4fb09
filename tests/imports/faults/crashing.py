"""A resolver that kills the worker which asks it about a certain record."""

from __future__ import annotations

import os
import signal

from imports.core.planning.conflicts import Conflict

POISON = "poison"


class CrashingResolver:
    def resolve(self, conflict: Conflict) -> None:
        if conflict.subject_id == POISON:
            os.kill(os.getpid(), signal.SIGKILL)
