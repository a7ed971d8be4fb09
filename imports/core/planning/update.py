"""Plan the update of an existing user, field by field as the job's policies say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sized
from datetime import datetime
from typing import Any

from accounts import hashing
from accounts.authority import Act, find_refusal
from imports.core.planning.conflicts import Reason, Resolution
from imports.core.planning.field_policies import ATTRIBUTES, FieldPolicy, may_write
from imports.core.planning.plans import (
    Action,
    Change,
    ExistingUser,
    Grant,
    Plan,
    PlanOptions,
    Snapshot,
)
from imports.core.planning.resolving import Ruling, plan_refusal, rule_on_own
from imports.core.problems import Problem
from imports.core.records.facts import (
    claim_attributes,
    drop_repeated_logins,
    find_expiry,
    is_phone_verified,
)
from imports.core.records.keys import KeyedRecord, collect_emails
from imports.core.records.records import Password
from imports.core.records.user_columns import CLEARABLE, VALUE_FIELDS

PASSWORD = "authenticators.password"  # noqa: S105 - the name of a field
# What a user proves an identity with, and where codes and new passwords are sent.
CREDENTIALS = ("authenticators.", "profile.email", "profile.phone")
SINGLES = {"totp": "authenticator app", "recovery_codes": "recovery codes"}


def plan_update(
    row_number: int,
    keyed: KeyedRecord,
    existing: ExistingUser,
    snapshot: Snapshot,
    options: PlanOptions,
) -> Plan:
    """Return what of the record the user gets, or the refusal that the conflict table asks for."""
    update = _Update(row_number, keyed, existing, options)
    update.overlay_profile()
    update.clear_profile()
    update.overlay_attributes()
    update.merge_emails()
    update.merge_password()
    update.merge_credentials()
    update.merge_singles()
    update.remove_emails()
    plan = update.plan
    update.merge_memberships("groups", snapshot.groups, existing.group_ids, plan.group_ids)
    update.merge_memberships("roles", snapshot.roles, existing.role_ids, plan.role_ids)
    update.end_memberships("groups", snapshot.groups, existing.group_ids, plan.lost_group_ids)
    update.end_memberships("roles", snapshot.roles, existing.role_ids, plan.lost_role_ids)
    return update.finish()


def plan_other_ids(plan: Plan, other_ids: list[str]) -> Plan:
    """Have a plan that imports its record remember ids of records that were joined with it."""
    if not other_ids or plan.action is Action.FAIL:
        return plan
    plan.other_ids = other_ids
    if plan.existing is not None:
        plan.changes += [Change("subject_id", None, each) for each in other_ids]
        if plan.action is Action.SKIP:
            plan.action = Action.UPDATE
            plan.problems = [each for each in plan.problems if each.code != "unchanged"]
    return plan


class _Update:
    """One update while it is planned."""

    def __init__(
        self,
        row_number: int,
        keyed: KeyedRecord,
        existing: ExistingUser,
        options: PlanOptions,
    ) -> None:
        self.record, self.removals = keyed.record, keyed.removals
        self.existing, self.options = existing, options
        self.plan = Plan(
            row_number, Action.UPDATE, keyed.record.subject_id, existing.id, existing=existing
        )
        self.rulings: list[Ruling] = []
        self.kept: list[str] = []
        self.held: list[str] = []
        self.withheld: list[str] = []
        act = Act.OVERWRITE_CREDENTIALS
        self.refusal = find_refusal(options.authority, act, existing.person)
        at = keyed.record.profile.updated_at
        self.is_newer = bool(at and existing.updated_at and at > existing.updated_at)

    def finish(self) -> Plan:
        """Return the plan, with all that was decided told on it."""
        plan = self.plan
        if self.held:
            self._rule(Reason.MEMBERSHIP_EXISTS, "memberships", ", ".join(self.held))
        if any(ruling.refuses for ruling in self.rulings):
            return plan_refusal(plan.row_number, plan.subject_id, self.rulings)
        if not plan.changes:
            plan.action = Action.SKIP
            plan.problems.insert(0, Problem("unchanged"))
        plan.problems += [ruling.problem for ruling in self.rulings]
        if self.kept:
            fields = ", ".join(dict.fromkeys(self.kept))
            plan.problems.append(Problem("fields_kept", params={"fields": fields}))
        if self.refusal and self.withheld:
            fields = ", ".join(dict.fromkeys(self.withheld))
            params = {"fields": fields, "operator": self.refusal.who}
            plan.problems.append(Problem("credentials_kept", params=params))
        plan.updated_at = self.record.profile.updated_at
        return plan

    def overlay_profile(self) -> None:
        for name in VALUE_FIELDS:
            new, old = getattr(self.record.profile, name), self.existing.profile[name]
            if new is not None and new != old and self._may_write(f"profile.{name}", old):
                self._change_profile(name, old, new)
        self._overlay_phone_verified()

    def _overlay_phone_verified(self) -> None:
        """Mark the number as verified only if the user has the same."""
        number = self.record.profile.phone
        is_changed = "phone" in self.plan.profile
        is_theirs = is_changed or (number is not None and number == self.existing.profile["phone"])
        verified = is_phone_verified(self.record) and is_theirs
        was_verified = self.existing.profile["phone_verified"]
        if not (verified or is_changed) or verified == was_verified:
            return
        if is_changed or self._may_write("profile.phone", None):
            self._change_profile("phone_verified", was_verified, verified)

    def _change_profile(self, name: str, old: Any, new: Any) -> None:
        self.plan.profile[name] = new
        self.plan.changes.append(Change(f"profile.{name}", old, new))

    def clear_profile(self) -> None:
        """Empty the fields that are gone; what they had said of a number goes with it."""
        for name in self.removals.fields:
            old = self.existing.profile[name]
            if old and self._may_write(f"profile.{name}", old):
                self.plan.cleared[name] = CLEARABLE[name]
                self.plan.changes.append(Change(f"profile.{name}", old, None))
        if "phone" in self.plan.cleared and self.existing.profile["phone_verified"]:
            self._change_profile("phone_verified", True, False)

    def overlay_attributes(self) -> None:
        plan, existing = self.plan, self.existing
        changed = dict(self._list_changed_attributes())
        gone = [name for name in self.removals.attributes if self._may_remove(name)]
        if not (changed or gone):
            return
        kept = {name: each for name, each in existing.attributes.items() if name not in gone}
        plan.attributes = {**kept, **changed}
        plan.claimed_attributes = claim_attributes(changed, self.options.unique_attributes)
        plan.released_attributes = [each for each in gone if each in self.options.unique_attributes]
        for name, value in (*changed.items(), *((name, None) for name in gone)):
            old = existing.attributes.get(name)
            plan.changes.append(Change(f"{ATTRIBUTES}.{name}", old, value))

    def _may_remove(self, name: str) -> bool:
        path, existing = f"{ATTRIBUTES}.{name}", self.existing.attributes
        return name in existing and self._may_write(path, existing[name])

    def _list_changed_attributes(self) -> Iterator[tuple[str, Any]]:
        existing = self.existing.attributes
        for name, value in self.record.profile.attributes.items():
            path, old = f"{ATTRIBUTES}.{name}", existing.get(name)
            if self.options.fields.get(path) is FieldPolicy.UNION:
                value = _unite(old, value)
            is_same = name in existing and old == value
            if not is_same and self._may_write(path, old):
                yield name, value

    def merge_emails(self) -> None:
        plan, known = self.plan, self.existing.emails
        plan.primary_email = plan.profile.get("email")
        for email, verified in self._list_emails():
            if email not in known:
                plan.new_emails[email] = verified
                plan.changes.append(Change("profile.emails", None, email))
            elif verified and not known[email]:
                plan.verified_emails.append(email)
                plan.changes.append(Change("profile.email_verified", False, True))

    def _list_emails(self) -> Iterator[tuple[str, bool]]:
        """Yield those of the record's addresses that tell something new and that may be written."""
        primary, own = self.record.profile.email, self.existing.profile["email"]
        known = self.existing.emails
        further = known.keys() - {own}
        for email, verified in collect_emails(self.record).items():
            is_known = email in known
            if is_known and (known[email] or not verified):
                continue
            if email != primary:
                is_let_in = self._may_write("profile.emails", None if is_known else further)
            elif email == own:
                is_let_in = self._may_write("profile.email", None)
            else:
                is_let_in = "email" in self.plan.profile
            if is_let_in:
                yield email, verified

    def remove_emails(self) -> None:
        """Remove the addresses that are gone, but never the primary one of now."""
        own = self.existing.profile["email"]
        primary = self.plan.profile.get("email", None if "email" in self.plan.cleared else own)
        for email in self.removals.emails:
            path = "profile.email" if email == own else "profile.emails"
            if email in self.existing.emails and email != primary and self._may_write(path, email):
                self.plan.lost_emails.append(email)
                if email != own:
                    self.plan.changes.append(Change(path, email, None))

    def merge_password(self) -> None:
        password, existing = self.record.authenticators.password, self.existing
        if password is None:
            return
        policy = self.options.fields.get(PASSWORD)
        if existing.password_is_own and policy is not FieldPolicy.OVERWRITE:
            self.plan.problems.append(Problem("password_kept", PASSWORD))
            return
        if not self._may_write(PASSWORD, _has_password(existing.password)):
            return
        if not _is_same_password(password, existing.password):
            self._change_password(password)
        expires_at = find_expiry(password)
        if expires_at is not None and expires_at != existing.password_expires_at:
            self.plan.password_expires_at = expires_at
            self.plan.changes.append(
                Change(f"{PASSWORD}.expires_at", existing.password_expires_at, expires_at)
            )

    def _change_password(self, password: Password) -> None:
        self.plan.password, self.plan.plaintext = password.encoded, password.plaintext
        if self.existing.password_is_own:
            self.plan.problems.append(Problem("own_password_overwritten", PASSWORD))
        new = _name_password(password.encoded) if password.encoded else "new password"
        old = _name_password(self.existing.password)
        self.plan.changes.append(Change(PASSWORD, old, new))

    def merge_credentials(self) -> None:
        """Add external logins and passkeys; none is ever taken away."""
        given, existing, plan = self.record.authenticators, self.existing, self.plan
        logins = [
            login
            for login in drop_repeated_logins(given.external_logins)
            if (login.provider, login.subject) not in existing.logins
        ]
        if logins and self._may_write("authenticators.external_logins", existing.logins):
            plan.logins = logins
            for login in logins:
                plan.changes.append(Change("authenticators.external_logins", None, login.provider))
        passkeys = [key for key in given.passkeys if key.credential_id not in existing.passkeys]
        if passkeys and self._may_write("authenticators.passkeys", existing.passkeys):
            plan.passkeys = passkeys
            for passkey in passkeys:
                name = passkey.name or "passkey"
                plan.changes.append(Change("authenticators.passkeys", None, name))

    def merge_singles(self) -> None:
        """Give the user what there is one of: the app, and one set of recovery codes."""
        given, plan, existing = self.record.authenticators, self.plan, self.existing
        if given.totp and self._takes_single("totp", has_one=existing.has_totp):
            plan.totp = given.totp
            plan.changes.append(Change("authenticators.totp", None, "authenticator app"))
        if given.recovery_codes and self._takes_single(
            "recovery_codes", has_one=existing.has_recovery_codes
        ):
            plan.recovery_codes = given.recovery_codes
            count = f"{len(given.recovery_codes)} codes"
            plan.changes.append(Change("authenticators.recovery_codes", None, count))

    def _takes_single(self, kind: str, *, has_one: bool) -> bool:
        """Return whether the user gets the record's; the conflict table says, if they have one."""
        path = f"authenticators.{kind}"
        if not self._may_write(path, None):
            return False
        if not has_one:
            return True
        ruling = self._rule(Reason.AUTHENTICATOR_EXISTS, path, SINGLES[kind])
        if ruling.resolution is Resolution.OVERWRITE:
            self.plan.replaced_authenticators.append(kind)
            return True
        return False

    def merge_memberships(
        self, kind: str, known: Mapping[str, Grant], held: set[int], granted: list[int]
    ) -> None:
        path = f"memberships.{kind}"
        for key in dict.fromkeys(getattr(self.record.memberships, kind)):
            if known[key].id in held:
                self.held.append(f"the {kind[:-1]} “{key}”")
            elif self._may_write(path, held):
                granted.append(known[key].id)
                self.plan.changes.append(Change(path, None, key))

    def end_memberships(
        self, kind: str, known: Mapping[str, Grant], held: set[int], lost: list[int]
    ) -> None:
        path = f"memberships.{kind}"
        for key in getattr(self.removals, kind):
            if key in known and known[key].id in held and self._may_write(path, held):
                lost.append(known[key].id)
                self.plan.changes.append(Change(path, key, None))

    def _may_write(self, path: str, old: object) -> bool:
        """Return whether the field's policy lets the record in; note it where it does not."""
        policy = self.options.fields.get(path)
        is_empty = old is None or (isinstance(old, Sized) and not old)
        if not may_write(policy, is_empty=is_empty, is_newer=self.is_newer):
            self.kept.append(path)
            return False
        if path.startswith(CREDENTIALS) and self.refusal is not None:
            self.withheld.append(path)
            return False
        return True

    def _rule(self, reason: Reason, path: str, what: str) -> Ruling:
        ruling = rule_on_own(reason, path, self.record, self.existing, self.options, what=what)
        if ruling.resolution is Resolution.OVERWRITE and self.existing.password_is_own:
            # They use what they have: it stays, like their password.
            ruling = Ruling(Resolution.SKIP, Problem(reason.value, path, params={"what": what}))
        self.rulings.append(ruling)
        return ruling


def _unite(old: Any, new: Any) -> Any:
    """Return both lists as one, or both objects; of any other value the new one."""
    if isinstance(old, list) and isinstance(new, list):
        return [*old, *(item for item in new if item not in old)]
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **new}
    return new


def _has_password(stored: str) -> str:
    return "" if stored.startswith("!") else stored


def plan_alike(
    first: Plan,
    row_number: int,
    existing: ExistingUser,
    profile: dict[str, Any],
    *,
    password: str | None,
    updated_at: datetime | None,
) -> Plan:
    """Return the plan of a record that changes the same fields of its user as that of `first`.

    `profile` has its values for them, `password` what it would store where `first` stores one.
    """
    changes = [
        Change(f"profile.{name}", existing.profile[name], value) for name, value in profile.items()
    ]
    password = None if first.password is None else password
    if password is not None:
        named = _name_password(existing.password), _name_password(password)
        changes.append(Change(PASSWORD, *named))
    return Plan(
        row_number,
        Action.UPDATE,
        existing.subject_id,
        existing.id,
        profile=profile,
        password=password,
        updated_at=updated_at,
        changes=changes,
        problems=first.problems,
        existing=existing,
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
