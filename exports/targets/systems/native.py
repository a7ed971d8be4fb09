"""Userferry's own record format: what another Userferry imports, and exports again byte for byte.

The database server writes the profile as JSON text: a Python object for each value would cost more
than all the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from django.db.models.expressions import RawSQL

from accounts.authenticators import passkeys, recovery_codes, totp
from accounts.encryption import DecryptionError
from exports.engine.passwords import present_password
from exports.engine.portions import UNREADABLE, Login, Portion, Tally
from exports.targets.contract import Context, Shape, Target, Write
from imports.core.records.facts import EXPIRED
from imports.core.records.user_columns import PROFILE_COLUMNS, TIMESTAMP, ProfileColumn

TABLE = "accounts_user"
# The widths that a record has room for; what other sign-ins left can be longer.
NAME_LENGTH = 200
# Of users with one address, as nearly all are.
MAIN_ALONE = {True: ',"email_verified":true', False: ',"email_verified":false'}
# Different sets of groups and roles whose text is kept: most users share theirs with others.
MEMBERSHIPS_KEPT = 4096


def _write_member(name: str, column: ProfileColumn) -> str:
    """Return SQL for the text of a member with a comma before it, NULL for what is absent."""
    place = f"{TABLE}.{column.column}"
    if column.field == "last_login":
        # What the source system said of it, and what happened here: the later counts.
        place = f"GREATEST({TABLE}.last_login, {place})"
    member = f"',\"{name}\":' || to_json({place})"
    if column.goes_with:
        return f"CASE WHEN {TABLE}.{column.goes_with} IS NOT NULL THEN {member} END"
    return f"CASE WHEN {place} <> '' THEN {member} END" if column.blank == "" else f"({member})"


def _write_profile() -> str:
    """Return SQL for the text of a record up to its last member of the profile."""
    updated = ProfileColumn("updated_at", "updated_at", TIMESTAMP)
    members = [_write_member(each.field, each) for each in (*PROFILE_COLUMNS, updated)]
    attributes = f"{TABLE}.attributes"
    members.append(
        f"CASE WHEN {attributes} <> '{{}}' THEN ',\"attributes\":' || {attributes}::text END"
    )
    # concat() takes NULL for nothing; every record has a member, whose comma goes.
    profile = f"substr(concat({', '.join(members)}), 2)"
    return f"concat('{{\"subject_id\":', to_json({TABLE}.subject_id), ',\"profile\":{{', {profile})"


def make_writer(context: Context) -> Write:
    """Return what writes each user of a portion as the text of a record."""
    write_memberships = _keep_memberships(context)

    def write(portion: Portion) -> list[str]:
        emails, logins = portion.emails, portion.logins
        groups, roles, nothing = portion.groups, portion.roles, ()
        lines = []
        for user_id, email, head, *credentials in portion.users:
            authenticators: list[str] = []
            if credentials:
                kept = portion.authenticators.get(user_id, nothing)
                password, expires_at = credentials
                authenticators += _write_credentials(password, expires_at, kept, context.tally)
            if user_id in logins:
                authenticators.append(_write_logins(logins[user_id]))
            proofs = f',"authenticators":{{{",".join(authenticators)}}}' if authenticators else ""
            addresses = _write_emails(email, emails.get(user_id, nothing))
            memberships = write_memberships(
                groups.get(user_id, nothing), roles.get(user_id, nothing)
            )
            lines.append(f"{head}{addresses}}}{proofs}{memberships}}}")
        return lines

    return write


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


def _write_emails(primary: str | None, addresses: Sequence[tuple[str, bool]]) -> str:
    """Return whether the primary address is verified, and the further ones in their order."""
    if len(addresses) == 1 and addresses[0][0] == primary:
        return MAIN_ALONE[addresses[0][1]]
    verified = {address for address, is_verified in addresses if is_verified}
    text = "" if primary is None else f',"email_verified":{_dumps(primary in verified)}'
    further = sorted(address for address, _ in addresses if address != primary)
    if further:
        listed = [{"email": each, "verified": each in verified} for each in further]
        text += f',"emails":{_dumps(listed)}'
    return text


def _write_logins(logins: Iterable[Login]) -> str:
    listed = []
    for provider, subject, name in sorted(logins):
        login = {"provider": provider, "subject": subject}
        if shown := name.strip()[:NAME_LENGTH].rstrip():
            login["display_name"] = shown
        listed.append(login)
    return f'"external_logins":{_dumps(listed)}'


def _keep_memberships(
    context: Context,
) -> Callable[[tuple[int, ...], tuple[int, ...]], str]:
    """Return what writes groups and roles, which keeps the texts of sets that many users have."""

    @lru_cache(MEMBERSHIPS_KEPT)
    def write(groups: tuple[int, ...], roles: tuple[int, ...]) -> str:
        named = (("groups", groups, context.group_keys), ("roles", roles, context.role_keys))
        members = [
            f'"{name}":{_dumps(sorted(keys[each] for each in ids))}'
            for name, ids, keys in named
            if ids
        ]
        return f',"memberships":{{{",".join(members)}}}' if members else ""

    return write


def _write_credentials(
    stored: str,
    expires_at: datetime | None,
    kept: Iterable[tuple[str, dict[str, Any]]],
    tally: Tally,
) -> Iterator[str]:
    """Yield password, authenticator app, recovery codes and passkeys, as far as there are any."""
    if password := _describe_password(stored, expires_at, tally):
        yield f'"password":{_dumps(password)}'
    found: dict[str, list[Any]] = {}
    for kind, data in kept:
        try:
            found.setdefault(kind, []).append(READERS[kind](data))
        except (DecryptionError, ValueError, KeyError):
            tally.excluded[UNREADABLE] += 1
    for app in found.get("totp", ()):
        yield f'"totp":{_dumps(app)}'
    for codes in filter(None, found.get("recovery_codes", ())):
        yield f'"recovery_codes":{_dumps(codes)}'
    if keys := found.get("webauthn"):
        yield f'"passkeys":{_dumps(sorted(keys, key=lambda key: key["credential_id"]))}'


READERS: Mapping[str, Callable[[dict[str, Any]], Any]] = {
    "totp": totp.read_data,
    "recovery_codes": recovery_codes.list_unused_codes,
    "webauthn": passkeys.read_data,
}


def _describe_password(stored: str, expires_at: datetime | None, tally: Tally) -> dict[str, Any]:
    """Return the password of a record; empty for none."""
    password: dict[str, Any] = {}
    if presented := present_password(stored, tally):
        password = {"hash": presented.value, "format": presented.format_id}
        if presented.params:
            password["params"] = presented.params
    if expires_at == EXPIRED:
        password["must_change"] = True
    elif expires_at is not None:
        password["expires_at"] = expires_at.isoformat()
    return password


TARGET = Target(
    name="native",
    label="Userferry record format",
    help_text="For another Userferry, and to keep: all that an import can bring back.",
    shapes={
        "ndjson": Shape("NDJSON, a record in each line", "application/x-ndjson", "ndjson"),
        "json": Shape(
            "JSON array",
            "application/json",
            "json",
            opening="[\n",
            separator=",\n",
            closing="\n]\n",
            empty="[]\n",
        ),
    },
    columns=("email", RawSQL(_write_profile(), ())),  # noqa: S611 - of the names of columns
    parts=frozenset({"emails", "logins", "groups", "roles"}),
    credential_columns=("password", "password_expires_at"),
    make_writer=make_writer,
    lacks=(
        "The name of the source system. Export by source, and import with the same name.",
        "Other subject ids of users whose rows were joined, and which import wrote them.",
        "When an authenticator or external login was added, and when it was last used.",
    ),
)
