"""Says for each field of an existing user whether what a file has replaces what the user has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from imports.core.planning.conflicts import PolicyError
from imports.core.records.user_columns import VALUE_FIELDS

ATTRIBUTES = "profile.attributes"


class FieldPolicy(StrEnum):
    """What an update does with a field that the file has."""

    OVERWRITE = "overwrite"
    FILL = "fill"
    NEWER = "newer"
    UNION = "union"
    KEEP = "keep"
    UNLESS_USED = "unless_used"


P = FieldPolicy
POLICY_LABELS: Mapping[FieldPolicy, str] = {
    P.OVERWRITE: "Overwrite",
    P.FILL: "Fill only what is empty",
    P.NEWER: "Newer wins",
    P.UNION: "Add to what there is",
    P.KEEP: "Never touch",
    P.UNLESS_USED: "Overwrite until they sign in here",
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
    if policy is P.FILL:
        return is_empty
    if policy is P.NEWER:
        return is_newer
    return policy is not P.KEEP


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
