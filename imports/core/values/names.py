"""Compare names of columns and tables as people do, without regard to case and punctuation."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=4096)
def fold_name(name: str) -> str:
    """Return a name without case and punctuation: PasswordHash is password_hash."""
    return re.sub(r"[\W_]+", "", name).lower()


def list_prefixes(path: str) -> list[str]:
    """Return the path and all those above it, the highest first."""
    steps = path.split(".")
    return [".".join(steps[:end]) for end in range(1, len(steps) + 1)]
