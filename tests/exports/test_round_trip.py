"""What is exported, imported into an empty store and exported again has the same bytes."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import AttributeDefinition, Group, Role, User
from tests.exports.exporting import delete_users, export, export_records
from tests.fixtures.make_golden import find_golden, list_fixtures
from tests.imports.conftest import create_job, list_statuses, run_to_the_end
from tests.imports.engine.strategies import PUBLIC_KEY

ATTRIBUTES = {
    "team": "string",
    "level": "integer",
    "rate": "decimal",
    "remote": "boolean",
    "born": "date",
    "seen": "datetime",
    "tags": "list",
    "address": "object",
}
HASHES: list[dict[str, Any]] = [
    {"hash": "$2b$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr."},
    {"hash": "pbkdf2_sha256$1000$salt$1v+I1MqqjNJ7yVMCvzhxMYKTR8bpfm8NWOGNn1vEyCA="},
    {
        "hash": "5f4dcc3b5aa765d61d8327deb882cf99",
        "format": "digest",
        "params": {"algorithm": "md5", "salt": "x&y=z %+", "salt_position": "suffix"},
    },
]
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20
)
DATES = st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat)
FLAGS = st.booleans()
CREATED = ("created", "")
JSON = st.recursive(
    st.none() | FLAGS | st.integers(-(2**53), 2**53) | st.floats(-1e15, 1e15) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)


def some(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=members)


PROFILES = some(
    given_name=TEXTS,
    family_name=TEXTS,
    display_name=TEXTS,
    locale=st.sampled_from(["en-GB", "de"]),
    zoneinfo=st.just("Europe/Berlin"),
    picture=st.just("https://example.com/a?b=c&d"),
    active=FLAGS,
    email_verified=FLAGS,
    phone_verified=FLAGS,
    created_at=DATES,
    last_login=DATES,
    updated_at=DATES,
    attributes=some(
        team=TEXTS,
        level=st.integers(),
        rate=st.decimals(allow_nan=False, allow_infinity=False).map(str),
        remote=FLAGS,
        born=st.dates().map(str),
        seen=DATES,
        tags=st.lists(JSON, max_size=3),
        address=st.dictionaries(TEXTS, JSON, max_size=3),
    ),
)
CODES = st.lists(TEXTS.filter(str.strip), min_size=1, max_size=3)
AUTHENTICATORS = some(
    password=st.builds(
        lambda known, more: {**known, **more},
        st.sampled_from([*HASHES, {}]),
        some(expires_at=DATES, must_change=FLAGS),
    ),
    totp=st.builds(
        lambda more: {"secret": "JBSWY3DPEHPK3PXP", **more},
        some(
            name=TEXTS,
            digits=st.sampled_from([6, 7, 8]),
            period=st.integers(10, 300),
            algorithm=st.sampled_from(["SHA1", "SHA256", "SHA512"]),
        ),
    ),
    recovery_codes=CODES,
)
PASSKEY = some(
    sign_count=st.integers(0, 2**32 - 1),
    aaguid=st.uuids().map(str),
    backup_eligible=FLAGS,
    backed_up=FLAGS,
    name=TEXTS,
)
# Which of the values that only one user can have somebody has.
HAVING = some(username=FLAGS, email=FLAGS, phone=FLAGS, further=FLAGS, login=FLAGS, passkey=PASSKEY)
KEYS = st.lists(st.sampled_from(["staff", "/eu/ü", "a;b, c|d"]), unique=True, max_size=3)
USERS = st.lists(st.tuples(PROFILES, AUTHENTICATORS, HAVING, KEYS, KEYS), min_size=1, max_size=8)


def make_records(people: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Return records of people who collide in nothing."""
    return [_make_record(number, *each) for number, each in enumerate(people)]


def _make_record(
    number: int,
    profile: dict[str, Any],
    authenticators: dict[str, Any],
    having: dict[str, Any],
    groups: list[str],
    roles: list[str],
) -> dict[str, Any]:
    profile, authenticators = {**profile}, {**authenticators}
    named = {
        "username": f"Ünser{number}",
        "email": f"u{number}@example.com",
        "phone": f"+4416329600{number:02}",
    }
    profile |= {name: value for name, value in named.items() if having.get(name)}
    if having.get("further"):
        profile["emails"] = [
            {"email": f"{letter}{number}@example.org", "verified": letter == "b"}
            for letter in "cba"
        ]
    if having.get("login"):
        authenticators["external_logins"] = [
            {"provider": "google", "subject": f"g{number}", "display_name": "Ann \\ “B”"},
            {"provider": "apple", "subject": f"a{number}"},
        ]
    if "passkey" in having:
        key = {"credential_id": f"AQ{number:02}", "public_key": PUBLIC_KEY}
        authenticators["passkeys"] = [{**key, **having["passkey"]}]
    return {
        "subject_id": f"Id {number} ß",
        "profile": profile,
        "authenticators": authenticators,
        "memberships": {"groups": groups, "roles": roles},
    }


