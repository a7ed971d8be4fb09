"""Decides what becomes of one record: record + what exists + mode -> plan. The check and the run
both call this, so what the one predicts the other does."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from accounts import hashing
from accounts.identifiers import fold_username
from imports.core.problems import Problem, has_errors
from imports.core.records import TOTP, ExternalLogin, Passkey, Password, UserImportRecord

# A password that expired in 1970 has to be changed at the next sign-in, whenever that is.
EXPIRED = datetime(1970, 1, 1, tzinfo=UTC)
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


class Mode(StrEnum):
    """What happens to records whose user exists already."""

    SKIP = "skip"
    UPDATE = "update"
    FAIL = "fail"


class Action(StrEnum):
    """What a plan does; each becomes an outcome when it was carried out."""

    CREATE = "create"
    UPDATE = "update"
    SKIP = "skip"
    FAIL = "fail"


class Key(NamedTuple):
    """A value that at most one user may have, written so that equal values compare equal."""

    kind: str
    value: str


KEY_LABELS = {
    "subject_id": "subject id",
    "username": "user name",
    "email": "e-mail address",
    "phone": "phone number",
    "login": "external login",
    "passkey": "passkey",
}


@dataclass(slots=True)
class ExistingUser:
    """What the store knows of a user, as far as a plan depends on it.

    `password_is_own` says that the password was chosen, or at least used, here.
    """

    id: int
    subject_id: str
    is_protected: bool
    profile: dict[str, Any]
    attributes: dict[str, Any]
    password: str
    password_is_own: bool
    password_expires_at: datetime | None
    emails: dict[str, bool] = field(default_factory=dict)
    logins: set[tuple[str, str]] = field(default_factory=set)
    has_totp: bool = False
    has_recovery_codes: bool = False
    passkeys: set[str] = field(default_factory=set)
    group_ids: set[int] = field(default_factory=set)
    role_ids: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Grant:
    """A group or role that records can name; `is_allowed` if the operator may give it."""

    id: int
    is_allowed: bool


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An earlier row of the same file that holds one of this row's keys."""

    row_number: int
    digest: bytes


@dataclass(slots=True)
class Snapshot:
    """Everything in the store that the records of one chunk can meet."""

    users: dict[str, ExistingUser]
    owners: dict[Key, str]
    groups: Mapping[str, Grant]
    roles: Mapping[str, Grant]
    duplicates: Mapping[int, Duplicate]


