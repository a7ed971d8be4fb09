"""Decides what becomes of one record: record + what exists + mode -> plan.

The check and the run both call this, so what the one predicts the other does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from imports.core.facts import (
    claim_attributes,
    drop_repeated_logins,
    find_expiry,
    is_phone_verified,
)
from imports.core.keys import collect_emails, digest_key, get_field, get_key_label, list_keys
from imports.core.merging import OVERLAID_FIELDS, plan_update
from imports.core.plans import Action, ExistingUser, Grant, Mode, Plan, PlanOptions, Snapshot
from imports.core.problems import Problem, has_errors
from imports.core.records import Password, UserImportRecord


def plan_failure(row_number: int, subject_id: str, problems: list[Problem]) -> Plan:
    """Return the plan of a record that cannot be imported."""
    return Plan(row_number, Action.FAIL, subject_id, problems=problems)


def plan_left_out(row_number: int, subject_id: str, problems: list[Problem]) -> Plan:
    """Return the plan of a row that is not imported because its operator said so."""
    return Plan(row_number, Action.SKIP, subject_id, problems=problems)


def plan_record(
    row_number: int, record: UserImportRecord, snapshot: Snapshot, options: PlanOptions
) -> Plan:
    """Return what will be done with the record; depends on nothing but the arguments."""
    repeated = _find_duplicate(row_number, record, snapshot, options)
    if repeated:
        action = Action.FAIL if has_errors([repeated]) else Action.SKIP
        return Plan(row_number, action, record.subject_id, problems=[repeated])
    existing = snapshot.users.get(record.subject_id)
    if existing and options.mode is not Mode.UPDATE:
        return _plan_existing(row_number, existing, options.mode)
    problems = [
        *_find_taken(record, snapshot, options),
        *_find_missing("group", record.memberships.groups, snapshot.groups, options),
        *_find_missing("role", record.memberships.roles, snapshot.roles, options),
    ]
    if existing and existing.is_protected:
        problems = [Problem("protected_account", "subject_id")]
    if problems:
        return plan_failure(row_number, record.subject_id, problems)
    if existing:
        return plan_update(row_number, record, existing, snapshot, options)
    return _plan_create(row_number, record, snapshot, options)


def _find_duplicate(
    row_number: int, record: UserImportRecord, snapshot: Snapshot, options: PlanOptions
) -> Problem | None:
    duplicate = snapshot.duplicates.get(row_number)
    if duplicate is None:
        return None
    kind = next(
        key.kind
        for key in list_keys(record, options.unique_attributes)
        if digest_key(key, options.salt) == duplicate.digest
    )
    if kind == "subject_id" and options.mode is not Mode.FAIL:
        return Problem("repeated_in_file", "subject_id", params={"row": duplicate.row_number})
    return Problem(
        "duplicate_in_file",
        get_field(kind),
        params={"row": duplicate.row_number, "what": get_key_label(kind)},
    )


def _plan_existing(row_number: int, existing: ExistingUser, mode: Mode) -> Plan:
    action, code = (
        (Action.SKIP, "profile_exists")
        if mode is Mode.SKIP
        else (Action.FAIL, "profile_exists_failed")
    )
    problem = Problem(code, "subject_id")
    return Plan(row_number, action, existing.subject_id, existing.id, problems=[problem])


def _find_taken(
    record: UserImportRecord, snapshot: Snapshot, options: PlanOptions
) -> Iterator[Problem]:
    if not snapshot.owners:
        return
    for key in list_keys(record, options.unique_attributes):
        owner = snapshot.owners.get(key)
        if owner is None or owner == record.subject_id:
            continue
        if key.kind == "login":
            provider = key.value.partition("\x00")[0]
            params = {"provider": provider, "owner": owner}
            yield Problem("login_taken", get_field(key.kind), params=params)
        else:
            label = get_key_label(key.kind)
            params = {"what": f"The {label}", "owner": owner}
            yield Problem("value_taken", get_field(key.kind), params=params)


def _find_missing(
    kind: str, wanted: list[str], known: Mapping[str, Grant], options: PlanOptions
) -> Iterator[Problem]:
    for key in dict.fromkeys(wanted):
        grant = known.get(key)
        if grant is None:
            yield Problem(f"{kind}_missing", f"memberships.{kind}s", params={"key": key})
        elif not grant.is_allowed:
            params = {"key": key, "operator": options.operator}
            yield Problem(f"{kind}_not_grantable", f"memberships.{kind}s", params=params)


def _plan_create(
    row_number: int, record: UserImportRecord, snapshot: Snapshot, options: PlanOptions
) -> Plan:
    profile, given = record.profile, record.authenticators
    password = given.password or Password()
    plan = Plan(row_number, Action.CREATE, record.subject_id)
    plan.profile = {name: getattr(profile, name) for name in OVERLAID_FIELDS}
    plan.profile["phone_verified"] = is_phone_verified(record)
    plan.attributes = profile.attributes
    plan.claimed_attributes = claim_attributes(profile.attributes, options.unique_attributes)
    plan.password, plan.plaintext = password.encoded, password.plaintext
    plan.password_expires_at = find_expiry(password)
    plan.new_emails = collect_emails(record)
    plan.primary_email = profile.email
    plan.logins = drop_repeated_logins(given.external_logins)
    plan.totp, plan.recovery_codes, plan.passkeys = given.totp, given.recovery_codes, given.passkeys
    plan.group_ids = _grant_ids(record.memberships.groups, snapshot.groups)
    plan.role_ids = _grant_ids(record.memberships.roles, snapshot.roles)
    return plan


def _grant_ids(keys: list[str], known: Mapping[str, Grant]) -> list[int]:
    return [known[key].id for key in dict.fromkeys(keys)]
