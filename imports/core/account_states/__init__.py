"""Who may sign in, as source systems say it: states, flags and dates, recognised and read."""

from imports.core.account_states.names import Means, find_named_state
from imports.core.account_states.reading import (
    DATES,
    NOTHING,
    Reading,
    State,
    StateReader,
    read_word,
    write_state,
)
from imports.core.account_states.recognising import (
    Blanks,
    StateColumn,
    may_hold_states,
    recognise_state,
)
from imports.core.account_states.standing import Doubt, Standing, add_up
from imports.core.account_states.watching import StateWatch

__all__ = [
    "DATES",
    "NOTHING",
    "Blanks",
    "Doubt",
    "Means",
    "Reading",
    "Standing",
    "State",
    "StateColumn",
    "StateReader",
    "StateWatch",
    "add_up",
    "find_named_state",
    "may_hold_states",
    "read_word",
    "recognise_state",
    "write_state",
]
