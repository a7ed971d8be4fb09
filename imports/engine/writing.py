"""Carry out plans set by set: COPY for new rows, one statement a table for changed ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import connection

from accounts.authenticators import passkeys, recovery_codes, totp
from accounts.models import AttributeDefinition, UniqueAttributeValue
from accounts.passwords.sealing import store_passwords
from imports.core.planning.plans import Action, Plan
from imports.core.records.user_columns import CLEARABLE, COLUMN_OF_FIELD, PROFILE_COLUMNS
from imports.engine.columns.inserting import (
    NO_ATTRIBUTES,
    NewUsers,
    insert_emails,
    insert_logins,
    insert_memberships,
    insert_users,
)
from imports.engine.columns.updating import update_users
from imports.engine.copying import copy_rows
from imports.models import OtherSubjectId


def write_plans(plans: Sequence[Plan], now: datetime, source: str) -> None:
    """Write everything that the plans say; sets the ids of the users that were created.

    `source` is the name of the system that new users come from.

    Runs in the transaction that is open. Raises IntegrityError when somebody else took one of
    the values since the snapshot.
    """
    creates = [plan for plan in plans if plan.action is Action.CREATE]
    updates = [plan for plan in plans if plan.action is Action.UPDATE]
    _store_plaintexts([*creates, *updates])
    if creates:
        _create_users(creates, now, source)
    if updates:
        update_users(updates, now)
        _remove_lost(updates)
    written = [*creates, *updates]
    if written:
        _add_emails(written)
        _add_logins(written, now)
        _add_authenticators(written, now)
        _add_memberships(written, now)
        _claim_attributes(written)
        _add_other_ids(written, source)


def _store_plaintexts(plans: Iterable[Plan]) -> None:
    """Replace plain passwords by what is stored of them."""
    plain = [(plan, plan.plaintext) for plan in plans if plan.plaintext is not None]
    stored = store_passwords([password for _, password in plain])
    for (plan, _), text in zip(plain, stored, strict=True):
        plan.password, plan.plaintext = text, None


def _create_users(plans: Sequence[Plan], now: datetime, source: str) -> None:
    users = NewUsers(
        subject_ids=[plan.subject_id for plan in plans],
        passwords=[plan.password for plan in plans],
        attributes=[
            json.dumps(plan.attributes) if plan.attributes else NO_ATTRIBUTES for plan in plans
        ],
        passwords_expire_at=[plan.password_expires_at for plan in plans],
        updated_at=[plan.updated_at for plan in plans],
        profile={
            each.field: [plan.profile[each.field] for plan in plans] for each in PROFILE_COLUMNS
        },
    )
    for plan, user_id in zip(plans, insert_users(users, now, source), strict=True):
        plan.user_id = user_id


def _remove_lost(plans: Sequence[Plan]) -> None:
    """Take away what users are to have no more; hardly any change says such a thing."""
    plans = [plan for plan in plans if plan.takes_away]
    if not plans:
        return
    for name, column in COLUMN_OF_FIELD.items():
        if ids := [plan.user_id for plan in plans if name in plan.cleared]:
            _execute(
                f"UPDATE accounts_user SET {column} = %s WHERE id = ANY(%s)",  # noqa: S608
                [CLEARABLE[name], ids],
            )
    for statement, read in LOST:
        pairs = [(plan.user_id, each) for plan in plans for each in read(plan)]
        if pairs:
            _execute(statement, map(list, zip(*pairs, strict=True)))


LOST: tuple[tuple[str, Callable[[Plan], Sequence[Any]]], ...] = (
    (
        "DELETE FROM account_emailaddress e USING unnest(%s::bigint[], %s::text[])"
        " AS v(user_id, email) WHERE e.user_id = v.user_id AND e.email = v.email",
        lambda plan: plan.lost_emails,
    ),
    (
        "DELETE FROM accounts_groupmembership m USING unnest(%s::bigint[], %s::bigint[])"
        " AS v(user_id, group_id) WHERE m.user_id = v.user_id AND m.group_id = v.group_id",
        lambda plan: plan.lost_group_ids,
    ),
    (
        "DELETE FROM accounts_roleassignment m USING unnest(%s::bigint[], %s::bigint[])"
        " AS v(user_id, role_id) WHERE m.user_id = v.user_id AND m.role_id = v.role_id",
        lambda plan: plan.lost_role_ids,
    ),
    (
        "DELETE FROM accounts_uniqueattributevalue c USING unnest(%s::bigint[], %s::text[])"
        " AS v(user_id, name), accounts_attributedefinition d WHERE c.user_id = v.user_id"
        " AND c.definition_id = d.id AND d.name = v.name",
        lambda plan: plan.released_attributes,
    ),
)


def _execute(statement: str, parameters: Iterable[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(parameters))


def _add_emails(plans: Sequence[Plan]) -> None:
    moved = [plan for plan in plans if plan.action is Action.UPDATE and plan.primary_email]
    with connection.cursor() as cursor:
        if moved:
            # First none, then the new one: the constraint allows one primary address at a time.
            ids = [plan.user_id for plan in moved]
            cursor.execute(
                'UPDATE account_emailaddress SET "primary" = FALSE'
                ' WHERE user_id = ANY(%s) AND "primary"',
                [ids],
            )
            cursor.execute(
                'UPDATE account_emailaddress e SET "primary" = TRUE'
                " FROM unnest(%s::bigint[], %s::text[]) AS v(user_id, email)"
                " WHERE e.user_id = v.user_id AND e.email = v.email",
                [ids, [plan.primary_email for plan in moved]],
            )
        verified = [(plan.user_id, email) for plan in plans for email in plan.verified_emails]
        if verified:
            cursor.execute(
                "UPDATE account_emailaddress e SET verified = TRUE"
                " FROM unnest(%s::bigint[], %s::text[]) AS v(user_id, email)"
                " WHERE e.user_id = v.user_id AND e.email = v.email",
                [[user_id for user_id, _ in verified], [email for _, email in verified]],
            )
    new = [
        (plan.user_id, email, is_verified, email == plan.primary_email)
        for plan in plans
        for email, is_verified in plan.new_emails.items()
    ]
    if new:
        insert_emails(*zip(*new, strict=True))


def _add_logins(plans: Sequence[Plan], now: datetime) -> None:
    insert_logins(
        (
            (plan.user_id, login.provider, login.subject, login.display_name)
            for plan in plans
            for login in plan.logins
        ),
        now,
    )


def _remove_replaced(plans: Sequence[Plan]) -> None:
    """Delete what is replaced, and keep it on the plan: an undo brings it back."""
    by_user = {plan.user_id: plan for plan in plans if plan.replaced_authenticators}
    replaced = [
        (user_id, kind)
        for user_id, plan in by_user.items()
        for kind in plan.replaced_authenticators
    ]
    if not replaced:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM mfa_authenticator a USING unnest(%s::bigint[], %s::text[])"
            " AS v(user_id, type) WHERE a.user_id = v.user_id AND a.type = v.type"
            " RETURNING a.user_id, a.type, a.data, a.created_at, a.last_used_at",
            [[user_id for user_id, _ in replaced], [kind for _, kind in replaced]],
        )
        for user_id, *authenticator in cursor.fetchall():
            by_user[user_id].removed_authenticators.append(authenticator)


def _add_authenticators(plans: Sequence[Plan], now: datetime) -> None:
    _remove_replaced(plans)
    rows = [
        (plan.user_id, kind, json.dumps(data), now)
        for plan in plans
        for kind, data in _list_authenticators(plan)
    ]
    if rows:
        copy_rows(Authenticator, ("user_id", "type", "data", "created_at"), rows)


def _list_authenticators(plan: Plan) -> Iterator[tuple[str, dict[str, Any]]]:
    if plan.totp:
        yield (
            "totp",
            totp.build_data(
                plan.totp.secret,
                name=plan.totp.name or "",
                digits=plan.totp.digits,
                period=plan.totp.period,
                algorithm=plan.totp.algorithm,
            ),
        )
    if plan.recovery_codes:
        yield "recovery_codes", recovery_codes.build_data(plan.recovery_codes)
    for passkey in plan.passkeys:
        yield (
            "webauthn",
            passkeys.build_data(
                passkey.credential_id,
                passkey.public_key,
                name=passkey.name or "",
                sign_count=passkey.sign_count,
                aaguid=passkey.aaguid or "",
                backup_eligible=passkey.backup_eligible,
                backed_up=passkey.backed_up,
            ),
        )


def _add_memberships(plans: Sequence[Plan], now: datetime) -> None:
    insert_memberships(
        ((plan.user_id, key) for plan in plans for key in plan.group_ids),
        ((plan.user_id, key) for plan in plans for key in plan.role_ids),
        now,
    )


def _add_other_ids(plans: Sequence[Plan], source: str) -> None:
    rows = [(each, plan.user_id, source) for plan in plans for each in plan.other_ids]
    if rows:
        copy_rows(OtherSubjectId, ("subject_id", "user_id", "source"), rows)


def _claim_attributes(plans: Sequence[Plan]) -> None:
    claims = [
        (plan.user_id, name, value)
        for plan in plans
        for name, value in plan.claimed_attributes.items()
    ]
    if not claims:
        return
    ids = dict(
        AttributeDefinition.objects.filter(name__in={name for _, name, _ in claims}).values_list(
            "name", "id"
        )
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM accounts_uniqueattributevalue c"
            " USING unnest(%s::bigint[], %s::bigint[]) AS v(user_id, definition_id)"
            " WHERE c.user_id = v.user_id AND c.definition_id = v.definition_id",
            [[user_id for user_id, _, _ in claims], [ids[name] for _, name, _ in claims]],
        )
    rows = [(user_id, ids[name], value) for user_id, name, value in claims]
    copy_rows(UniqueAttributeValue, ("user_id", "definition_id", "value"), rows)
