"""The transform of a secret into the notation that authenticator apps take."""

from __future__ import annotations

import base64
from typing import Any, ClassVar, Literal

from pydantic import Field

from imports.core.transforms.contract import Step


class Base32(Step):
    """Writes a secret in base32, as authenticator apps take it, that is given as itself or in hex.

    Keycloak exports the bytes of the secret as text.
    """

    label: ClassVar[str] = "Secret to base32"
    kind: Literal["base32"] = "base32"
    notation: Literal["text", "hex"] = Field(
        default="text",
        title="Written as",
        description="text: the secret itself; hex: its bytes in hexadecimal digits.",
    )

    def apply(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            text = value.strip()
            raw = bytes.fromhex(text) if self.notation == "hex" else text.encode()
        except ValueError:
            return value
        return base64.b32encode(raw).decode()

    def describe(self) -> str:
        return f"From {self.notation} to base32"


TRANSFORMS = (Base32,)
