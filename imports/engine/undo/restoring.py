"""Give users that an import changed back what they were before."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from allauth.mfa.models import Authenticator
from django.db import connection

from accounts import encryption
from accounts.models import AttributeDefinition, UniqueAttributeValue, User
from imports.core.planning.before_images import ATTRIBUTES, PASSWORD, BeforeImage
from imports.core.records.facts import claim_attributes
from imports.core.records.user_columns import COLUMN_OF_FIELD, KINDS
from imports.engine.copying import copy_rows

PURPOSE = b"import before-image"


def pack_image(image: BeforeImage) -> bytes:
    """Return an image encrypted, as it is kept with its record."""
    return encryption.encrypt(orjson.dumps(image), purpose=PURPOSE)


def unpack_image(stored: bytes) -> BeforeImage:
    """Return the image that `pack_image` was given, or raise DecryptionError."""
    image: BeforeImage = orjson.loads(encryption.decrypt(stored, purpose=PURPOSE))
    return image


def restore_users(images: Mapping[int, BeforeImage]) -> None:
    """Give users back what their images hold, in the transaction that is open.

    A password that its user has set here since stays. Raises IntegrityError when somebody else
    has taken one of the values meanwhile.
    """
    if not images:
        return
    _remove_added(images)
    _return_lost(images)
    own = set(
        User.objects.filter(pk__in=list(images), password_changed_at__isnull=False).values_list(
            "pk", flat=True
        )
    )
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for user_id, image in images.items():
        kept = {PASSWORD} if user_id in own else set()
        groups[tuple(name for name in image["values"] if name not in kept)].append(user_id)
    for names, user_ids in groups.items():
        _restore_columns(names, {user_id: images[user_id] for user_id in user_ids})
    _restore_claims(images)
    _restore_authenticators(images)


def _restore_columns(names: Sequence[str], images: Mapping[int, BeforeImage]) -> None:
    """Write the same columns of many users back in one statement."""
    columns = [COLUMN_OF_FIELD.get(name, name) for name in names]
    kinds = [KINDS[column] for column in columns]
    arrays = ", ".join(["%s::bigint[]", "%s::timestamptz[]", *(f"%s::{kind}[]" for kind in kinds)])
    assignments = ", ".join(f"{column} = v.{column}" for column in ["updated_at", *columns])
    statement = (
        f"UPDATE accounts_user u SET {assignments} FROM"  # noqa: S608
        f" unnest({arrays}) AS v({', '.join(['id', 'updated_at', *columns])}) WHERE u.id = v.id"
    )
    values = [[_read_old(image, name) for image in images.values()] for name in names]
    _execute(statement, [list(images), [each["updated_at"] for each in images.values()], *values])


def _read_old(image: BeforeImage, name: str) -> Any:
    old = image["values"][name][0]
    return json.dumps(old) if name == ATTRIBUTES else old


def _remove_added(images: Mapping[int, BeforeImage]) -> None:
    for kind, statement in REMOVALS.items():
        pairs = [
            (user_id, each)
            for user_id, image in images.items()
            for each in _as_list(image["added"].get(kind))
        ]
        if pairs:
            ids, values = [user_id for user_id, _ in pairs], [value for _, value in pairs]
            if kind == "logins":
                _execute(statement, [ids, *map(list, zip(*values, strict=True))])
            else:
                _execute(statement, [ids, values])


def _as_list(value: Any) -> list[Any]:
    """Return what was added of a kind; of a kind that one can only have one of, a flag."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


# By what was added: the statement that takes it away again, from users and values side by side.
REMOVALS = {
    "emails": "DELETE FROM account_emailaddress e USING unnest(%s::bigint[], %s::text[])"
    " AS v(user_id, value) WHERE e.user_id = v.user_id AND e.email = v.value",
    "verified": "UPDATE account_emailaddress e SET verified = FALSE"
    " FROM unnest(%s::bigint[], %s::text[]) AS v(user_id, value)"
    " WHERE e.user_id = v.user_id AND e.email = v.value",
    "logins": "DELETE FROM socialaccount_socialaccount s"
    " USING unnest(%s::bigint[], %s::text[], %s::text[]) AS v(user_id, provider, uid)"
    " WHERE s.user_id = v.user_id AND s.provider = v.provider AND s.uid = v.uid",
    "totp": "DELETE FROM mfa_authenticator a USING unnest(%s::bigint[], %s::boolean[])"
    " AS v(user_id, value) WHERE a.user_id = v.user_id AND a.type = 'totp'",
    "recovery_codes": "DELETE FROM mfa_authenticator a USING unnest(%s::bigint[], %s::boolean[])"
    " AS v(user_id, value) WHERE a.user_id = v.user_id AND a.type = 'recovery_codes'",
    "passkeys": "DELETE FROM mfa_authenticator a USING unnest(%s::bigint[], %s::text[])"
    " AS v(user_id, value) WHERE a.user_id = v.user_id AND a.type = 'webauthn'"
    " AND a.data #>> '{credential,id}' = v.value",
    "groups": "DELETE FROM accounts_groupmembership m USING unnest(%s::bigint[], %s::bigint[])"
    " AS v(user_id, value) WHERE m.user_id = v.user_id AND m.group_id = v.value",
    "roles": "DELETE FROM accounts_roleassignment m USING unnest(%s::bigint[], %s::bigint[])"
    " AS v(user_id, value) WHERE m.user_id = v.user_id AND m.role_id = v.value",
    "other_ids": "DELETE FROM imports_othersubjectid o USING unnest(%s::bigint[], %s::text[])"
    " AS v(user_id, value) WHERE o.user_id = v.user_id AND o.subject_id = v.value",
}


