"""Records that are one person's: rows planned together, and the ids that they had."""

from __future__ import annotations

from django.db import models

from accounts.models import User
from imports.models.jobs import SOURCE_LENGTH, ImportJob


class JoinedRow(models.Model):
    """A copy of a row, for the chunk that has the row with which it is joined.

    So both are planned at once, whichever chunk is first. `payload` is the raw row, compressed and
    encrypted like those of chunks; the copies go when the attempt ends.
    """

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="joined_rows", db_index=False)
    attempt = models.PositiveIntegerField()
    row_number = models.BigIntegerField()
    first_row = models.BigIntegerField()
    payload = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["job", "attempt", "row_number"], name="joined_row_unique"
            )
        ]
        indexes = [models.Index(fields=["job", "attempt", "first_row"], name="joined_first_row")]

    def __str__(self) -> str:
        return f"row {self.row_number} of {self.job}"


class OtherSubjectId(models.Model):
    """A further subject id of a user: an import of it finds that user.

    That of a record that was joined with another, or by which a user was matched by something else.
    """

    subject_id = models.CharField(max_length=200, unique=True, db_collation="C")
    user = models.ForeignKey(User, models.CASCADE, related_name="other_subject_ids")
    # The source system whose id it is, by the name its imports go by; empty of the first ones.
    source = models.CharField(max_length=SOURCE_LENGTH, blank=True, default="", db_default="")

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["source"], name="other_id_source", condition=~models.Q(source=""))
        ]

    def __str__(self) -> str:
        return self.subject_id
