"""API clients: made in the admin, shown their secret once, given tokens that act as their owner."""

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Client as ApiClient
from allauth.idp.oidc.models import Token
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import access_tokens
from accounts.models import Role, User
from tests.accounts.conftest import MakeUser
from tests.imports.views.posting import note_sign_in

pytestmark = pytest.mark.usefixtures("quick_sign_in")
ADD_PAGE = "admin:allauth_idp_oidc_client_add"
LIST_PAGE = "admin:allauth_idp_oidc_client_changelist"
OWN = [f"allauth_idp_oidc.{name}_client" for name in ("add", "view", "delete")]


@pytest.fixture
def staff(make_user: MakeUser, make_role: Callable[..., Role]) -> Client:
    """A browser in which a member of staff who may make API clients is signed in."""
    user = make_user(is_staff=True)
    user.roles.add(make_role("automation", *OWN))
    browser = Client()
    browser.force_login(user)
    return browser


def make_client(browser: Client, **extra: str) -> tuple[ApiClient, str]:
    """Make a client as the admin does; return it with the secret that the answer shows."""
    response = browser.post(reverse(ADD_PAGE), {"name": "Nightly import", **extra})
    assert response.status_code == 200
    return ApiClient.objects.get(), response.context["secret"]


def ask_for_token(client: ApiClient, secret: str, **extra: str) -> tuple[int, dict[str, str]]:
    data = {"grant_type": "client_credentials", "client_id": client.pk, "client_secret": secret}
    response = Client().post(reverse("api_token"), data | extra)
    return response.status_code, response.json()


def test_a_client_gets_a_token_that_acts_as_its_owner(staff: Client) -> None:
    client, secret = make_client(staff)

    status, answer = ask_for_token(client, secret)

    grant = access_tokens.find_grant(answer["access_token"])
    assert status == 200
    assert grant is not None
    assert grant.user == client.owner
    assert grant.scopes == {access_tokens.SCOPE}


def test_neither_secret_nor_token_is_stored(staff: Client) -> None:
    client, secret = make_client(staff)
    _, answer = ask_for_token(client, secret)

    assert secret not in client.secret
    assert not Token.objects.filter(hash__contains=answer["access_token"]).exists()


def test_the_secret_is_in_no_later_page_and_no_cookie(staff: Client) -> None:
    client, secret = make_client(staff)

    page = staff.get(reverse("admin:allauth_idp_oidc_client_change", args=[client.pk]))

    assert secret not in page.content.decode()
    assert secret not in str(staff.cookies)
    assert secret not in str(dict(staff.session))


def test_a_client_cannot_be_made_for_somebody_else_or_for_more(
    staff: Client, make_user: MakeUser
) -> None:
    boss = make_user(is_staff=True, is_superuser=True)
    client, secret = make_client(staff, owner=str(boss.pk), scopes="openid\nemail")

    assert client.owner != boss
    assert ask_for_token(client, secret, scope="openid")[0] == 400


def test_a_client_that_may_export_credentials_takes_permission_and_recent_sign_in(
    staff: Client, make_role: Callable[..., Role]
) -> None:
    owner = User.objects.get(pk=staff.session["_auth_user_id"])
    page = reverse(ADD_PAGE)
    asking = {"name": "Leaving", "with_credentials": "on"}
    assert b"with_credentials" not in staff.get(page).content
    owner.roles.add(make_role("leaving", "accounts.export_credentials"))

    assert b"with_credentials" in staff.get(page).content
    refused = staff.post(page, asking)
    assert "shortly after signing in" in refused.content.decode()
    assert not ApiClient.objects.exists()
    note_sign_in(staff, 100)
    client, secret = make_client(staff, **asking)

    both = f"{access_tokens.SCOPE} {access_tokens.CREDENTIALS_SCOPE}"
    plain, more = ask_for_token(client, secret), ask_for_token(client, secret, scope=both)
    assert [answer["scope"] for _, answer in (plain, more)] == [access_tokens.SCOPE, both]


def test_nobody_without_the_permission_makes_a_client_that_may_export_credentials(
    staff: Client,
) -> None:
    note_sign_in(staff, 100)

    client, _ = make_client(staff, with_credentials="on")

    assert client.get_scopes() == [access_tokens.SCOPE]


def test_staff_see_no_clients_of_others(
    staff: Client, make_user: MakeUser, make_role: Callable[..., Role]
) -> None:
    make_client(staff)
    other = make_user(is_staff=True)
    other.roles.add(make_role("other automation", *OWN))
    browser = Client()
    browser.force_login(other)

    assert "Nightly import" not in browser.get(reverse(LIST_PAGE)).content.decode()
    assert "Nightly import" in staff.get(reverse(LIST_PAGE)).content.decode()


def test_a_wrong_secret_gets_no_token_and_is_logged_without_it(
    staff: Client, caplog: pytest.LogCaptureFixture
) -> None:
    client, _ = make_client(staff)

    with caplog.at_level(logging.WARNING, "accounts.access_tokens"):
        status, _ = ask_for_token(client, "wrong secret")

    assert status == 401
    assert "127.0.0.1" in caplog.text
    assert "wrong secret" not in caplog.text


def test_tokens_are_no_use_once_they_expire_are_revoked_or_lose_their_client(
    staff: Client,
) -> None:
    client, secret = make_client(staff)
    expired, revoked, orphaned = (ask_for_token(client, secret)[1]["access_token"] for _ in "123")
    now = timezone.now()
    Token.objects.by_value(expired).update(expires_at=now - timedelta(seconds=1))
    credentials = {"client_id": client.pk, "client_secret": secret}
    Client().post(reverse("api_revoke_token"), {"token": revoked, **credentials})

    assert access_tokens.find_grant(expired) is None
    assert access_tokens.find_grant(revoked) is None
    assert access_tokens.find_grant(orphaned) is not None
    client.delete()
    assert access_tokens.find_grant(orphaned) is None


def test_expired_tokens_are_deleted_and_others_stay(staff: Client) -> None:
    client, secret = make_client(staff)
    expired, valid = (ask_for_token(client, secret)[1]["access_token"] for _ in "12")
    Token.objects.by_value(expired).update(expires_at=timezone.now() - timedelta(seconds=1))

    access_tokens.delete_expired()

    assert Token.objects.count() == 1
    assert access_tokens.find_grant(valid) is not None


def test_an_address_that_asks_too_often_has_to_wait(
    staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, secret = make_client(staff)
    monkeypatch.setitem(access_tokens.RATES, "issue", "1/m/ip")
    ask_for_token(client, secret)

    status, answer = ask_for_token(client, secret)

    assert status == 429
    assert answer["error"] == "temporarily_unavailable"