def _return_lost(images: Mapping[int, BeforeImage]) -> None:
    """Give back addresses and memberships that were taken away, and are still there to be had."""
    for kind, statement in RETURNS.items():
        rows = [
            (user_id, *(each if isinstance(each, list) else [each]))
            for user_id, image in images.items()
            for each in image.get("lost", {}).get(kind, ())
        ]
        if rows:
            _execute(statement, map(list, zip(*rows, strict=True)))
    _restore_primary(images)


# By what was taken away: the statement that gives it back.
RETURNS = {
    "emails": 'INSERT INTO account_emailaddress (user_id, email, verified, "primary")'
    " SELECT v.*, FALSE FROM unnest(%s::bigint[], %s::text[], %s::boolean[])"
    " AS v(user_id, email, verified) WHERE NOT EXISTS (SELECT FROM account_emailaddress e"
    " WHERE e.user_id = v.user_id AND e.email = v.email)",
    "groups": "INSERT INTO accounts_groupmembership (user_id, group_id, created_at)"
    " SELECT v.user_id, g.id, now() FROM unnest(%s::bigint[], %s::bigint[])"
    " AS v(user_id, value) JOIN accounts_group g ON g.id = v.value ON CONFLICT DO NOTHING",
    "roles": "INSERT INTO accounts_roleassignment (user_id, role_id, created_at)"
    " SELECT v.user_id, r.id, now() FROM unnest(%s::bigint[], %s::bigint[])"
    " AS v(user_id, value) JOIN accounts_role r ON r.id = v.value ON CONFLICT DO NOTHING",
}


def _restore_primary(images: Mapping[int, BeforeImage]) -> None:
    """Make the address that was the primary one the primary one again."""
    moved = {
        user_id: image["values"]["email"][0]
        for user_id, image in images.items()
        if "email" in image["values"]
    }
    if not moved:
        return
    _execute(
        'UPDATE account_emailaddress SET "primary" = FALSE WHERE user_id = ANY(%s) AND "primary"',
        [list(moved)],
    )
    _execute(
        'UPDATE account_emailaddress e SET "primary" = TRUE'
        " FROM unnest(%s::bigint[], %s::text[]) AS v(user_id, email)"
        " WHERE e.user_id = v.user_id AND e.email = v.email",
        [list(moved), list(moved.values())],
    )


def _restore_claims(images: Mapping[int, BeforeImage]) -> None:
    """Claim the unique attribute values of before, in place of those of the import."""
    changed = {user_id: image for user_id, image in images.items() if image["claims"]}
    if not changed:
        return
    definitions = dict(AttributeDefinition.objects.filter(unique=True).values_list("name", "id"))
    pairs = [
        (user_id, definitions[name])
        for user_id, image in changed.items()
        for name in image["claims"]
        if name in definitions
    ]
    _execute(
        "DELETE FROM accounts_uniqueattributevalue c"
        " USING unnest(%s::bigint[], %s::bigint[]) AS v(user_id, definition_id)"
        " WHERE c.user_id = v.user_id AND c.definition_id = v.definition_id",
        [[user_id for user_id, _ in pairs], [definition for _, definition in pairs]],
    )
    rows = [
        (user_id, definitions[name], value)
        for user_id, image in changed.items()
        for name, value in _claim_old(image, definitions).items()
    ]
    if rows:
        copy_rows(UniqueAttributeValue, ("user_id", "definition_id", "value"), rows)


def _restore_authenticators(images: Mapping[int, BeforeImage]) -> None:
    """Bring back what was replaced; what replaced it was taken away before."""
    rows = [
        (user_id, kind, json.dumps(data) if not isinstance(data, str) else data, created, used)
        for user_id, image in images.items()
        for kind, data, created, used in image["removed"]
    ]
    if rows:
        columns = ("user_id", "type", "data", "created_at", "last_used_at")
        copy_rows(Authenticator, columns, rows)


def _claim_old(image: BeforeImage, definitions: Mapping[str, int]) -> dict[str, str]:
    old = image["values"][ATTRIBUTES][0]
    held = {name: old[name] for name in image["claims"] if name in old}
    return claim_attributes(held, frozenset(definitions))


def _execute(statement: str, parameters: Iterable[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(parameters))
