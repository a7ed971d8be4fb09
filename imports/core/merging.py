"""Plans the update of an existing user: the profile is overlaid, the rest is added to."""

from __future__ import annotations

from typing import Any

from accounts import hashing
from imports.core.facts import (
    claim_attributes,
    drop_repeated_logins,
    find_expiry,
    is_phone_verified,
)
from imports.core.keys import collect_emails
from imports.core.plans import Action, Change, ExistingUser, Plan, PlanOptions, Snapshot
from imports.core.problems import Problem
from imports.core.records import Password, UserImportRecord

# Fields of the profile that are overlaid one by one; e-mail and phone have rules of their own.
OVERLAID_FIELDS = (
    "username",
    "email",
    "phone",
    "given_name",
    "family_name",
    "display_name",
    "locale",
    "zoneinfo",
    "picture",
    "active",
    "created_at",
    "last_login",
)


def plan_update(
    row_number: int,
    record: UserImportRecord,
    existing: ExistingUser,
    snapshot: Snapshot,
    options: PlanOptions,
) -> Plan:
    """Overlay the profile; merge authenticators and memberships additively."""
    plan = Plan(row_number, Action.UPDATE, record.subject_id, existing.id)
    _overlay_profile(plan, record, existing)
    _overlay_attributes(plan, record, existing, options)
    _merge_emails(plan, record, existing)
    _merge_password(plan, record.authenticators.password, existing)
    _merge_authenticators(plan, record, existing)
    _merge_memberships(plan, record, existing, snapshot)
    if not plan.changes:
        plan.action = Action.SKIP
        plan.problems.append(Problem("unchanged"))
    return plan


def _overlay_profile(plan: Plan, record: UserImportRecord, existing: ExistingUser) -> None:
    for name in OVERLAID_FIELDS:
        new, old = getattr(record.profile, name), existing.profile[name]
        if new is not None and new != old:
            _change_profile(plan, name, old, new)
    phone_changed = "phone" in plan.profile
    verified = is_phone_verified(record)
    was_verified = existing.profile["phone_verified"]
    if (verified or phone_changed) and verified != was_verified:
        _change_profile(plan, "phone_verified", was_verified, verified)


def _change_profile(plan: Plan, name: str, old: Any, new: Any) -> None:
    plan.profile[name] = new
    plan.changes.append(Change(f"profile.{name}", old, new))


def _overlay_attributes(
    plan: Plan, record: UserImportRecord, existing: ExistingUser, options: PlanOptions
) -> None:
    changed = {
        name: value
        for name, value in record.profile.attributes.items()
        if name not in existing.attributes or existing.attributes[name] != value
    }
    if not changed:
        return
    plan.attributes = {**existing.attributes, **changed}
    plan.claimed_attributes = claim_attributes(changed, options.unique_attributes)
    for name, value in changed.items():
        old = existing.attributes.get(name)
        plan.changes.append(Change(f"profile.attributes.{name}", old, value))


def _merge_emails(plan: Plan, record: UserImportRecord, existing: ExistingUser) -> None:
    plan.primary_email = plan.profile.get("email")
    for email, verified in collect_emails(record).items():
        if email not in existing.emails:
            plan.new_emails[email] = verified
            plan.changes.append(Change("profile.emails", None, email))
        elif verified and not existing.emails[email]:
            plan.verified_emails.append(email)
            plan.changes.append(Change("profile.email_verified", False, True))


def _merge_password(plan: Plan, password: Password | None, existing: ExistingUser) -> None:
    if password is None:
        return
    field_name = "authenticators.password"
    if existing.password_is_own:
        plan.problems.append(Problem("password_kept", field_name))
        return
    if not _is_same_password(password, existing.password):
        plan.password, plan.plaintext = password.encoded, password.plaintext
        new = _name_password(password.encoded) if password.encoded else "new password"
        plan.changes.append(Change(field_name, _name_password(existing.password), new))
    expires_at = find_expiry(password)
    if expires_at is not None and expires_at != existing.password_expires_at:
        plan.password_expires_at = expires_at
        plan.changes.append(
            Change(f"{field_name}.expires_at", existing.password_expires_at, expires_at)
        )


def _name_password(stored: str) -> str:
    try:
        return hashing.describe(stored).label
    except hashing.HashError:
        return "no password"


def _is_same_password(password: Password, stored: str) -> bool:
    if password.plaintext is not None:
        return hashing.verify(stored, password.plaintext)
    return password.encoded is None or password.encoded == stored


def _merge_authenticators(plan: Plan, record: UserImportRecord, existing: ExistingUser) -> None:
    given = record.authenticators
    plan.logins = [
        login
        for login in drop_repeated_logins(given.external_logins)
        if (login.provider, login.subject) not in existing.logins
    ]
    for login in plan.logins:
        plan.changes.append(Change("authenticators.external_logins", None, login.provider))
    plan.passkeys = [key for key in given.passkeys if key.credential_id not in existing.passkeys]
    for passkey in plan.passkeys:
        plan.changes.append(Change("authenticators.passkeys", None, passkey.name or "passkey"))
    # One of each kind per user: what works for them now is kept.
    if given.totp and not existing.has_totp:
        plan.totp = given.totp
        plan.changes.append(Change("authenticators.totp", None, "authenticator app"))
    if given.recovery_codes and not existing.has_recovery_codes:
        plan.recovery_codes = given.recovery_codes
        count = f"{len(given.recovery_codes)} codes"
        plan.changes.append(Change("authenticators.recovery_codes", None, count))


def _merge_memberships(
    plan: Plan, record: UserImportRecord, existing: ExistingUser, snapshot: Snapshot
) -> None:
    groups, roles = record.memberships.groups, record.memberships.roles
    for key in dict.fromkeys(groups):
        if snapshot.groups[key].id not in existing.group_ids:
            plan.group_ids.append(snapshot.groups[key].id)
            plan.changes.append(Change("memberships.groups", None, key))
    for key in dict.fromkeys(roles):
        if snapshot.roles[key].id not in existing.role_ids:
            plan.role_ids.append(snapshot.roles[key].id)
            plan.changes.append(Change("memberships.roles", None, key))
