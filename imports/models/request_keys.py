"""The keys with which programs mark requests that they may have to repeat."""

from __future__ import annotations

from django.db import models

from imports.models.chunks import ImportChunk
from imports.models.connections import Connection
from imports.models.jobs import ImportJob

KEY_LENGTH = 200


class RequestKey(models.Model):
    """The batch, or the job, that a request of a connection with a key made.

    `digest` is that of everything in the request.
    """

    key = models.CharField(max_length=KEY_LENGTH)
    digest = models.CharField(max_length=64)
    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="+")
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="+", db_index=False)
    batch = models.ForeignKey(ImportChunk, models.CASCADE, related_name="+", null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        # Nobody manages them.
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "key"], name="request_key_of_connection_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"a key of {self.job}"


class StoredAnswer(models.Model):
    """What an API client was answered to a request with a key: the same again if it is repeated.

    `digest` is that of everything in the request; `body` is encrypted.
    """

    client_id = models.CharField(max_length=100)
    key = models.CharField(max_length=KEY_LENGTH)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    etag = models.TextField(blank=True)
    body = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["client_id", "key"], name="stored_answer_unique")
        ]

    def __str__(self) -> str:
        return f"an answer to {self.client_id}"
