"""Decide whose password a legacy directory may be sent, and for which of its entries.

A directory is sent the passwords of its own people alone: never an administrator's, never one that
was chosen here, and none for the entry of somebody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from accounts.models import User
from imports.core.mapping import RecordMapper
from imports.engine.context import load_context
from imports.engine.other_ids import find_user
from imports.models import LegacyDirectory
from imports.services.directories.migration import read_profile


def is_waiting(user: User) -> bool:
    """Return whether the user was imported without a password and has none of their own yet.

    An administrator's account never waits: no directory can give it a password.
    """
    return (
        user.is_active
        and not user.is_administrator
        and user.password_changed_at is None
        and not user.has_usable_password()
    )


def may_compare(directory: LegacyDirectory, user: User) -> bool:
    """Return whether the directory may be sent the password of somebody who is here already.

    It may that of its own people, as long as theirs was imported from there, and that of people
    who wait.
    """
    if is_waiting(user):
        return True
    is_as_imported = user.password_changed_at is None and user.source == directory.source
    return user.is_active and not user.is_administrator and is_as_imported


def choose_directories(
    directories: Iterable[LegacyDirectory], user: User | None
) -> list[LegacyDirectory]:
    """Return the directories without those of other systems than a user's own.

    All are left for who is not here, and where no directory, whatever its mode, is that of the
    user's source.
    """
    found = list(directories)
    if not found or user is None or not LegacyDirectory.objects.filter(source=user.source).exists():
        return found
    return [each for each in found if each.source == user.source]


class EntryCheck:
    """Looks at the entry that a directory found before a password is tried for it.

    `known` is who has the name here. Where nobody has, `met` is set to the user whom the entry
    turns out to be of, if there is one who does not wait for a password.
    """

    def __init__(self, directory: LegacyDirectory, known: User | None) -> None:
        self._directory, self._known = directory, known
        self._mapper: RecordMapper | None = None
        self.met: User | None = None

    def __call__(self, profile: Mapping[str, Any]) -> str:
        """Return why the password must not be tried for this entry; nothing if it may."""
        subject_id = self._read_subject_id(profile)
        if self._known is not None:
            if subject_id == self._known.subject_id or self._known.other_subject_ids.filter(
                subject_id=subject_id
            ):
                return ""
            return (
                f"The entry has the subject id {subject_id or '(none)'}, who has the name here"
                f" {self._known.subject_id}."
            )
        user = find_user(subject_id, User.objects.all()) if subject_id else None
        if user is None or is_waiting(user):
            return ""
        self.met = user
        return f"{subject_id} has a password of their own here, and another name, or is disabled."

    def _read_subject_id(self, profile: Mapping[str, Any]) -> str:
        if not profile:
            return ""
        if self._mapper is None:
            self._mapper = load_context(self._directory.job).mapper
        row = self._mapper.map_row(read_profile(profile, 1))
        return row.record.subject_id if row.record else row.identifiers.get("subject_id", "")
