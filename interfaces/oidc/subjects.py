"""The subject id by which an application knows a user: given once, then never another."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django.db import IntegrityError, transaction

from accounts.models import User
from imports.models import OtherSubjectId
from interfaces.oidc.models import Application, ApplicationUser

# Ids that the claim cannot hold (OpenID Connect Core, section 2: ASCII) are digested with this.
NAMESPACE = uuid.UUID("6b1b6c5e-7f0e-5d0f-9b57-6a1f6f2c7a11")


def find_account(application: Application, user: User) -> ApplicationUser:
    """Return a user as an application knows them; the first time, the user gets a subject id.

    It stays what it is when an import changes the ids of the user, and is nobody else's.
    """
    known = ApplicationUser.objects.filter(application=application, user=user).first()
    if known is not None:
        return known
    for subject in _propose(application.subject_source, user):
        try:
            with transaction.atomic():
                account, _ = ApplicationUser.objects.get_or_create(
                    application=application, user=user, defaults={"subject": subject}
                )
        except IntegrityError:
            continue  # another user has had it
        return account
    raise AssertionError("A random id cannot be another user's.")


def _propose(source: str, user: User) -> Iterator[str]:
    if source and user.source != source:
        others = OtherSubjectId.objects.filter(user=user, source=source).order_by("pk")
        yield from map(_write, others.values_list("subject_id", flat=True)[:1])
    yield _write(user.subject_id)
    yield str(uuid.uuid4())


def _write(subject_id: str) -> str:
    if subject_id.isascii() and subject_id.isprintable():
        return subject_id
    return str(uuid.uuid5(NAMESPACE, subject_id))
