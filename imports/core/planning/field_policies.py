"""Say for each field of an existing user whether what a file has replaces what the user has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from imports.core.planning.conflicts import PolicyError
from imports.core.records.user_columns import VALUE_FIELDS

ATTRIBUTES = "profile.attributes"


class FieldPolicy(StrEnum):
    """What an update does with a field that the file has; see docs/conflicts.md."""

    OVERWRITE = "overwrite"
    FILL = "fill"
    NEWER = "newer"
    UNION = "union"
    KEEP = "keep"
    UNLESS_USED = "unless_used"


P = FieldPolicy


@dataclass(frozen=True, slots=True)
class PolicyKind:
    """One row of the table of policies.

    `label` is what pages call it, `meaning` what an update does with the field. `writes` says
    whether a value is written, by whether the user has none and whether the record is newer.
    """

    label: str
    meaning: str
    writes: Callable[[bool, bool], bool]


def _always(_is_empty: bool, _is_newer: bool) -> bool:
    return True


def _never(_is_empty: bool, _is_newer: bool) -> bool:
    return False


def _when_empty(is_empty: bool, _is_newer: bool) -> bool:
    return is_empty


def _when_newer(_is_empty: bool, is_newer: bool) -> bool:
    return is_newer


POLICY_KINDS: Mapping[FieldPolicy, PolicyKind] = {
    P.OVERWRITE: PolicyKind("Overwrite", "the file's value replaces the user's", _always),
    P.FILL: PolicyKind("Fill only empty fields", "written if the user has no value", _when_empty),
    P.NEWER: PolicyKind("Newer wins", "written if the record is newer", _when_newer),
    P.UNION: PolicyKind(
        "Add to existing values", "lists and objects are merged; existing values are kept", _always
    ),
    P.KEEP: PolicyKind("Never touch", "never written", _never),
    # Whether the user has used the password here is known where passwords are updated.
    P.UNLESS_USED: PolicyKind(
        "Overwrite until they sign in here",
        "written unless the user has signed in here, or chosen a password here, since",
        _always,
    ),
}
# The first of each is the default.
_VALUE = (P.OVERWRITE, P.FILL, P.NEWER, P.KEEP)
_LIST = (P.UNION, P.FILL, P.NEWER, P.KEEP)
_SINGLE = (P.FILL, P.NEWER, P.KEEP)
POSSIBLE: Mapping[str, tuple[FieldPolicy, ...]] = {
    **{f"profile.{name}": _VALUE for name in VALUE_FIELDS},
    "profile.emails": _LIST,
    ATTRIBUTES: (P.OVERWRITE, P.FILL, P.NEWER, P.UNION, P.KEEP),
    "authenticators.password": (P.UNLESS_USED, P.OVERWRITE, P.FILL, P.NEWER, P.KEEP),
    "authenticators.external_logins": _LIST,
    "authenticators.passkeys": _LIST,
    "authenticators.totp": _SINGLE,
    "authenticators.recovery_codes": _SINGLE,
    "memberships.groups": _LIST,
    "memberships.roles": _LIST,
}
GROUPS = ("profile", "authenticators", "memberships")


@dataclass(frozen=True, slots=True)
class FieldPolicies:
    """The policy of every field, by path."""

    table: Mapping[str, FieldPolicy]

    def get(self, path: str) -> FieldPolicy:
        """Return the policy of a field; an attribute goes by that of all unless it has its own."""
        return self.table.get(path) or self.table[ATTRIBUTES]


def list_possible(path: str) -> tuple[FieldPolicy, ...]:
    """Return the policies that a field or group can have, the default first; none if unknown."""
    if path in GROUPS:
        found = [policy for name, each in POSSIBLE.items() if _is_in(name, path) for policy in each]
        return tuple(dict.fromkeys(found))
    if path.startswith(f"{ATTRIBUTES}."):
        return POSSIBLE[ATTRIBUTES]
    return POSSIBLE.get(path, ())


def build_policies(chosen: Mapping[str, str]) -> FieldPolicies:
    """Return the defaults with what was chosen by field or group; raises PolicyError.

    A field's own policy counts before that of its group. A group's applies to those of its fields
    that can have it.
    """
    table = {path: possible[0] for path, possible in POSSIBLE.items()}
    for path, value in sorted(chosen.items(), key=lambda item: item[0] not in GROUPS):
        policy = _check_policy(path, value)
        for name in _list_fields(path):
            if policy in list_possible(name):
                table[name] = policy
    return FieldPolicies(table)


def may_write(policy: FieldPolicy, *, is_empty: bool, is_newer: bool) -> bool:
    """Return whether a value is written, by whether the user has none and the record is newer."""
    return POLICY_KINDS[policy].writes(is_empty, is_newer)


def _check_policy(path: str, value: str) -> FieldPolicy:
    possible = list_possible(path)
    if not possible:
        known = ", ".join([*GROUPS, *POSSIBLE])
        raise PolicyError(f"“{path}” has no policy of its own. These have: {known}.")
    if value not in possible:
        raise PolicyError(
            f"{path} cannot be “{value}”. Possible: {', '.join(possible)}."
            + (" What is added to a user is never taken away." if value == P.OVERWRITE else "")
        )
    return P(value)


def _list_fields(path: str) -> Iterable[str]:
    return [name for name in POSSIBLE if _is_in(name, path)] if path in GROUPS else [path]


def _is_in(name: str, group: str) -> bool:
    return name.startswith(f"{group}.")
