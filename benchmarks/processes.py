"""What the kernel has counted for processes of this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

TICK = 1 / os.sysconf("SC_CLK_TCK")


def read_seconds(pid: int) -> float:
    """Return the CPU seconds of a process."""
    user, system, *_ = _read_times(pid)
    return user + system


def read_family_seconds(pid: int) -> float:
    """Return the CPU seconds of a process and its children, those that have ended included."""
    return sum(_read_times(pid)) + sum(map(read_seconds, list_children(pid)))


def list_children(pid: int) -> Iterator[int]:
    yield from map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


def find_parent(pid: int) -> int:
    return int(_read_fields(pid)[1])


def _read_times(pid: int) -> list[float]:
    """Return the seconds of user and system, then both of children that have ended."""
    return [int(field) * TICK for field in _read_fields(pid)[11:15]]


def _read_fields(pid: int) -> list[str]:
    """Return the fields of proc(5)'s `stat` behind the name, which may hold blanks."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
