"""The base of everything that programs send."""

from __future__ import annotations

from ninja import Schema
from pydantic import ConfigDict


class Given(Schema):
    """What is sent; a member that there is not is a mistake, and none is passed over."""

    model_config = ConfigDict(extra="forbid")
