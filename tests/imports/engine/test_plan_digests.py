"""What an approval covers is every field of a plan, but for those that say why not."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from imports.core.planning.plans import Action, Change, Plan
from imports.core.problems import Problem
from imports.core.records.records import TOTP, ExternalLogin, Passkey
from imports.engine.plan_digests import COVERED, EXCUSED, pack_plans

AT = datetime(2024, 5, 31, tzinfo=UTC)
PLAN = Plan(5, Action.CREATE, "u1")
OTHER: dict[str, Any] = {
    "user_id": 7,
    "profile": {"locale": "de"},
    "updated_at": AT,
    "attributes": {"team": "a"},
    "claimed_attributes": {"badge": "1"},
    "password": "bcrypt$x",
    "plaintext": "x",
    "password_expires_at": AT,
    "primary_email": "a@example.com",
    "new_emails": {"a@example.com": True},
    "verified_emails": ["a@example.com"],
    "logins": [ExternalLogin(provider="google", subject="9")],
    "totp": TOTP(secret="GEZDGNBVGY3TQOJQ"),
    "recovery_codes": ["12345678"],
    "replaced_authenticators": ["totp"],
    "passkeys": [Passkey.model_construct(credential_id="abc")],
    "group_ids": [1],
    "role_ids": [1],
    "other_ids": ["g1"],
    "cleared": {"phone": None},
    "released_attributes": ["badge"],
    "lost_emails": ["a@example.com"],
    "lost_group_ids": [1],
    "lost_role_ids": [1],
    "changes": [Change("profile.locale", "en", "de")],
    "problems": [Problem("unchanged")],
    "stops": True,
}


def test_every_field_of_a_plan_is_covered_or_excused() -> None:
    names = [field.name for field in fields(Plan)]

    assert sorted([*COVERED, *EXCUSED]) == sorted(names)


@pytest.mark.parametrize("name", COVERED)
def test_change_of_a_covered_field_is_seen(name: str) -> None:
    changed = replace(PLAN, **{name: OTHER[name]})

    assert pack_plans([changed], b"salt") != pack_plans([PLAN], b"salt")


def test_approval_holds_no_secret_by_which_one_could_be_guessed() -> None:
    one, other = replace(PLAN, plaintext="x"), replace(PLAN, plaintext="y")

    assert pack_plans([one], b"salt") == pack_plans([other], b"salt")
