"""What a mapping rule can do to a value on its way from source column to target field."""

from __future__ import annotations

import base64
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from accounts.attributes import FALSE_WORDS, TRUE_WORDS


class Step(BaseModel):
    """One transform; `apply` is never given a blank value unless `takes_blanks`.

    A value that a transform cannot use is passed on as it is: validation then says what is wrong
    with it, in terms of the target field.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    @property
    def takes_blanks(self) -> bool:
        return False


class Trim(Step):
    """Removes white space at both ends."""

    kind: Literal["trim"] = "trim"

    def apply(self, value: Any) -> Any:
        return value.strip() if isinstance(value, str) else value


class Lower(Step):
    """Writes text in lower case."""

    kind: Literal["lower"] = "lower"

    def apply(self, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value


class Split(Step):
    """Makes a list of the parts of a text."""

    kind: Literal["split"] = "split"
    delimiter: Annotated[str, Field(min_length=1)] = ","

    def apply(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return [part for item in value.split(self.delimiter) if (part := item.strip())]


class Boolean(Step):
    """Reads words as true or false, in any case; `inverted` for columns such as “disabled”."""

    kind: Literal["boolean"] = "boolean"
    true_words: tuple[str, ...] = ()
    false_words: tuple[str, ...] = ()
    inverted: bool = False

    _meanings: dict[str, bool] = PrivateAttr(default_factory=dict)

    def model_post_init(self, context: Any, /) -> None:
        usual = dict.fromkeys(TRUE_WORDS, True) | dict.fromkeys(FALSE_WORDS, False)
        given = dict.fromkeys(map(str.lower, self.true_words), True)
        given |= dict.fromkeys(map(str.lower, self.false_words), False)
        self._meanings.update(usual | given)

    def apply(self, value: Any) -> Any:
        meaning = self._meanings.get(str(value).strip().lower())
        return value if meaning is None else meaning is not self.inverted


class Default(Step):
    """Gives a blank the value set here."""

    kind: Literal["default"] = "default"
    value: Any

    @property
    def takes_blanks(self) -> bool:
        return True

    def apply(self, value: Any) -> Any:
        return self.value if value is None or value == "" else value


class Base32(Step):
    """Writes a secret in base32, as authenticator apps take it, that is given as itself or in hex.

    Keycloak exports the bytes of the secret as text.
    """

    kind: Literal["base32"] = "base32"
    notation: Literal["text", "hex"] = "text"

    def apply(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            text = value.strip()
            raw = bytes.fromhex(text) if self.notation == "hex" else text.encode()
        except ValueError:
            return value
        return base64.b32encode(raw).decode()


Transform = Annotated[
    Trim | Lower | Split | Boolean | Default | Base32, Field(discriminator="kind")
]
