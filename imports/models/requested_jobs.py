"""The jobs of connections whose programs ask for a job, and come back for its result."""

from __future__ import annotations

from django.db import models

from imports.models.chunks import ImportChunk
from imports.models.connections import Connection

NAME_LENGTH = 40


class RequestedJobKind(models.TextChoices):
    """What a program asked for."""

    IMPORT = "import", "Import"
    EXPORT = "export", "Export"


class RequestedJob(models.Model):
    """A job as the program knows it that asked for it: by a name, with what it had asked for.

    An import is the batches that were written for it. An export is written whenever it is fetched.
    """

    name = models.CharField(max_length=NAME_LENGTH, unique=True)
    connection = models.ForeignKey(Connection, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=RequestedJobKind.choices)
    # As the interface reads them again: no values of users, and no secrets.
    options = models.JSONField(default=dict)
    batches = models.ManyToManyField(ImportChunk, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        # Nobody manages them.
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