@dataclass(frozen=True, slots=True)
class PlanOptions:
    """What a plan depends on besides record and store; `salt` is that of the job's digests."""

    mode: Mode
    operator: str
    unique_attributes: frozenset[str]
    salt: bytes


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an existing user that a plan changes, as it may be shown: no secrets."""

    field: str
    old: Any
    new: Any


@dataclass(slots=True)
class Plan:
    """What will be written for one record; for a new user every field, else only what changes."""

    row_number: int
    action: Action
    subject_id: str
    user_id: int | None = None
    profile: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] | None = None
    claimed_attributes: dict[str, str] = field(default_factory=dict)
    password: str | None = field(default=None, repr=False)
    plaintext: str | None = field(default=None, repr=False)
    password_expires_at: datetime | None = None
    primary_email: str | None = None
    new_emails: dict[str, bool] = field(default_factory=dict)
    verified_emails: list[str] = field(default_factory=list)
    logins: list[ExternalLogin] = field(default_factory=list)
    totp: TOTP | None = field(default=None, repr=False)
    recovery_codes: list[str] = field(default_factory=list, repr=False)
    passkeys: list[Passkey] = field(default_factory=list)
    group_ids: list[int] = field(default_factory=list)
    role_ids: list[int] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def collect_emails(record: UserImportRecord) -> dict[str, bool]:
    """Return every e-mail address of a record with whether it is verified, the primary first."""
    profile = record.profile
    found: dict[str, bool] = {}
    if profile.email:
        found[profile.email] = bool(profile.email_verified)
    for further in profile.emails:
        found[further.email] = found.get(further.email, False) or further.verified
    for address in record.authenticators.verified_addresses:
        if address.type == "email":
            found[address.value] = True
    return found


def list_keys(record: UserImportRecord, unique_attributes: frozenset[str]) -> Iterator[Key]:
    """Yield every value of the record that no other user may have, the subject id first."""
    profile = record.profile
    yield Key("subject_id", record.subject_id)
    if profile.username:
        yield Key("username", fold_username(profile.username))
    for email in collect_emails(record):
        yield Key("email", email)
    if profile.phone:
        yield Key("phone", profile.phone)
    for login in record.authenticators.external_logins:
        yield login_key(login.provider, login.subject)
    for passkey in record.authenticators.passkeys:
        yield Key("passkey", passkey.credential_id)
    for name in unique_attributes & profile.attributes.keys():
        yield Key(f"attribute:{name}", str(profile.attributes[name]))


def login_key(provider: str, subject: str) -> Key:
    """Return the key of an external login; a NUL cannot occur in either part."""
    return Key("login", f"{provider}\x00{subject}")


def digest_key(key: Key, salt: bytes) -> bytes:
    """Return 16 bytes that stand for the key where it must not be stored in clear."""
    text = f"{key.kind}\x00{key.value}".encode()
    return hashlib.blake2b(text, digest_size=16, key=salt).digest()


def plan_failure(row_number: int, subject_id: str, problems: list[Problem]) -> Plan:
    """Return the plan of a record that cannot be imported."""
    return Plan(row_number, Action.FAIL, subject_id, problems=problems)


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
        return _plan_update(row_number, record, existing, snapshot, options)
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
        _field_of(kind),
        params={"row": duplicate.row_number, "what": _label_of(kind)},
    )


def _field_of(kind: str) -> str:
    if kind == "subject_id":
        return kind
    if kind.startswith("attribute:"):
        return f"profile.attributes.{kind.removeprefix('attribute:')}"
    return {"login": "authenticators.external_logins", "passkey": "authenticators.passkeys"}.get(
        kind, f"profile.{kind}"
    )


def _label_of(kind: str) -> str:
    return KEY_LABELS.get(kind) or f"attribute “{kind.removeprefix('attribute:')}”"


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
    for key in list_keys(record, options.unique_attributes):
        owner = snapshot.owners.get(key)
        if owner is None or owner == record.subject_id:
            continue
        if key.kind == "login":
            provider = key.value.partition("\x00")[0]
            params = {"provider": provider, "owner": owner}
            yield Problem("login_taken", _field_of(key.kind), params=params)
        else:
            label = _label_of(key.kind)
            params = {"what": f"The {label}", "owner": owner}
            yield Problem("value_taken", _field_of(key.kind), params=params)


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
    plan.profile["phone_verified"] = _is_phone_verified(record)
    plan.attributes = profile.attributes
    plan.claimed_attributes = _claim_attributes(profile.attributes, options)
    plan.password, plan.plaintext = password.encoded, password.plaintext
    plan.password_expires_at = _find_expiry(password)
    plan.new_emails = collect_emails(record)
    plan.primary_email = profile.email
    plan.logins = _unique_logins(given.external_logins)
    plan.totp, plan.recovery_codes, plan.passkeys = given.totp, given.recovery_codes, given.passkeys
    plan.group_ids = _grant_ids(record.memberships.groups, snapshot.groups)
    plan.role_ids = _grant_ids(record.memberships.roles, snapshot.roles)
    return plan


def _is_phone_verified(record: UserImportRecord) -> bool:
    return bool(record.profile.phone_verified) or any(
        address.type == "phone" and address.value == record.profile.phone
        for address in record.authenticators.verified_addresses
    )


def _claim_attributes(attributes: dict[str, Any], options: PlanOptions) -> dict[str, str]:
    return {name: str(attributes[name]) for name in options.unique_attributes & attributes.keys()}


def _find_expiry(password: Password) -> datetime | None:
    return EXPIRED if password.must_change else password.expires_at


def _unique_logins(logins: list[ExternalLogin]) -> list[ExternalLogin]:
    return list({(login.provider, login.subject): login for login in logins}.values())


def _grant_ids(keys: list[str], known: Mapping[str, Grant]) -> list[int]:
    return [known[key].id for key in dict.fromkeys(keys)]


def _plan_update(
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
    verified = _is_phone_verified(record)
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
    plan.claimed_attributes = _claim_attributes(changed, options)
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
    expires_at = _find_expiry(password)
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
        for login in _unique_logins(given.external_logins)
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
