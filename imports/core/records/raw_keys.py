"""Read whom values mean that make no record: a record that fails is somebody's all the same."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from accounts.identifiers import E164, normalise_email, normalise_phone
from imports.core.records.keys import Key, login_key, username_key

# What the database cannot hold nobody has.
UNSTORABLE = "\0"


def list_readable_keys(
    values: Mapping[str, Any], unique_attributes: Collection[str], *, has_made_id: bool
) -> tuple[Key, ...]:
    """Return every value that can be read of those that only one user may have.

    `values` are nested like a record and not validated: whatever has another shape than it should
    is passed over. Values that equal a user's compare equal to theirs. A subject id that was made
    counts only beside another value: what it was made from may not be readable.
    """
    profile = _get_part(values, "profile")
    authenticators = _get_part(values, "authenticators")
    found = [
        *(Key("subject_id", text) for text in _read_texts(values.get("subject_id"))),
        *(username_key(text) for text in _read_texts(profile.get("username"))),
        *(Key("email", address) for address in _list_emails(profile, authenticators)),
        *_list_phones(profile, authenticators),
        *_list_logins(authenticators.get("external_logins")),
        *_list_passkeys(authenticators.get("passkeys")),
        *_list_attributes(_get_part(profile, "attributes"), unique_attributes),
    ]
    keys = tuple(dict.fromkeys(found))
    return () if has_made_id and len(keys) == 1 else keys


def _get_part(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = values.get(name)
    return part if isinstance(part, Mapping) else {}


def _list_parts(value: Any) -> Iterator[Mapping[str, Any]]:
    yield from (each for each in _as_list(value) if isinstance(each, Mapping))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _read_texts(value: Any) -> Iterator[str]:
    for each in _as_list(value):
        if isinstance(each, str | int) and not isinstance(each, bool):
            text = str(each).strip()
            if text and UNSTORABLE not in text:
                yield text


def _list_emails(profile: Mapping[str, Any], authenticators: Mapping[str, Any]) -> Iterator[str]:
    further = [each.get("email") for each in _list_parts(profile.get("emails"))]
    verified = [each.get("value") for each in _list_parts(authenticators.get("verified_addresses"))]
    for value in (profile.get("email"), *_as_list(profile.get("emails")), *further, *verified):
        for address in map(normalise_email, _read_texts(value)):
            name, at, domain = address.rpartition("@")
            if at and name and domain:
                yield address


def _list_phones(profile: Mapping[str, Any], authenticators: Mapping[str, Any]) -> Iterator[Key]:
    verified = [each.get("value") for each in _list_parts(authenticators.get("verified_addresses"))]
    for value in (profile.get("phone"), *verified):
        for number in map(normalise_phone, _read_texts(value)):
            if E164.fullmatch(number):
                yield Key("phone", number)


def _list_logins(value: Any) -> Iterator[Key]:
    for each in _list_parts(value):
        for provider in _read_texts(each.get("provider")):
            yield from (login_key(provider, uid) for uid in _read_texts(each.get("subject")))


def _list_passkeys(value: Any) -> Iterator[Key]:
    for each in _list_parts(value):
        yield from (Key("passkey", text) for text in _read_texts(each.get("credential_id")))


def _list_attributes(values: Mapping[str, Any], unique: Collection[str]) -> Iterator[Key]:
    for name in sorted(values.keys() & set(unique)):
        yield from (Key(f"attribute:{name}", text) for text in _read_texts(values[name]))
