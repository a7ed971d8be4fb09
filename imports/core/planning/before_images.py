"""What an update changed, kept so that it can be taken back: the values before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NotRequired, TypedDict

from imports.core.planning.plans import ExistingUser, Plan

# Columns of an image that are no fields of the profile.
PASSWORD, EXPIRES, ATTRIBUTES = "password", "password_expires_at", "attributes"


class BeforeImage(TypedDict):
    """What carrying out a plan changes of a user, in a form that JSON can hold.

    `values` has (before, after) for each field of the profile, the password, its expiry, and the
    attributes as a whole. `added` lists by kind what the user did not have, or is a flag where one
    can only have one; `claims` are the unique attributes that were claimed; `removed` has type,
    data, creation and last use of each authenticator that was replaced; `lost` lists by kind what
    was taken away, addresses with whether they were verified. It holds hashes: it is stored
    encrypted only. Out of the store, `updated_at` is text.
    """

    updated_at: datetime | str | None
    values: Mapping[str, Sequence[Any]]
    added: Mapping[str, Sequence[Any] | bool]
    claims: list[str]
    removed: list[list[Any]]
    lost: NotRequired[Mapping[str, Sequence[Any]]]


def take_before_image(plan: Plan, existing: ExistingUser) -> BeforeImage:
    """Return what carrying out the plan changes; to be called once plain passwords are sealed."""
    values: dict[str, tuple[Any, Any]] = {
        name: (existing.profile[name], new)
        for name, new in {**plan.profile, **plan.cleared}.items()
    }
    if plan.password is not None:
        values[PASSWORD] = (existing.password, plan.password)
    if plan.password_expires_at is not None:
        values[EXPIRES] = (existing.password_expires_at, plan.password_expires_at)
    if plan.attributes is not None:
        values[ATTRIBUTES] = (existing.attributes, plan.attributes)
    added: dict[str, Sequence[Any] | bool] = {
        "emails": list(plan.new_emails),
        "verified": plan.verified_emails,
        "logins": [(login.provider, login.subject) for login in plan.logins],
        "totp": plan.totp is not None,
        "recovery_codes": bool(plan.recovery_codes),
        "passkeys": [passkey.credential_id for passkey in plan.passkeys],
        "groups": plan.group_ids,
        "roles": plan.role_ids,
        "other_ids": plan.other_ids,
    }
    lost: dict[str, Sequence[Any]] = {
        "emails": [(email, existing.emails[email]) for email in plan.lost_emails],
        "groups": plan.lost_group_ids,
        "roles": plan.lost_role_ids,
    }
    return {
        "updated_at": existing.updated_at,
        "values": values,
        "added": {name: each for name, each in added.items() if each},
        "claims": [*plan.claimed_attributes, *plan.released_attributes],
        "removed": plan.removed_authenticators,
        "lost": {name: each for name, each in lost.items() if each},
    }
