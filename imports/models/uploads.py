"""Files on their way in, part by part."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class PartialUpload(models.Model):
    """A file of which `received` bytes have arrived, in `parts`: pairs of stored name and size.

    `key`, with which the parts are encrypted, is itself encrypted by the installation's.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=300)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    received = models.BigIntegerField(default=0)
    key = models.BinaryField()
    parts = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        # Nobody manages them.
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.name}, {self.received:,} of {self.size:,} bytes"
