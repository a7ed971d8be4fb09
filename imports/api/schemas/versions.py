"""What is answered with an entity tag that stands for all of it."""

from __future__ import annotations

import hashlib

from ninja import Schema


class Versioned(Schema):
    """Something that can be changed: its tag, sent as If-Match, has a change refused if it has."""

    @property
    def etag(self) -> str:
        """Return the entity tag of the answer."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:32]
