"""Undoing takes everything back, and the same file imported again gives the first result.

Random files over random users, with all that a record can carry, by random rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import replace
from typing import Any

import bcrypt
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import (
    AttributeDefinition,
    Group,
    GroupMembership,
    Role,
    RoleAssignment,
    UniqueAttributeValue,
    User,
)
from imports.core.planning.conflicts import Mode
from imports.core.planning.undo import UndoOptions
from imports.models import ImportJob, Undo
from imports.services.files import uploads
from imports.services.runs import runs
from imports.services.undo import undoing
from imports.services.undo.previews import preview_undo
from imports.states import JobState
from tests.imports.conftest import MakeJob, list_statuses
from tests.imports.engine.reference import Rules
from tests.imports.engine.strategies import RECORDS, RULES, optional
from tests.imports.engine.test_exactness import RollBack, work_through

HASHES = [bcrypt.hashpw(word, bcrypt.gensalt(4)).decode() for word in (b"first", b"second")]
KEYS = ["a", "b", "c"]
MANY = 12
EXTRAS = st.fixed_dictionaries(
    {
        "profile": st.fixed_dictionaries(
            {},
            optional={
                "email_verified": st.booleans(),
                "emails": st.lists(
                    st.sampled_from([{"email": f"more{n}@example.com"} for n in range(3)]),
                    max_size=2,
                    unique_by=lambda each: each["email"],
                ),
                "display_name": optional("A", "B"),
                "locale": optional("en-GB", "de"),
                "active": st.booleans(),
                "last_login": optional("2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
                "updated_at": optional("2023-01-01T00:00:00Z"),
            },
        ),
        "authenticators": st.fixed_dictionaries(
            {},
            optional={
                "password": st.fixed_dictionaries(
                    {"hash": st.sampled_from(HASHES)},
                    optional={"expires_at": st.just("2030-01-01T00:00:00Z")},
                ),
                "totp": st.sampled_from(
                    [{"secret": secret} for secret in ("JBSWY3DPEHPK3PXP", "KRSXG5CTMVRXEZLU")]
                ),
                "recovery_codes": st.just(["aaaa-bbbb", "cccc-dddd"]),
            },
        ),
        "memberships": st.fixed_dictionaries(
            {},
            optional={
                "groups": st.lists(st.sampled_from(KEYS), max_size=2, unique=True),
                "roles": st.lists(st.sampled_from(KEYS), max_size=2, unique=True),
            },
        ),
        "team": optional("red", "blue"),
    }
)


def enrich(
    records: Sequence[dict[str, Any]], extras: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return the records with what the reference does not know of, too."""
    enriched = deepcopy(list(records))
    for record, extra in zip(enriched, extras, strict=False):
        record["profile"] |= extra["profile"]
        record["authenticators"] |= extra["authenticators"]
        record["memberships"] = extra["memberships"]
        if extra["team"]:
            record["profile"]["attributes"] = {
                **record["profile"]["attributes"],
                "team": extra["team"],
            }
    return enriched


FILES = st.builds(enrich, RECORDS, st.lists(EXTRAS, min_size=MANY, max_size=MANY))
FULL_RULES = st.builds(
    lambda rules, again: replace(rules, conflicts={**rules.conflicts, **again}),
    RULES,
    st.fixed_dictionaries(
        {}, optional={"authenticator_exists": st.sampled_from(["skip", "overwrite", "fail"])}
    ),
)


@pytest.mark.django_db
@pytest.mark.usefixtures("keep_uploads")
@given(earlier=FILES, records=FILES, rules=FULL_RULES, chunk_rows=st.integers(1, 12))
@settings(
    max_examples=settings.default.max_examples // 4,
    suppress_health_check=[
        *settings.default.suppress_health_check,
        HealthCheck.function_scoped_fixture,
    ],
)
def test_undoing_takes_everything_back_and_running_again_gives_the_first_result(
    make_job: MakeJob,
    earlier: list[dict[str, Any]],
    records: list[dict[str, Any]],
    rules: Rules,
    chunk_rows: int,
) -> None:
    try:
        with transaction.atomic():
            prepare_store()
            run_through(make_job(earlier))
            job = make_job(records, mode=rules.mode, chunk_rows=chunk_rows)
            rules.save(job)
            before = read_exactly()
            run_through(job)
            statuses, after = list_statuses(job), read_result()
            assert preview_of(job) == expected_counts(statuses)
            if expected_counts(statuses):
                assert undo(job).counts == expected_counts(statuses)
                assert read_exactly() == before
                job.refresh_from_db()
                again = uploads.copy_job(job, actor=job.created_by)
                run_through(again)

                assert list_statuses(again) == statuses
                assert read_result() == after
            raise RollBack
    except RollBack:
        pass


