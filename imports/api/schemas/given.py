"""The base of everything that programs send."""

from __future__ import annotations

from ninja import Schema
from pydantic import ConfigDict


class Given(Schema):
    """What is sent; an unknown member is a mistake, and none is passed over."""

    model_config = ConfigDict(extra="forbid")
