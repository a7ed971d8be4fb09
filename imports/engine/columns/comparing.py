"""Compare rows with the existing users whom they mean: what each has another value for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from imports.core.columns import Table
from imports.core.columns.table import GROUPS, HASH, LOGINS, PLAINTEXT, ROLES
from imports.core.planning.field_policies import FieldPolicy
from imports.core.planning.plans import ExistingUser, Grant, PlanOptions
from imports.core.planning.update import PASSWORD
from imports.core.records.user_columns import VALUE_FIELDS
from imports.engine import snapshot
from imports.engine.columns.parts import Form, KnownRows
from imports.engine.columns.values import may_give, read_grants
from imports.engine.context import JobContext
from imports.engine.snapshot import read_existing

# Of passwords, those that write one whatever the user has; others tell that they keep the user's.
WRITING = frozenset({FieldPolicy.OVERWRITE, FieldPolicy.UNLESS_USED})

# Fields by whose values nobody is found, and nothing else of a user goes with.
CHANGEABLE = frozenset(VALUE_FIELDS) - {"username", "email", "phone"}

# What users have is read only where any row says something of it.
BELONGINGS = (
    ("profile.email", snapshot.EMAILS),
    (LOGINS, snapshot.LOGINS),
    (GROUPS, snapshot.GROUPS),
    (ROLES, snapshot.ROLES),
)

# So many rows are looked at first, and of these one in so many has to be for columns.
SAMPLE, WORTHWHILE = 100, 5


def may_be_compared(options: PlanOptions) -> bool:
    """Return whether what a row says of its user is all that decides what is told of it."""
    return options.authority.is_unbounded and options.fields.get(PASSWORD) in WRITING


def pick_compared(table: Table, context: JobContext, *, lock: bool) -> KnownRows:
    """Return those of the rows that change nothing but fields of their own; all users exist.

    None where hardly any of the first rows do: all others are looked up again. Where hardly any
    changes anything, none of these either, and nobody is locked.
    """
    first = table.without(set(range(SAMPLE, len(table))))
    found = _compare(first, context, lock=False)
    changed = sum(bool(form.changed) for form in found.forms)
    if changed * WORTHWHILE >= len(first):
        return _compare(table, context, lock=lock)
    if (len(found.forms) - changed) * WORTHWHILE < len(first):
        return KnownRows()
    found = found if len(first) == len(table) else _compare(table, context, lock=False)
    return found.pick(lambda _, form: not form.changed)


def _compare(table: Table, context: JobContext, *, lock: bool) -> KnownRows:
    """Return the rows with their users.

    What rows say of user names, addresses, numbers and logins is their users' own already, so that
    nobody else can have it: in the store, each is one user's.
    """
    without = [
        snapshot.AUTHENTICATORS,
        *(name for path, name in BELONGINGS if not any(table.get(path))),
    ]
    subject_ids = list(table.get("subject_id"))
    users = read_existing(subject_ids, context.options, lock=lock, without=without)
    grants = read_grants(table, context)
    comparison = _Comparison(table, grants)
    leaving, forms = set[int](), list[Form]()
    for place, subject_id in enumerate(subject_ids):
        user = users.get(subject_id)
        form = comparison.find_form(user, place) if user else None
        if form is None:
            leaving.add(place)
        else:
            forms.append(form)
    kept = table.without(leaving)
    found = [users[subject_id] for subject_id in kept.get("subject_id")]
    met = frozenset(user.id for user in found)
    return KnownRows(kept, found, forms, met, grants[GROUPS], grants[ROLES])


class _Comparison:
    """The columns of a table beside the users whom its rows mean."""

    def __init__(self, table: Table, grants: Mapping[str, Mapping[str, Grant]]) -> None:
        self._grants = grants
        paths = ((name, f"profile.{name}") for name in VALUE_FIELDS)
        self._profile = [(name, table.values[path]) for name, path in paths if path in table.values]
        self._stored, self._expiries = table.get(HASH), table.expiries()
        self._plain = table.get(PLAINTEXT)
        self._emails = table.get("profile.email"), table.get("profile.email_verified")
        self._phones = table.get("profile.phone"), table.get("profile.phone_verified")
        self._stamps, self._logins = table.get("profile.updated_at"), table.get(LOGINS)
        self._groups, self._roles = table.get(GROUPS), table.get(ROLES)

    def find_form(self, user: ExistingUser, place: int) -> Form | None:
        """Return the form of a row; None where it says more than columns can write."""
        if self._plain[place] is not None:
            return None  # whether it is the user's takes as long as a sign-in
        # Of one who has chosen a password here there is more to tell.
        if user.is_protected or user.password_is_own or not self._has_proofs(user, place):
            return None
        groups, roles = self._groups[place] or (), self._roles[place] or ()
        if not (
            _belongs(groups, self._grants[GROUPS], user.group_ids)
            and _belongs(roles, self._grants[ROLES], user.role_ids)
        ):
            return None
        changed = self._list_changed(user, place)
        if not changed:
            return None if changed is None else Form(groups, roles)
        stamp = self._stamps[place]
        is_newer = bool(stamp and user.updated_at and stamp > user.updated_at)
        return Form(groups, roles, changed, is_newer)

    def _list_changed(self, user: ExistingUser, place: int) -> tuple[tuple[str, bool], ...] | None:
        """Return the fields that the row has another value for, each with whether it was empty."""
        profile, changed = user.profile, list[tuple[str, bool]]()
        if not _is_read_alike(profile["username"]):
            return None
        for name, column in self._profile:
            value = column[place]
            if value is not None and value != profile[name]:
                if name not in CHANGEABLE:
                    return None
                changed.append((name, profile[name] in (None, "")))
        stored = self._stored[place]
        if stored and stored != user.password:
            changed.append((PASSWORD, False))
        return tuple(changed)

    def _has_proofs(self, user: ExistingUser, place: int) -> bool:
        """Return whether the user has the row's logins, and is as proven; expiry included."""
        (emails, verified), (phones, proven) = self._emails, self._phones
        email = emails[place]
        if email is not None and user.emails.get(email) not in {True, bool(verified[place])}:
            return False
        is_proven = phones[place] is not None and proven[place]
        if is_proven and not user.profile["phone_verified"]:
            return False
        if self._expiries[place] not in (None, user.password_expires_at):
            return False
        return all(login[:2] in user.logins for login in self._logins[place] or ())


def _is_read_alike(name: str | None) -> bool:
    """Return whether the store cannot take a user name for another address or number than we do.

    Which letters beyond ASCII are one in it depends on its locale.
    """
    return name is None or name.isascii() or not ("@" in name or "+" in name)


def _belongs(keys: Sequence[str], known: Mapping[str, Grant], held: set[int]) -> bool:
    """Return whether a user has all groups or roles that a row names, which may be given."""
    return all(may_give(known, key) and known[key].id in held for key in keys)
