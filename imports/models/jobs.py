"""The import job: one file on its way to becoming users, and what was done to it when."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from imports.core.dry_run.shapes import DryRunReport
from imports.core.inspection.inspection import Inspection
from imports.core.planning.conflicts import Mode
from imports.core.planning.matching import SUBJECT_ID
from imports.core.providers import label_source
from imports.models.connections import SOURCE_LENGTH
from imports.states import JobPhase, JobState

FAILURE_SAMPLE = 200


def make_salt() -> bytes:
    """Return the key of a job's digests: those of two jobs cannot be compared."""
    return secrets.token_bytes(16)


def get_chunk_rows() -> int:
    return int(settings.IMPORT_CHUNK_ROWS)


class ImportJob(models.Model):
    """One file on its way to becoming users. Its state changes only through `imports.services`."""

    name = models.CharField(max_length=200)
    state = models.CharField(max_length=20, choices=JobState.choices, default=JobState.DRAFT)
    phase = models.CharField(max_length=20, choices=JobPhase.choices, blank=True, default="")
    # Counts up with every retry; chunks and records say which attempt they belong to.
    attempt = models.PositiveIntegerField(default=1)

    file = models.FileField(upload_to="imports/%Y/%m/", max_length=300, blank=True)
    # The key that the file is encrypted with, itself encrypted; destroyed when the file goes.
    file_key = models.BinaryField(null=True, editable=False)
    file_name = models.CharField(max_length=300)
    file_size = models.BigIntegerField()
    file_sha256 = models.CharField(max_length=64)
    reader_options = models.JSONField(default=dict)
    inspection = models.JSONField(default=dict)

    provider = models.CharField(max_length=50)
    mapping = models.JSONField(default=dict)
    # Answers to the provider's questions that are secrets, encrypted: they are not in the mapping.
    secret_answers = models.TextField(blank=True, editable=False)
    # The mapping template that the mapping was taken from; it may have been changed since.
    template_version = models.ForeignKey(
        "imports.TemplateVersion", models.SET_NULL, related_name="jobs", null=True
    )
    mode = models.CharField(
        max_length=10, choices=[(mode.value, mode.value) for mode in Mode], default=Mode.SKIP.value
    )
    # By which value the users that exist are found.
    matching_key = models.CharField(max_length=110, default=SUBJECT_ID)
    # What was chosen beyond the mode: resolutions by reason, policies by field or group of fields.
    conflicts = models.JSONField(default=dict)
    field_policies = models.JSONField(default=dict)
    chunk_rows = models.PositiveIntegerField(default=get_chunk_rows)
    salt = models.BinaryField(default=make_salt)

    # What staging and indexing were done with: when it differs, they are done again.
    staged_options = models.JSONField(default=dict)
    indexed_options = models.JSONField(default=dict)
    # What the file holds besides its rows, as Surroundings; nothing before it is staged.
    surroundings = models.JSONField(default=dict)
    total_rows = models.BigIntegerField(null=True)
    # The run stops after this row when it is set: the pilot.
    pilot_end = models.BigIntegerField(null=True)
    dry_run_report = models.JSONField(default=dict)
    # Which records the present attempt tries again, as a RecordFilter.
    retry_filter = models.JSONField(default=dict)
    # What retries do otherwise than the mapping, which is frozen once the run begins.
    corrections: models.JSONField[Any, Any] = models.JSONField(default=list)
    # The approved plan that the run carries out, where imports have to be approved.
    import_plan = models.ForeignKey(
        "imports.ImportPlan", models.SET_NULL, related_name="+", null=True
    )
    error = models.TextField(blank=True)

    # Records a second that all workers together may write; when the last chunk began, and its rows.
    rate_limit = models.PositiveIntegerField(null=True)
    rate_window_at = models.DateTimeField(null=True)
    rate_window_rows = models.PositiveIntegerField(default=0)
    # The job pauses when more than so many per cent fail, of at least so many records.
    failure_threshold = models.PositiveSmallIntegerField(null=True)
    failure_sample = models.PositiveIntegerField(default=FAILURE_SAMPLE)
    # What had been written and had failed when the job was last let go on, and why it paused
    # automatically.
    failure_base = models.JSONField(default=dict)
    automatic_pause = models.JSONField(default=dict)

    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Who started the dry run or run last.
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True
    )
    # Everybody who shaped what is written: what it grants is bounded by the permissions of each.
    # Ids, not a relation: somebody who was deleted since has shaped it all the same.
    preparers: ArrayField[Any, Any] = ArrayField(
        models.BigIntegerField(), default=list, editable=False
    )
    # Of what a connection sends: whose it is, the day (UTC), and what it has received so far.
    connection = models.ForeignKey(
        "imports.Connection", models.SET_NULL, related_name="jobs", null=True
    )
    day = models.DateField(null=True)
    # Which policies of the connection's requests it is for, where those differ.
    variant = models.CharField(max_length=20, blank=True, default="", editable=False)
    received_batches = models.PositiveIntegerField(default=0)
    received_rows = models.BigIntegerField(default=0)
    # Who is told by e-mail when it ends: everybody who uploaded it, or started its dry run, run or
    # retry.
    followers: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", blank=True
    )
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    # When the phase began, or went on after a pause: its rate is measured from then.
    phase_started_at = models.DateTimeField(null=True)
    # When the phase's messages were last put into the queue.
    enqueued_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # When its file and all values of people were deleted.
    purged_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-id"]
        # “Was this file imported before?”
        indexes = [models.Index(fields=["file_sha256"], name="job_file")]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "variant"],
                condition=models.Q(state=JobState.RECEIVING),
                name="job_receiving_once",
            )
        ]
        permissions = [
            ("run_importjob", "Can run, pause, cancel and retry import jobs"),
            ("undo_importjob", "Can undo import jobs"),
            ("approve_importjob", "Can approve import jobs that others prepared"),
            ("view_importrecord_values", "Can see the values of imported records"),
            ("view_importrecord_secrets", "Can download the secrets of failed records"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.name}"

    @property
    def has_begun(self) -> bool:
        """Return whether its run has begun, which locks its mapping and policies for good."""
        return self.started_at is not None

    @property
    def dry_run(self) -> DryRunReport | None:
        """Return the report of the latest dry run; None without one."""
        report: DryRunReport | None = self.dry_run_report or None
        return report

    @property
    def inspected(self) -> Inspection | None:
        """Return what the head of the file showed; None of a job without a file."""
        return Inspection.from_json(self.inspection) if self.inspection else None

    @property
    def source(self) -> str:
        """Return the name that the system the users come from goes by."""
        name: str = self.mapping.get("source_name") or self.provider
        return name[:SOURCE_LENGTH]

    @property
    def source_label(self) -> str:
        return label_source(self.source)


class JobEvent(models.Model):
    """One line of a job's activity log: who did what, when."""

    job = models.ForeignKey(ImportJob, models.CASCADE, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True
    )
    action = models.CharField(max_length=50)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.action} {self.job}"