class RollBack(Exception):
    """Ends an example and takes back what it wrote."""


def prepare_store() -> None:
    for name, kind in ATTRIBUTES.items():
        AttributeDefinition.objects.create(name=name, type=kind, unique=name == "level")
    for key in ("staff", "/eu/ü", "a;b, c|d"):
        Group.objects.create(key=key)
        Role.objects.create(key=key)


def import_all(
    content: bytes, operator: User, name: str = "users.ndjson"
) -> Counter[tuple[str, str]]:
    """Import a file and return how many records have each status, and why."""
    job = create_job(content, actor=operator, name=name, chunk_rows=100)
    run_to_the_end(job)
    return Counter((status, reason) for _, status, reason in list_statuses(job))


@pytest.mark.django_db
@given(people=USERS)
@settings(
    max_examples=10,
    deadline=None,
    # Each example imports twice: to make one smaller would take minutes.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_an_export_of_what_was_exported_has_the_same_bytes(
    operator: User, people: list[tuple[Any, ...]]
) -> None:
    try:
        with transaction.atomic():
            prepare_store()
            records = make_records(people)
            statuses = import_all(b"\n".join(map(orjson.dumps, records)), operator)
            first = export(operator, with_credentials=True)
            assert set(statuses) == {CREATED}
            delete_users()

            assert set(import_all(first, operator)) == {CREATED}
            assert export(operator, with_credentials=True) == first
            raise RollBack
    except RollBack:
        pass


def test_records_of_every_fixture_come_back_with_the_same_bytes(operator: User) -> None:
    rows = [
        row
        for path in list_fixtures()
        for row in json.loads(find_golden(path).read_text("utf-8"))["rows"]
    ]
    records = [row["record"] for row in rows if row["record"]]
    for model, name in ((Group, "groups"), (Role, "roles")):
        named = (record.get("memberships", {}).get(name, ()) for record in records)
        model.objects.bulk_create(model(key=key) for key in {key for keys in named for key in keys})
    names = {name for record in records for name in record.get("profile", {}).get("attributes", ())}
    AttributeDefinition.objects.bulk_create(AttributeDefinition(name=name) for name in names)
    created = import_all(b"\n".join(map(orjson.dumps, records)), operator)[CREATED]
    first = export(operator, with_credentials=True)
    delete_users()

    assert created > 100
    assert import_all(first, operator) == {CREATED: created}
    assert export(operator, with_credentials=True) == first
    assert first.count(b"\n") == created


def test_a_json_array_comes_back_with_the_same_bytes(operator: User) -> None:
    import_all(orjson.dumps([{"subject_id": "a"}, {"subject_id": "b"}]), operator, "users.json")
    first = export(operator, shape="json")
    delete_users()

    import_all(first, operator, "users.json")

    assert [record["subject_id"] for record in json.loads(first)] == ["a", "b"]
    assert export(operator, shape="json") == first


def test_recovery_codes_made_here_go_on_working(operator: User) -> None:
    user = User.objects.create_user(subject_id="a")
    codes = RecoveryCodes.activate(user)
    used, *unused = codes.get_unused_codes()
    codes.validate_code(used)

    [record] = export_records(operator, with_credentials=True)

    assert record["authenticators"]["recovery_codes"] == unused


def test_passkeys_made_here_lose_nothing_that_a_record_has(operator: User) -> None:
    made = {"credential_id": "AQID", "public_key": PUBLIC_KEY, "algorithm": -7, "name": "Key"}
    record = {"subject_id": "a", "authenticators": {"passkeys": [{**made, "sign_count": 7}]}}
    import_all(orjson.dumps(record), operator)
    stored = Authenticator.objects.get()
    stored.data["credential"]["clientExtensionResults"] = {"credProps": {"rk": True}}
    stored.save()

    [exported] = export_records(operator, with_credentials=True)

    assert exported["authenticators"]["passkeys"] == [{**made, "sign_count": 7}]
