"""Read what a source system says of an account's state; a word it does not know stays that word.

As text it is asked about in the dry run, where a guess would let somebody in or lock them out.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from imports.core.account_states import Means, State, StateReader, write_state

# Whether an account may sign in, or the text of what is not clear; None where nothing is said.
Account = bool | str | None


@lru_cache(maxsize=32)
def _make_reader(means: Means, active: frozenset[str], disabled: frozenset[str]) -> StateReader:
    return StateReader(means, active=active, disabled=disabled)


def read_account_state(
    value: Any,
    means: Means = "status",
    *,
    active: frozenset[str] = frozenset(),
    disabled: frozenset[str] = frozenset(),
) -> Account:
    """Return whether a word or flag says active; None for a blank, and what is not clear as text.

    `active` and `disabled` are the system's own words.
    """
    state = _make_reader(means, active, disabled).read(value).state
    if state is State.UNCLEAR:
        return write_state(value)
    return {State.ACTIVE: True, State.DISABLED: False}.get(state)


def combine_states(*states: Account) -> Account:
    """Return what several columns say together: any no disables, then what is not clear asks."""
    if False in states:
        return False
    texts = [state for state in states if isinstance(state, str)]
    return texts[0] if texts else True if True in states else None
