"""Plan one record: record + what exists + options -> plan.

The dry run and the run both call this, so what the one predicts the other does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from imports.core.decisions.kinds.unlike_people import SKIP
from imports.core.decisions.kinds.unlike_user import SAME
from imports.core.planning.conflicts import Conflict
from imports.core.planning.matching import (
    SUBJECT_ID,
    find_match,
    find_unverified,
    get_matched_field,
    label_matching_key,
)
from imports.core.planning.plans import (
    Action,
    ExistingUser,
    Grant,
    Plan,
    PlanOptions,
    Snapshot,
)
from imports.core.planning.resolving import (
    Ruling,
    find_forbidden,
    plan_refusal,
    rule_on_own,
    rule_on_taken,
)
from imports.core.planning.unlike_people import QUIET, tell_stranger, tell_unlike
from imports.core.planning.update import plan_other_ids, plan_update
from imports.core.problems import Problem, of_permissions, tell
from imports.core.problems.conflict_kinds import Reason, Resolution, find_reason
from imports.core.problems.of_conflicts import (
    CONCURRENT_CHANGE,
    DUPLICATE_IN_FILE,
    LOGIN_TAKEN,
    PASSKEY_TAKEN,
    SIGN_IN_NAME_TAKEN,
    VALUE_TAKEN,
)
from imports.core.records.facts import (
    claim_attributes,
    drop_repeated_logins,
    find_expiry,
    is_phone_verified,
)
from imports.core.records.keys import (
    USER,
    Key,
    KeyedRecord,
    collect_emails,
    describe_shared,
    digest_key,
    get_field,
    get_key_label,
    list_file_keys,
    list_rivals,
)
from imports.core.records.records import Password, UserImportRecord
from imports.core.records.user_columns import VALUE_FIELDS

# What is said of a group or role that does not exist, and of one that may not be granted.
MEMBERSHIP_PROBLEMS = {
    "groups": (of_permissions.GROUP_MISSING, of_permissions.GROUP_NOT_GRANTABLE),
    "roles": (of_permissions.ROLE_MISSING, of_permissions.ROLE_NOT_GRANTABLE),
}


def plan_failure(row_number: int, subject_id: str, problems: list[Problem]) -> Plan:
    """Return the plan of a record that cannot be imported."""
    return Plan(row_number, Action.FAIL, subject_id, problems=problems)


def plan_excluded(row_number: int, subject_id: str, problems: list[Problem]) -> Plan:
    """Return the plan of a row that is not imported because its operator said so."""
    return Plan(row_number, Action.SKIP, subject_id, problems=problems)


def plan_record(
    row_number: int,
    keyed: KeyedRecord,
    snapshot: Snapshot,
    options: PlanOptions,
    other_ids: Sequence[str] = (),
) -> Plan:
    """Return what will be done with the record; depends on nothing but the arguments.

    `other_ids` are subject ids of records that were joined with it. Raises PolicyError when a
    resolver answers with what cannot be done.
    """
    record = keyed.record
    repeated = _find_duplicate(row_number, keyed, snapshot, options)
    if repeated:
        return plan_refusal(row_number, record.subject_id, [repeated])
    existing = find_match(record, snapshot, options.matching_key)
    stranger = snapshot.strangers.get(row_number)
    if stranger and stranger.choice != SAME:
        return plan_failure(row_number, record.subject_id, [tell_stranger(stranger)])
    refusal = _refuse_existing(row_number, record, existing, options) if existing else None
    if refusal:
        return refusal
    forbidden = find_forbidden(existing, options)
    if forbidden:
        return plan_failure(row_number, record.subject_id, [forbidden])
    ids = [*_list_own_id(record, existing, options), *other_ids]
    trusted, rulings = _rule_on_match(record, existing, options)
    rulings += _find_taken(keyed, existing, snapshot, options)
    rulings += _find_other_users(ids, record, existing, snapshot, options)
    missing = [
        *_find_missing("groups", record.memberships.groups, snapshot.groups),
        *_find_missing("roles", record.memberships.roles, snapshot.roles),
        *_find_withheld("groups", keyed.removals.groups, snapshot.groups),
        *_find_withheld("roles", keyed.removals.roles, snapshot.roles),
    ]
    if rulings or missing:
        return plan_refusal(row_number, record.subject_id, rulings, missing)
    if existing is None:
        plan, ids = _plan_create(row_number, record, snapshot, options), list(other_ids)
    else:
        plan = plan_update(row_number, keyed, existing, snapshot, options)
        plan.problems += trusted
    return plan_other_ids(plan, [each for each in ids if each not in snapshot.users])


def _refuse_existing(
    row_number: int, record: UserImportRecord, existing: ExistingUser, options: PlanOptions
) -> Plan | None:
    """Return the plan of a record whose user is not to be updated; None if they are."""
    what = label_matching_key(options.matching_key)
    field = get_matched_field(options.matching_key)
    ruling = rule_on_own(Reason.PROFILE_EXISTS, field, record, existing, options, what=what)
    if ruling.resolution is not Resolution.OVERWRITE:
        user_id = _find_id(ruling, existing.id)
        return plan_refusal(row_number, record.subject_id, [ruling], user_id=user_id)
    if existing.is_protected:
        problem = Problem("protected_account", "subject_id")
        return plan_failure(row_number, record.subject_id, [problem])
    return None


def _rule_on_match(
    record: UserImportRecord, existing: ExistingUser | None, options: PlanOptions
) -> tuple[list[Problem], list[Ruling]]:
    """Decide about a user who was found by a value that is not verified.

    Returns what is told if they are updated all the same, and the rulings if they are not.
    """
    key = options.matching_key
    how = find_unverified(record, existing, key) if existing else ""
    if existing is None or not how:
        return [], []
    what, field = label_matching_key(key), get_matched_field(key)
    reason = Reason.MATCH_UNVERIFIED
    ruling = rule_on_own(reason, field, record, existing, options, what=what, how=how)
    is_trusted = ruling.resolution is Resolution.OVERWRITE
    return ([ruling.problem], []) if is_trusted else ([], [ruling])


def _list_own_id(
    record: UserImportRecord, existing: ExistingUser | None, options: PlanOptions
) -> list[str]:
    """Return the record's id where the user is not matched by it: no other user may have it.

    An id that was made here says nothing about a user who was found by something else.
    """
    if options.matching_key == SUBJECT_ID or (existing and record.has_made_id):
        return []
    return [record.subject_id]


def plan_concurrent(row_number: int, subject_id: str, options: PlanOptions) -> Plan:
    """Return the plan of a record whose values somebody else writes whenever it is written."""
    reason = Reason.CONCURRENT_CHANGE
    proposed = options.conflicts.table[reason]
    conflict = Conflict(reason, "", subject_id, subject_id, proposed)
    resolution = options.conflicts.resolve(conflict)
    ruling = Ruling(resolution, Problem(tell(CONCURRENT_CHANGE, resolution).code))
    return plan_refusal(row_number, subject_id, [ruling])


def _find_id(ruling: Ruling, user_id: int) -> int | None:
    return None if ruling.refuses else user_id


def _find_duplicate(
    row_number: int, keyed: KeyedRecord, snapshot: Snapshot, options: PlanOptions
) -> Ruling | None:
    """Decide about a row that repeats a value of an earlier one; the table alone says how."""
    duplicate = snapshot.duplicates.get(row_number)
    if duplicate is None:
        return None
    keys = list_file_keys(keyed)
    found = (key for key in keys if digest_key(key, options.salt) == duplicate.digest)
    # What is none of the record's own keys is the user to whom the ids of both rows lead.
    key = next(found, Key(USER, keyed.record.subject_id))
    kind = key.kind
    field = get_field(kind)
    resolution = options.conflicts.table[find_reason(field)]
    params: dict[str, int | str] = {"row": duplicate.row_number}
    if field == "subject_id" and resolution in QUIET:
        if not duplicate.unlike or duplicate.choice == SKIP:
            return Ruling(Resolution.SKIP, Problem("repeated_in_file", field, params=params))
        if not duplicate.choice:
            return Ruling(Resolution.FAIL, tell_unlike(duplicate))
        resolution = Resolution.FAIL
    params = {**params, "what": describe_shared(key)}
    told = tell(DUPLICATE_IN_FILE, resolution)
    return Ruling(resolution, Problem(told.code, field, params=params))


def _find_taken(
    keyed: KeyedRecord, existing: ExistingUser | None, snapshot: Snapshot, options: PlanOptions
) -> Iterator[Ruling]:
    record = keyed.record
    if not snapshot.owners:
        return
    own = existing.subject_id if existing else record.subject_id
    for key in keyed.keys:
        for rival in list_rivals(key):
            owner = snapshot.owners.get(rival)
            if owner is not None and owner != own:
                yield _rule_on_key(key, rival, owner, record, options)
                break


def _find_other_users(
    ids: Sequence[str],
    record: UserImportRecord,
    existing: ExistingUser | None,
    snapshot: Snapshot,
    options: PlanOptions,
) -> Iterator[Ruling]:
    """Yield what is decided about ids, own and joined, that users other than this one have."""
    for each in ids:
        user = snapshot.users.get(each)
        if user is not None and (existing is None or user.id != existing.id):
            is_own = each == record.subject_id
            params = {"what": "The subject id" if is_own else "The subject id of a joined row"}
            yield rule_on_taken(
                VALUE_TAKEN, "subject_id", record, user.subject_id, options, **params
            )


def _rule_on_key(
    key: Key, rival: Key, owner: str, record: UserImportRecord, options: PlanOptions
) -> Ruling:
    """Decide about a key that another user has, as a rival of the same or another kind."""
    kind, params = VALUE_TAKEN, {"what": f"The {get_key_label(key.kind)}"}
    if rival.kind != key.kind:
        kind, params = SIGN_IN_NAME_TAKEN, {**params, "holder": get_key_label(rival.kind)}
    elif key.kind == "login":
        kind, params = LOGIN_TAKEN, {"provider": key.value.partition("\x00")[0]}
    elif key.kind == "passkey":
        kind, params = PASSKEY_TAKEN, {}
    return rule_on_taken(kind, get_field(key.kind), record, owner, options, **params)


def _find_missing(part: str, wanted: list[str], known: Mapping[str, Grant]) -> Iterator[Problem]:
    missing, not_grantable = MEMBERSHIP_PROBLEMS[part]
    for key in dict.fromkeys(wanted):
        grant = known.get(key)
        if grant is None:
            yield Problem(missing.code, f"memberships.{part}", params={"key": key})
        elif grant.lacking:
            params = {"key": key, "operator": grant.lacking}
            yield Problem(not_grantable.code, f"memberships.{part}", params=params)


def _find_withheld(part: str, gone: Iterable[str], known: Mapping[str, Grant]) -> Iterator[Problem]:
    """Yield which groups or roles those who prepared the import may neither give nor take away."""
    present = [key for key in gone if key in known]
    return _find_missing(part, present, known)


def _plan_create(
    row_number: int, record: UserImportRecord, snapshot: Snapshot, options: PlanOptions
) -> Plan:
    profile, given = record.profile, record.authenticators
    password = given.password or Password()
    plan = Plan(row_number, Action.CREATE, record.subject_id)
    plan.profile = {name: getattr(profile, name) for name in VALUE_FIELDS}
    plan.profile["phone_verified"] = is_phone_verified(record)
    plan.updated_at = profile.updated_at
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
