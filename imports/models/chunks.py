"""The chunk: the rows of a file that are planned and written together, in one transaction."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from imports.models.jobs import ImportJob
from imports.states import ChunkState


class ImportChunk(models.Model):
    """Consecutive rows of one attempt of a job.

    A worker holds the row's lock while it works on the chunk: whoever finds it waiting and
    unlocked knows that nobody does. A worker that dies leaves it so.

    `payload` holds the raw rows, compressed and encrypted; it is dropped when the rows have their
    statuses. `keys` are the digests of the rows' unique values, one after the other, and `key_rows`
    the row number of each as eight bytes in the order of the workers' machines; both are dropped
    when duplicates are known. `duplicates` tells for a row number which earlier row holds one of
    its keys, the digest of that key, and how unlike the two are that have one subject id.
    """

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="chunks", db_index=False)
    attempt = models.PositiveIntegerField(default=1)
    number = models.PositiveIntegerField()
    first_row = models.BigIntegerField()
    last_row = models.BigIntegerField()
    rows = models.PositiveIntegerField()
    payload = models.BinaryField(null=True)

    keys = models.BinaryField(db_default=b"")
    key_rows = models.BinaryField(db_default=b"")
    duplicates = models.JSONField(default=dict, db_default={})

    # The users whom its rows mean, or whose values they have, by any key; and the rows of which
    # nothing tells whose they are. NULL while nobody has looked.
    met: ArrayField[Any, Any] = ArrayField(models.BigIntegerField(), null=True)
    unknown: ArrayField[Any, Any] = ArrayField(models.BigIntegerField(), null=True)

    # What the dry run planned for each row, for approvals: `imports.engine.plan_digests`.
    planned = models.BinaryField(null=True)

    state = models.CharField(max_length=10, choices=ChunkState.choices, default=ChunkState.WAITING)
    # How often, and when last, a worker began with the chunk in this phase.
    claims = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    # Its only row makes workers crash: it fails without being looked at.
    is_poison = models.BooleanField(default=False, db_default=False)
    # What the present phase counted, by status or problem; summed up over chunks for the job. What
    # a retry wrote has also, as `replaced`, how many had which status before.
    counts = models.JSONField(default=dict)
    # What a run without a dry run found of what is not carried, as `Findings`.
    losses = models.JSONField(default=dict, db_default={})
    # How many more records have a status for a reason since the run of this chunk: by status
    # and code, negative for what a retry undid.
    reasons = models.JSONField(default=dict, db_default={})
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["job", "attempt", "number"], name="chunk_job_attempt_number_unique"
            )
        ]
        indexes = [
            models.Index(
                fields=["job", "attempt"],
                name="chunk_waiting",
                condition=models.Q(state=ChunkState.WAITING),
            ),
        ]

    def __str__(self) -> str:
        return f"rows {self.first_row} to {self.last_row} of {self.job}"
