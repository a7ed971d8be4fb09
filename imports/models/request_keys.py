"""The keys with which clients of the API mark requests that they may have to repeat."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from imports.models.chunks import ImportChunk
from imports.models.connections import Connection
from imports.models.jobs import ImportJob

KEY_LENGTH = 200


class RequestKey(models.Model):
    """The job, or the batch of one, that a request with a key made.

    `digest` is that of everything in the request. The keys of a connection are its own.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    key = models.CharField(max_length=KEY_LENGTH)
    digest = models.CharField(max_length=64)
    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="+")
    connection = models.ForeignKey(
        Connection, models.CASCADE, related_name="+", null=True, db_index=False
    )
    batch = models.ForeignKey(ImportChunk, models.CASCADE, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        # Nobody manages them.
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"],
                condition=models.Q(connection=None),
                name="request_key_unique",
            ),
            models.UniqueConstraint(
                fields=["connection", "key"], name="request_key_of_connection_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"a key of {self.job}"