def prepare_store() -> None:
    AttributeDefinition.objects.create(name="badge", unique=True)
    AttributeDefinition.objects.create(name="team")
    for key in KEYS:
        Group.objects.create(key=key)
        Role.objects.create(key=key)


def run_through(job: ImportJob) -> None:
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    work_through(job, list)
    assert job.state == JobState.COMPLETED


def undo(job: ImportJob) -> Undo:
    begun = undoing.start_undo(job, UndoOptions(), actor=job.created_by)
    undoing.work_on_undo(begun.pk)
    begun.refresh_from_db()
    return begun


def preview_of(job: ImportJob) -> dict[str, int]:
    preview = preview_undo(job, UndoOptions(), actor=job.created_by)
    assert preview is not None
    assert not preview.left
    counts = {"removed": preview.removed, "restored": preview.restored}
    return {name: count for name, count in counts.items() if count}


def expected_counts(statuses: list[tuple[int, str, str]]) -> dict[str, int]:
    counts = Counter(status for _, status, _ in statuses)
    named = {"removed": counts["created"], "restored": counts["updated"]}
    return {name: count for name, count in named.items() if count}


def read_exactly() -> dict[str, Any]:
    """Return every column of all that is a user's, but the ids of rows that were put back."""
    return {
        "users": list(User.objects.order_by("pk").values()),
        **{
            model.__name__: sorted(map(repr, model.objects.values(*fields)))
            for model, fields in {
                EmailAddress: ("user", "email", "verified", "primary"),
                SocialAccount: ("user", "provider", "uid", "extra_data", "date_joined"),
                Authenticator: ("user", "type", "data", "created_at", "last_used_at"),
                GroupMembership: ("user", "group", "created_at"),
                RoleAssignment: ("user", "role", "created_at"),
                UniqueAttributeValue: ("user", "definition", "value"),
            }.items()
        },
    }


def read_result() -> dict[str, Any]:
    """Return what an import of the same file gives again: not ids, moments or random salts."""
    users = {
        user["subject_id"]: {
            name: "!" if name == "password" and value.startswith("!") else value
            for name, value in user.items()
            if name not in {"id", "created_at", "updated_at"}
        }
        for user in User.objects.values()
    }
    return {
        "users": users,
        **{
            model.__name__: sorted(map(repr, model.objects.values_list("user__subject_id", *names)))
            for model, names in {
                EmailAddress: ("email", "verified", "primary"),
                SocialAccount: ("provider", "uid", "extra_data"),
                Authenticator: ("type", "data__credential__id"),
                GroupMembership: ("group",),
                RoleAssignment: ("role",),
                UniqueAttributeValue: ("definition", "value"),
            }.items()
        },
    }


@pytest.mark.django_db
def test_the_property_covers_updates_that_replace_an_authenticator(make_job: MakeJob) -> None:
    """The random files are only worth as much as what they reach."""
    prepare_store()
    first = {"subject_id": "s1", "authenticators": {"totp": {"secret": "JBSWY3DPEHPK3PXP"}}}
    run_through(make_job([first]))
    before = read_exactly()
    job = make_job(
        [{"subject_id": "s1", "authenticators": {"totp": {"secret": "KRSXG5CTMVRXEZLU"}}}],
        mode=Mode.UPDATE,
    )
    Rules(Mode.UPDATE, conflicts={"authenticator_exists": "overwrite"}).save(job)
    run_through(job)
    assert read_exactly() != before

    assert undo(job).counts == {"restored": 1}
    assert read_exactly() == before
