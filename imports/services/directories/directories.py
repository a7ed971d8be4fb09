"""Set up legacy directories: what they are, what they are asked for, and their continuous jobs."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts import encryption
from accounts.authority import Act, find_refusal
from accounts.models import User
from accounts.permission_areas import describe_permission
from accounts.selectors.attributes import read_rules
from accounts.selectors.authority import read_authority
from imports.core.errors import ImporterError
from imports.core.inspection.inspection import Inspection
from imports.core.mapping import Mapping, check_mapping
from imports.core.planning.conflicts import Mode
from imports.core.readers import ReaderOptions
from imports.directory_client.asking import Target
from imports.directory_client.contract import Connection, DirectoryError
from imports.directory_client.outbound import check_url
from imports.directory_client.registry import KINDS
from imports.engine.counting import count_plans
from imports.models import DirectoryMode, ImportChunk, ImportJob, LegacyDirectory
from imports.services.directories.shown import lock_directory_as_shown
from imports.services.jobs.transitions import note_event, take_action
from imports.states import ChunkState, JobAction, JobState

PURPOSE = b"legacy directory"
# The totals of a continuous job are kept in as many rows, so that sign-ins seldom wait for another.
TALLIES = 8
# In which users are written.
WRITING_MODES = frozenset({DirectoryMode.ON, DirectoryMode.DRAINING})
OPEN_MODES = frozenset({DirectoryMode.SHADOW, DirectoryMode.ON, DirectoryMode.DRAINING})


def encrypt_directory_secret(secret: str) -> str:
    return encryption.encrypt_text(secret, purpose=PURPOSE) if secret else ""


def get_target(directory: LegacyDirectory) -> Target:
    """Return the directory as it is asked, its secret in clear. Raises DecryptionError."""
    secret = directory.secret
    return Target(
        id=directory.pk,
        per_minute=directory.per_minute,
        connection=Connection(
            kind=directory.kind,
            url=directory.url,
            client_id=directory.client_id,
            secret=encryption.decrypt_text(secret, purpose=PURPOSE) if secret else "",
            token_url=directory.token_url,
            scope=directory.scope,
            bind_dn=directory.bind_dn,
            base_dn=directory.base_dn,
            user_filter=directory.user_filter,
            start_tls=directory.start_tls,
            timeout=directory.timeout,
        ),
    )


def find_faults(directory: LegacyDirectory, *, has_secret: bool) -> dict[str, str]:
    """Return by field what keeps the directory from being asked as it is set up."""
    kind = KINDS[directory.kind]
    faults = {}
    for name in kind.required:
        if not (has_secret if name == "secret" else getattr(directory, name)):
            faults[name] = "This kind of directory requires a value."
    try:
        check_url(directory.url, schemes=kind.schemes, start_tls=directory.start_tls)
    except DirectoryError as error:
        faults["url"] = str(error)
    if directory.token_url:
        try:
            check_url(directory.token_url, schemes=("https", "http"))
        except DirectoryError as error:
            faults["token_url"] = str(error)
        if not directory.client_id:
            faults["client_id"] = "The token URL requires a client id."
    if directory.user_filter and "{identifier}" not in directory.user_filter:
        faults["user_filter"] = "The filter must contain {identifier} in place of the sign-in name."
    return faults


def find_missing_right(mode: DirectoryMode, actor: User) -> str:
    """Return what keeps somebody from having a directory bring people in; empty if nothing does.

    What a directory does at each sign-in is what those who set it up or switch it on may do.
    """
    if mode not in WRITING_MODES:
        return ""
    lacking = [
        permission
        for act in (Act.CREATE, Act.CHANGE)
        if (refusal := find_refusal(read_authority(actor), act))
        for permission in refusal.missing
    ]
    if not lacking:
        return ""
    named = " and ".join(f"“{describe_permission(each)}” ({each})" for each in lacking)
    return (
        "This directory adds users and completes those who wait for a password: you need the"
        f" permission {named}."
    )


def check_profile_mapping(mapping: Mapping) -> None:
    """Raise MappingError with everything that is wrong with a mapping of profiles."""
    # A profile may lack any field, so no column is required but the id of a canonical record.
    check_mapping(mapping, ["subject_id"], read_rules(), columns_are_complete=False)


@transaction.atomic
def save_directory(
    directory: LegacyDirectory,
    mapping: Mapping,
    *,
    actor: User,
    takes_over: bool = False,
    shown: str | None = None,
) -> None:
    """Store a directory, new or changed, with the mapping of its profiles.

    The permissions of the actor, too, bound what it grants from now on; with `takes_over` theirs
    alone, for who has reviewed all of its settings. Raises MappingError, and ChangedMeanwhile when
    the directory is not as it was `shown`.
    """
    if directory.pk is not None:
        lock_directory_as_shown(directory, shown, "directory", actor=actor)
    check_profile_mapping(mapping)
    mapping = mapping.model_copy(update={"source_name": directory.source})
    stored = mapping.model_dump(mode="json")
    if directory.job_id is None:
        directory.job = _create_continuous_job(directory, mapping, actor)
    else:
        job = directory.job
        action = "map" if job.mapping != stored else "change settings"
        job.name, job.mapping, job.provider = directory.name, stored, mapping.provider
        job.operator = actor
        job.save(update_fields=["name", "mapping", "provider", "operator", "updated_at"])
        if takes_over:
            ImportJob.objects.filter(pk=job.pk).update(preparers=[])
            job.preparers = []
            note_event(job, "take over", actor=actor)
        detail = {"provider": mapping.provider, "mode": job.mode}
        note_event(job, action, actor=actor, detail=detail)
    directory.save()


def _create_continuous_job(directory: LegacyDirectory, mapping: Mapping, actor: User) -> ImportJob:
    """Return a new job without a file, to which everybody who signs in is a row."""
    job = ImportJob.objects.create(
        name=directory.name,
        state=JobState.CONTINUOUS,
        file_size=0,
        provider=mapping.provider,
        mapping=mapping.model_dump(mode="json"),
        inspection=Inspection(ReaderOptions("json"), mapping.provider, (), ()).to_json(),
        mode=Mode.UPDATE,
        created_by=actor,
        operator=actor,
        started_at=timezone.now(),
    )
    ImportChunk.objects.bulk_create(
        ImportChunk(
            job=job,
            number=number,
            first_row=0,
            last_row=0,
            rows=0,
            state=ChunkState.DONE,
            counts=count_plans([]),
        )
        for number in range(1, TALLIES + 1)
    )
    note_event(job, "open", actor=actor)
    return job


@transaction.atomic
def change_mode(
    directory: LegacyDirectory, mode: DirectoryMode, *, actor: User, shown: str | None = None
) -> None:
    """Change what the directory is asked for.

    Closing erases its secret and completes the continuous job. Raises ImporterError when the
    directory cannot be asked as it is set up or the actor may not have it write users, and
    ChangedMeanwhile when it is not as it was `shown`.
    """
    lock_directory_as_shown(directory, shown, "directory", actor=actor)
    directory.refresh_from_db()
    before = DirectoryMode(directory.mode)
    if mode == before:
        return
    if missing := find_missing_right(mode, actor):
        raise ImporterError(missing)
    if mode in OPEN_MODES:
        faults = find_faults(directory, has_secret=bool(directory.secret))
        if faults:
            raise ImporterError(" ".join(f"{name}: {text}" for name, text in faults.items()))
    if mode == DirectoryMode.CLOSED:
        directory.secret = ""
        take_action(directory.job, JobAction.CLOSE, actor=actor)
    elif before == DirectoryMode.CLOSED:
        take_action(directory.job, JobAction.OPEN_AGAIN, actor=actor, finished_at=None)
    directory.mode = mode
    directory.save(update_fields=["mode", "secret", "updated_at"])
    note_event(
        directory.job, "change mode", actor=actor, detail={"before": before.value, "after": mode}
    )
