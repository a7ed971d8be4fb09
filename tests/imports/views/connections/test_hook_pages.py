"""The page of a sign-in hook: how the other side is set up, its keys, and how many have moved."""

from __future__ import annotations

import base64
import re
from datetime import timedelta

import pytest
from cryptography import x509
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from imports.models import Connection, DecryptionKey, HookAnswer, MovedUser, TokenIssuer
from imports.services.hooks.keys import make_key
from tests.imports.connecting import create_connection
from tests.imports.views.posting import read_form

ISSUER = {
    "issuer": "https://tenant.ciamlogin.com/tenant/v2.0",
    "audience": "11111111-2222-3333-4444-555555555555",
    "keys_url": "https://tenant.ciamlogin.com/tenant/discovery/v2.0/keys",
}


@pytest.fixture
def hook(operator: User) -> Connection:
    return create_connection(operator, kind="hook", name="Acme", tenant="acme", is_on=False)


def find_page(hook: Connection, name: str = "connection", *arguments: int) -> str:
    return reverse(f"connections:{name}", args=[hook.pk, *arguments])


def read(admin: Client, hook: Connection) -> str:
    return admin.get(find_page(hook)).content.decode()


def test_a_hook_is_made_without_source_and_mapping(admin: Client) -> None:
    address = reverse("admin:imports_connection_add") + "?kind=hook"
    form = read_form(admin.get(address).content.decode(), "connection_form")
    assert form.keys() & {"source", "mode", "mapping_text", "policies_text"} == set()

    admin.post(address, {**form, "name": "Moving to Acme"})

    made = Connection.objects.get()
    assert (made.kind, made.tenant, made.source) == ("hook", "moving-to-acme", "Moving to Acme")
    assert not made.is_on
    change = reverse("admin:imports_connection_change", args=[made.pk])
    form = read_form(admin.get(change).content.decode(), "connection_form")
    admin.post(change, {**form, "name": "Acme", "per_minute": 5})
    made.refresh_from_db()
    assert (made.name, made.source, made.per_minute) == ("Acme", "Acme", 5)


def test_each_system_has_its_url_and_texts_to_paste(admin: Client, hook: Connection) -> None:
    page = read(admin, hook)

    for path in ("okta", "entra", "kratos", "auth0/login", "auth0/get-user", "cognito"):
        assert f"http://testserver/hooks/acme/{path}" in page
    assert "export const handler" in page
    assert "{url}" not in page
    assert "Records by day" not in page


def test_people_who_moved_are_counted_by_day(admin: Client, hook: Connection) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    for user_id in (1, 2, 3):
        MovedUser.objects.create(connection=hook, user_id=user_id, caller="okta")
    MovedUser.objects.filter(user_id=1).update(at=yesterday)
    for verdict in ("right", "wrong", "wrong", "unknown", "locked", "too_many"):
        HookAnswer.objects.create(connection=hook, caller="okta", verdict=verdict, milliseconds=1)

    page = read(admin, hook)

    assert re.search(r"<strong>3</strong>\s+people have moved", page)
    rows = re.findall(r"<tr>.*?</tr>", page, re.DOTALL)
    counts = [re.findall(r'is-number"[^>]*>(\d+)<', row) for row in rows]
    # Moved, right, wrong, unknown, disabled, expired, locked, trouble.
    assert ["2", "1", "2", "1", "0", "0", "2", "0"] in counts
    assert ["1", "0", "0", "0", "0", "0", "0", "0"] in counts


def test_an_issuer_is_set_and_shown(admin: Client, hook: Connection) -> None:
    admin.post(find_page(hook, "change_issuer"), ISSUER)

    found = TokenIssuer.objects.get()
    assert (found.issuer, found.audience, found.keys_url) == tuple(ISSUER.values())
    assert all(value in read(admin, hook) for value in ISSUER.values())
    assert "changed the token issuer" in read(admin, hook)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"keys_url": "https://keys.example.com/"}, "TOKEN_ISSUER_HOSTS"),
        ({"keys_url": "ftp://x"}, "must begin with https"),
        ({"audience": ""}, "required"),
    ],
)
def test_an_issuer_that_cannot_be_is_refused_with_the_reason(
    admin: Client, hook: Connection, given: dict[str, str], said: str
) -> None:
    page = admin.post(find_page(hook, "change_issuer"), {**ISSUER, **given}, follow=True)

    assert said in page.content.decode()
    assert not TokenIssuer.objects.exists()


def test_a_key_shows_what_its_certificate_is_registered_with(
    admin: Client, hook: Connection
) -> None:
    admin.post(find_page(hook, "create_key"))

    key = DecryptionKey.objects.get()
    page = read(admin, hook)
    shown = re.search(r'<code id="certificate-\d+">([^<]+)</code>', page)
    assert shown is not None
    certificate = x509.load_der_x509_certificate(base64.b64decode(shown[1]))
    assert f"<code>{certificate.not_valid_after_utc:%Y-%m-%dT%H:%M:%SZ}</code>" in page
    assert f"<code>{key.key_id}</code>" in page
    answer = admin.get(find_page(hook, "certificate", key.pk))
    assert x509.load_pem_x509_certificate(answer.content) == certificate
    assert "PRIVATE" not in page


def test_a_third_key_waits_for_a_revocation(
    admin: Client, hook: Connection, operator: User
) -> None:
    first, _ = (make_key(hook, actor=operator) for _ in range(2))
    assert "Create key" not in read(admin, hook)
    refused = admin.post(find_page(hook, "create_key"), follow=True)
    assert "two keys already" in refused.content.decode()

    admin.post(find_page(hook, "revoke_key", first.pk))

    assert "Create key" in read(admin, hook)


def test_only_hooks_have_keys_and_issuers(admin: Client, operator: User) -> None:
    records = create_connection(operator)

    for name in ("create_key", "change_issuer"):
        assert admin.post(find_page(records, name), ISSUER).status_code == 404
