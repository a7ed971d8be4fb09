"""Say which existing user a record means, by the key that its job matches users by."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypedDict

from accounts.identifiers import fold_username
from imports.core.planning.conflicts import PolicyError
from imports.core.planning.plans import ExistingUser, Snapshot
from imports.core.records.facts import is_phone_verified
from imports.core.records.keys import Key, collect_emails, get_field, get_key_label, login_key
from imports.core.records.records import UserImportRecord

SUBJECT_ID, EMAIL, USERNAME, PHONE, LOGIN = MATCHING_KEYS = (
    "subject_id",
    "email",
    "username",
    "phone",
    "external_login",
)
ATTRIBUTE = "attribute:"
# What is not verified where the first says whether it is here, the second whether in the file.
UNVERIFIED: Mapping[tuple[bool, bool], str] = {
    (True, False): "not verified in the file",
    (False, True): "not verified here",
    (False, False): "verified neither here nor in the file",
}


def check_matching_key(matching_key: str, unique_attributes: Collection[str]) -> None:
    """Raise PolicyError, with the keys that there are, if users cannot be matched by this one."""
    possible = list_matching_keys(unique_attributes)
    if matching_key not in possible:
        raise PolicyError(
            f"Users cannot be matched by “{matching_key}”. Possible: {', '.join(possible)}."
        )


def list_matching_keys(unique_attributes: Collection[str]) -> list[str]:
    """Return every key by which users can be matched."""
    return [*MATCHING_KEYS, *(f"{ATTRIBUTE}{name}" for name in sorted(unique_attributes))]


class MatchCount(TypedDict):
    """How many records have a value of a matching key, and how many of those have a user."""

    key: str
    values: int
    users: int


def propose_matching_key(
    matches: Sequence[MatchCount], present: str = SUBJECT_ID
) -> MatchCount | None:
    """Return the entry of the key by which most records of a dry run have a user.

    None if that is the present one, or no better.
    """
    best = max(matches, key=lambda each: each["users"], default=None)
    now = next((each["users"] for each in matches if each["key"] == present), 0)
    return best if best is not None and best["users"] > now else None


def label_matching_key(matching_key: str) -> str:
    """Return what people call a matching key."""
    return get_key_label(_get_kind(matching_key))


def get_matched_field(matching_key: str) -> str:
    """Return the target field whose value matches."""
    return get_field(_get_kind(matching_key))


def list_match_keys(record: UserImportRecord, matching_key: str) -> list[Key]:
    """Return the values of a record by which its user is looked for; none if it has none.

    Of a kind of which people have several, only one of the user's counts: the main e-mail address,
    and the external login that they had first. So no two records of a file mean one user without
    sharing a value, which the search for duplicates finds.
    """
    profile = record.profile
    if matching_key == LOGIN:
        logins = record.authenticators.external_logins
        return [login_key(login.provider, login.subject) for login in logins]
    if matching_key.startswith(ATTRIBUTE):
        value = profile.attributes.get(matching_key.removeprefix(ATTRIBUTE))
        return [] if value is None else [Key(matching_key, str(value))]
    value = {
        SUBJECT_ID: record.subject_id,
        EMAIL: profile.email,
        USERNAME: fold_username(profile.username) if profile.username else None,
        PHONE: profile.phone,
    }[matching_key]
    return [Key(matching_key, value)] if value else []


def find_match(
    record: UserImportRecord, snapshot: Snapshot, matching_key: str
) -> ExistingUser | None:
    """Return the user whom the record means; None for nobody, and where it could be several."""
    if matching_key == SUBJECT_ID:
        return snapshot.users.get(record.subject_id)
    keys = list_match_keys(record, matching_key)
    found = {snapshot.matches[key] for key in keys if key in snapshot.matches}
    return snapshot.users.get(found.pop()) if len(found) == 1 else None


def find_unverified(record: UserImportRecord, existing: ExistingUser, matching_key: str) -> str:
    """Return where the value that matched is not verified, in words; empty if it is, or need not.

    Whoever can enter an address that is not theirs, here or in the source system, would otherwise
    get the account of its owner, or what the owner's record brings.
    """
    if matching_key == EMAIL and record.profile.email:
        email = record.profile.email
        here, there = existing.emails.get(email, False), collect_emails(record)[email]
    elif matching_key == PHONE:
        here, there = bool(existing.profile["phone_verified"]), is_phone_verified(record)
    else:
        return ""
    return UNVERIFIED.get((here, there), "")


def _get_kind(matching_key: str) -> str:
    return "login" if matching_key == LOGIN else matching_key
