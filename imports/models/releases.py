"""Values that an update took from its own user, which the same run may not give to another."""

from __future__ import annotations

from django.db import models

from imports.models.jobs import ImportJob


class ReleasedValue(models.Model):
    """A unique value that a user had when the attempt began and has no longer.

    Whether another record may have it must not depend on which chunk was first: for the rest of
    the attempt it stays taken. `digest` is that of the planner's key.
    """

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="released", db_index=False)
    attempt = models.PositiveIntegerField()
    digest = models.UUIDField()
    owner = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["job", "attempt", "digest"], name="released_value_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.digest} of {self.owner}"
