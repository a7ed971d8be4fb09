"""The question a migration is judged by: who was imported signs in as before."""

import hashlib
import json
import re
from typing import Any

import pytest
import requests
from allauth.socialaccount.models import SocialApp
from django.core import mail
from django.test import Client

from accounts.authenticators.external_logins import encrypt_client_secret
from accounts.models import User
from imports.core.mapping import Mapping, Rule
from imports.core.planning.conflicts import Mode
from imports.core.records.password_summary import PasswordSummary
from imports.core.records.targets import PASSWORD_FORMAT, PASSWORD_PARAMS
from imports.services.mapping import mappings
from imports.services.runs import runs
from tests.accounts.openid_provider import CLIENT_ID, CLIENT_SECRET, running_provider
from tests.imports.conftest import MakeJob, drain, to_csv
from tests.imports.signing_in import is_signed_in, sign_in


@pytest.fixture(autouse=True)
def _quick_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.sign_in.adapters.wait_out_failed_sign_in", lambda started: None)


def make_record(number: int, password: dict[str, Any]) -> dict[str, Any]:
    return {
        "subject_id": f"subject-{number}",
        "profile": {"username": f"user{number}"},
        "authenticators": {"password": password},
    }


@pytest.mark.parametrize(
    "password", ["p", " spaced out ", "tab\there", "ß" * 40, "🔑🗝", "'\"<&>%00"]
)
def test_odd_plaintext_passwords_sign_in(run_job: MakeJob, password: str) -> None:
    record = make_record(0, {"plaintext": password})
    run_job([record])
    assert is_signed_in(sign_in(0, password))


NEW_PASSWORD = "a different horse battery"
CHOICE = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}


@pytest.mark.parametrize("is_verified", [True, False])
def test_user_imported_without_password_sets_one_by_mail(
    run_job: MakeJob, client: Client, is_verified: bool
) -> None:
    profile = {"username": "user0", "email": "ada@example.com", "email_verified": is_verified}
    run_job([{"subject_id": "subject-0", "profile": profile}])
    assert not is_signed_in(sign_in(0, ""))

    client.post("/accounts/password/reset/", {"email": "ADA@example.com"})
    link = re.search(r"http://testserver(\S+)", mail.outbox[0].body)
    assert link is not None
    client.post(client.get(link[1]).headers["Location"], CHOICE)

    assert is_signed_in(sign_in(0, NEW_PASSWORD))


@pytest.mark.parametrize(
    "demand", [{"must_change": True}, {"expires_at": "2020-01-01T00:00:00Z"}], ids=str
)
def test_imported_password_that_expired_is_replaced_before_anything_else(
    run_job: MakeJob, demand: dict[str, Any]
) -> None:
    record = make_record(0, {"plaintext": "Sommer2024!", **demand})
    run_job([record])

    client = sign_in(0, "Sommer2024!")
    assert not is_signed_in(client)
    client.post("/accounts/password/expired/", CHOICE)

    assert is_signed_in(client)
    assert not is_signed_in(sign_in(0, "Sommer2024!"))
    assert is_signed_in(sign_in(0, NEW_PASSWORD))


def test_imported_external_login_signs_in_at_its_provider(run_job: MakeJob, client: Client) -> None:
    record = {
        "subject_id": "subject-0",
        "authenticators": {"external_logins": [{"provider": "oldidp", "subject": "Ada|1"}]},
    }
    run_job([record])
    users = User.objects.count()
    with running_provider() as provider:
        SocialApp.objects.create(
            provider="openid_connect",
            provider_id="oldidp",
            name="Old IdP",
            client_id=CLIENT_ID,
            secret=encrypt_client_secret(CLIENT_SECRET),
            settings={"server_url": provider.issuer},
        )
        provider.claims = {"sub": "Ada|1"}
        there = client.post("/accounts/oidc/oldidp/login/").context["redirect_to"]
        back = requests.get(there, allow_redirects=False, timeout=5).headers["Location"]
        client.get(back.removeprefix("http://testserver"))

    user = User.objects.get(subject_id="subject-0")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert User.objects.count() == users


@pytest.mark.parametrize("salt", ["", "f00d"])
def test_users_of_a_column_with_hashes_of_two_kinds_all_sign_in(
    make_job: MakeJob, salt: str
) -> None:
    """Bcrypt, and MD5 of those who had not signed in since: the mapping says MD5 for all."""
    # Of “abc”: one of the vectors of known answers.
    bcrypt = "$2b$06$5FyQoicpbox1xSHFfhhdXuR2oxLpO1rYsQh5RTkI/9.RIjtoF0/ta"
    digest = hashlib.md5(f"{salt}secret".encode(), usedforsecurity=False).hexdigest()
    params = json.dumps({"algorithm": "md5", "salt": salt, "salt_position": "prefix"})
    rows = [["subject-0", "user0", bcrypt, params], ["subject-1", "user1", digest, params]]
    job = make_job(to_csv(["id", "username", "password_hash", "made"], rows), name="old.csv")
    mapping = Mapping.model_validate(job.mapping)
    kept = [rule for rule in mapping.rules if rule.source != "made"]
    changed = {
        "rules": [*kept, Rule(source="made", target=PASSWORD_PARAMS)],
        "constants": {PASSWORD_FORMAT: "digest"},
    }
    options = mappings.JobOptions(Mode.SKIP, job.chunk_rows)
    mappings.save_mapping(job, mapping.model_copy(update=changed), options, actor=job.created_by)

    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    kinds = [
        kind.format_id for kind in PasswordSummary.from_json(job.dry_run_report["passwords"]).kinds
    ]
    assert sorted(kinds) == ["bcrypt", "digest"]
    found = [
        (each["code"], each["count"], each["params"]) for each in job.dry_run_report["problems"]
    ]
    assert found == [("hash_format_stated", 1, {"format": "bcrypt"})]

    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    drain(job)
    assert is_signed_in(sign_in(0, "abc"))
    assert is_signed_in(sign_in(1, "secret"))
