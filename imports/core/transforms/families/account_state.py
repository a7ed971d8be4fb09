"""Read what a column says of an account: a word for its state, a flag, or a date."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field, PrivateAttr

from imports.core.account_states import NOTHING, Means, Reading, State, StateReader
from imports.core.transforms.contract import Step

MEANINGS: dict[Means, str] = {
    "status": "a word for its state, such as suspended",
    "enabled": "a flag that says it is active",
    "disabled": "a flag, or a date, that says it is disabled",
    "disabled_since": "since when it is disabled",
    "disabled_note": "filled where it is disabled",
    "enabled_since": "since when it is active",
    "disabled_until": "until when it is disabled",
    "enabled_until": "until when it is active",
    "enabled_from": "from when on it is active",
    "expires": "until when it, or something else, holds",
}


class AccountState(Step):
    """Reads a state, flag or date as true for active and false for disabled accounts.

    What says neither becomes blank: `read` tells whether it was nothing, or nothing clear, about
    which the dry run then asks.
    """

    label: ClassVar[str] = "Account state"
    takes_blanks: ClassVar[bool] = True
    kind: Literal["account_state"] = "account_state"
    means: Means = Field(
        default="status",
        title="The column is",
        description="status: words; enabled, disabled: flags; disabled_note: a reason; the others,"
        " disabled_since, enabled_since, disabled_until, enabled_until, enabled_from and expires:"
        " dates.",
    )
    active_words: tuple[str, ...] = Field(
        default=(), title="Words for active", description="Besides those that are known."
    )
    disabled_words: tuple[str, ...] = Field(
        default=(), title="Words for disabled", description="Besides those that are known."
    )
    asks: bool = Field(
        default=False,
        title="Ask before a value disables anybody",
        description="The dry run then asks for a decision.",
    )
    blanks: Literal["ignore", "ask"] = Field(
        default="ignore", title="Blanks", description="Ignore them, or ask what they mean."
    )

    _reader: StateReader = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        self._reader = StateReader(
            self.means, active=self.active_words, disabled=self.disabled_words, asks=self.asks
        )

    @property
    def has_learnt(self) -> bool:
        """Return whether an earlier value shows how the next date is to be read."""
        return self._reader.has_learnt

    def read(self, value: Any) -> Reading:
        """Return what a value says, with the label under which it is asked about."""
        reading = self._reader.read(value)
        if reading.is_blank and self.blanks == "ask":
            return Reading(State.UNCLEAR, NOTHING)
        return reading

    def apply(self, value: Any) -> Any:
        return MEANING.get(self.read(value).state)

    def describe(self) -> str:
        return f"Read as {MEANINGS[self.means]}"


MEANING = {State.ACTIVE: True, State.DISABLED: False}


TRANSFORMS = (AccountState,)
