"""How the users of each source are getting on, day by day."""

from __future__ import annotations

from django.db import models

from imports.core.providers import label_source
from imports.models.jobs import SOURCE_LENGTH


class SourceDay(models.Model):
    """The users of one source as they were when last counted on a day.

    `returned` have signed in here; a legacy directory vouched for `migrated`. By their password
    every user is in one of three: `current` (as it would be hashed today), `foreign` (as the source
    hashed it), `without_password`; of the last, `locked_out` have no e-mail address, external login
    or passkey either. `formats` counts the foreign ones by the prefix of their format.
    """

    source = models.CharField(max_length=SOURCE_LENGTH)
    day = models.DateField()
    users = models.BigIntegerField()
    returned = models.BigIntegerField()
    migrated = models.BigIntegerField(default=0)
    current = models.BigIntegerField()
    foreign = models.BigIntegerField()
    without_password = models.BigIntegerField()
    locked_out = models.BigIntegerField()
    formats = models.JSONField(default=dict)
    counted_at = models.DateTimeField()

    class Meta:
        verbose_name = "source"
        ordering = ["source", "day"]
        constraints = [models.UniqueConstraint(fields=["source", "day"], name="source_day_unique")]

    def __str__(self) -> str:
        return f"{self.source} on {self.day}"

    @property
    def label(self) -> str:
        return label_source(self.source)

    @property
    def never_returned(self) -> int:
        return self.users - self.returned
