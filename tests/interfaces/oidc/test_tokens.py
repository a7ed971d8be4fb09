"""Tokens: how they are exchanged, when they end, and that those of the API are others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Client as ApiClient
from allauth.idp.oidc.models import Token
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts import access_tokens
from accounts.models import User
from interfaces.oidc.models import Application, Grant
from interfaces.oidc.services import delete_ended_grants, revoke_former_secret, rotate_secret
from tests.interfaces.oidc.calling import API, CALLBACK, FORM, Rider, verify
from tests.interfaces.oidc.conftest import MakeApplication

pytestmark = pytest.mark.usefixtures("quick_sign_in")
LASTING = "openid profile offline_access"


def is_accepted(rider: Rider, token: str) -> bool:
    is_active = rider.post("introspect", token=token).json()["active"]
    assert is_active is (rider.get_user_info(token).status_code == 200)
    return bool(is_active)


# Codes


def test_code_is_redeemed_once_and_the_second_time_ends_what_it_gave(rider: Rider) -> None:
    code = rider.get_code(scope=LASTING)
    tokens = rider.redeem(code).json()

    again = rider.redeem(code)

    assert again.status_code == 400
    assert again.json()["error"] == "invalid_grant"
    assert "sign in again" in again.json()["error_description"]
    assert not is_accepted(rider, tokens["access_token"])
    assert rider.refresh(tokens["refresh_token"]).status_code == 400


def test_code_is_no_use_to_another_application(
    rider: Rider, make_application: MakeApplication
) -> None:
    code = rider.get_code()

    assert Rider(make_application()).redeem(code).status_code == 400
    assert rider.redeem(code).status_code == 200


@pytest.mark.parametrize(
    "more",
    [
        {"code_verifier": "w" * 43},
        {"code_verifier": ""},
        {"redirect_uri": f"{CALLBACK}2"},
    ],
)
def test_code_needs_the_verifier_and_the_url_that_it_was_asked_with(
    rider: Rider, more: dict[str, str]
) -> None:
    form = {"code": rider.get_code(), "redirect_uri": CALLBACK, "code_verifier": "v" * 43, **more}

    assert rider.post("token", grant_type="authorization_code", **form).status_code == 400


def test_verifier_without_a_challenge_is_refused(rider: Rider) -> None:
    """Somebody has taken the challenge out of the request: RFC 9700, section 4.8.2."""
    code = rider.get_code(code_challenge=None, code_challenge_method=None)

    assert rider.redeem(code).status_code == 400


def test_code_is_no_use_when_the_user_was_disabled_meanwhile(rider: Rider, ada: User) -> None:
    code = rider.get_code()
    User.objects.filter(pk=ada.pk).update(is_active=False)

    assert rider.redeem(code).status_code == 400


# Clients


def test_secret_of_any_characters_is_read_as_strict_clients_write_it(rider: Rider) -> None:
    rider.application.plain_secret = "a-b_c%~+ d:e"
    rider.application.set_secret("a-b_c%~+ d:e")
    rider.application.save()

    assert rider.get_tokens()["access_token"]


def test_secret_may_be_in_the_form(rider: Rider) -> None:
    secret, rider.application.plain_secret = rider.application.plain_secret, ""

    assert rider.redeem(rider.get_code(), client_secret=secret).status_code == 200


def test_wrong_secret_is_refused_as_basic_authentication_is(rider: Rider) -> None:
    rider.application.plain_secret = "wrong"

    response = rider.redeem("code")

    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Basic")
    assert response.json()["error"] == "invalid_client"


def test_two_secrets_are_valid_while_they_are_rotated(rider: Rider) -> None:
    old = rider.application.plain_secret
    new = rotate_secret(rider.application)

    assert rider.application.check_secret(old)
    assert rider.application.check_secret(new)
    revoke_former_secret(rider.application)
    assert not rider.application.check_secret(old)
    assert rider.application.check_secret(new)


def test_public_application_has_no_secret_that_could_be_guessed(
    ada: User, make_application: MakeApplication
) -> None:
    rider = Rider(make_application(type="public", skip_consent=True))
    rider.enter(ada)

    assert rider.get_tokens()["id_token"]
    assert not rider.application.check_secret("")
    assert rider.post("introspect", token="x").status_code == 401


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password", "username": "ada", "password": "x"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": "nothing"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, "invalid_request"),
        ({"grant_type": "authorization_code", "code": "\0"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x"}, "invalid_grant"),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}, "unsupported_grant_type"),
    ],
)
def test_other_grants_are_refused_with_what_to_do(
    rider: Rider, form: dict[str, str], error: str
) -> None:
    response = rider.post("token", **form)

    assert response.status_code == 400
    assert response.json()["error"] == error
    assert response.json()["error_description"]


def test_body_that_is_not_a_form_is_refused(rider: Rider) -> None:
    response = Client().post(f"{API}/token", {"grant_type": "x"}, content_type="application/json")

    assert response.status_code == 400
    assert FORM in response.json()["error_description"]
    assert Client().get(f"{API}/token").status_code == 405


# Refreshing


def test_refresh_gives_another_token_of_each_kind_and_keeps_the_time_of_the_sign_in(
    rider: Rider,
) -> None:
    first = rider.get_tokens(scope=LASTING)
    second = rider.refresh(first["refresh_token"]).json()

    before, after = (verify(each["id_token"], rider.application) for each in (first, second))
    assert second["refresh_token"] != first["refresh_token"]
    assert after["auth_time"] == before["auth_time"]
    assert after["amr"] == ["pwd"]
    assert after["sub"] == before["sub"]
    assert is_accepted(rider, second["access_token"])


def test_reuse_of_a_refresh_token_revokes_the_whole_family_and_no_other(rider: Rider) -> None:
    other = rider.get_tokens(scope=LASTING)
    first = rider.get_tokens(scope=LASTING)
    second = rider.refresh(first["refresh_token"]).json()

    assert rider.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"

    assert rider.refresh(second["refresh_token"]).status_code == 400
    assert not is_accepted(rider, first["access_token"])
    assert not is_accepted(rider, second["access_token"])
    assert is_accepted(rider, other["access_token"])
    assert rider.refresh(other["refresh_token"]).status_code == 200


def test_refresh_token_of_another_application_revokes_nothing(
    rider: Rider, make_application: MakeApplication
) -> None:
    tokens = rider.get_tokens(scope=LASTING)

    assert Rider(make_application()).refresh(tokens["refresh_token"]).status_code == 400
    assert rider.refresh(tokens["refresh_token"]).status_code == 200


def test_refresh_may_ask_for_less_but_not_for_more(rider: Rider) -> None:
    tokens = rider.get_tokens(scope=LASTING)

    more = rider.refresh(tokens["refresh_token"], scope="openid email")
    less = rider.refresh(tokens["refresh_token"], scope="openid").json()
    again = rider.refresh(less["refresh_token"]).json()

    assert more.json()["error"] == "invalid_scope"
    assert less["scope"] == "openid"
    assert rider.get_user_info(less["access_token"]).json() == {"sub": "hr-1"}
    assert set(again["scope"].split()) == set(LASTING.split())


@pytest.mark.django_db(transaction=True)
def test_of_two_refreshes_at_once_one_wins_and_the_family_ends(rider: Rider) -> None:
    """Both have begun when the first one goes on: they wait for a lock that is held here."""
    tokens = rider.get_tokens(scope=LASTING)
    statuses: list[int] = []

    def refresh() -> None:
        statuses.append(rider.refresh(tokens["refresh_token"]).status_code)
        connection.close()

    threads = [threading.Thread(target=refresh) for _ in range(2)]
    with transaction.atomic():
        Grant.objects.select_for_update().get()
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads) and count_waiting() < 2:
            time.sleep(0.05)
        assert not statuses
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [200, 400]
    assert not Grant.objects.exists()
    assert not Token.objects.exists()


def count_waiting() -> int:
    """Return how many locks are waited for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        count: int = cursor.fetchone()[0]
        return count


# When they end


def disable(user: User, application: Application) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def make_password_expire(user: User, application: Application) -> None:
    User.objects.filter(pk=user.pk).update(password_expires_at=timezone.now())


def change_password(user: User, application: Application) -> None:
    user.set_password("another horse battery")
    user.save()


def allow_others_only(user: User, application: Application) -> None:
    Application.objects.update(sources=["crm"])


def delete_user(user: User, application: Application) -> None:
    user.delete()


@pytest.mark.parametrize(
    "end", [disable, make_password_expire, change_password, allow_others_only, delete_user]
)
def test_tokens_stop_working_everywhere(
    rider: Rider, ada: User, end: Callable[[User, Application], None]
) -> None:
    tokens = rider.get_tokens(scope=LASTING)
    assert is_accepted(rider, tokens["access_token"])

    end(ada, rider.application)

    assert not is_accepted(rider, tokens["access_token"])
    assert not rider.post("introspect", token=tokens["refresh_token"]).json()["active"]
    assert rider.refresh(tokens["refresh_token"]).status_code == 400


def test_application_that_is_switched_off_gets_no_tokens(rider: Rider) -> None:
    tokens = rider.get_tokens(scope=LASTING)
    Application.objects.update(is_on=False)

    assert rider.get_user_info(tokens["access_token"]).status_code == 401
    assert rider.refresh(tokens["refresh_token"]).status_code == 401


def test_revoked_refresh_token_takes_its_family_with_it_and_an_access_token_only_itself(
    rider: Rider,
) -> None:
    one, two = rider.get_tokens(scope=LASTING), rider.get_tokens(scope=LASTING)

    rider.post("revoke", token=one["refresh_token"])
    rider.post("revoke", token=two["access_token"], token_type_hint="refresh_token")

    assert not is_accepted(rider, one["access_token"])
    assert not is_accepted(rider, two["access_token"])
    assert rider.refresh(two["refresh_token"]).status_code == 200


def test_token_of_another_application_is_neither_revoked_nor_told_of(
    rider: Rider, make_application: MakeApplication
) -> None:
    token = rider.get_tokens()["access_token"]
    other = Rider(make_application())

    assert other.post("introspect", token=token).json() == {"active": False}
    assert other.post("revoke", token=token).status_code == 200
    assert is_accepted(rider, token)


def test_introspection_tells_whose_token_it_is_and_for_whom(rider: Rider) -> None:
    token = rider.get_tokens(scope="openid profile")["access_token"]

    told = rider.post("introspect", token=token).json()

    assert told["sub"] == "hr-1"
    assert told["aud"] == told["client_id"] == rider.application.pk
    assert told["scope"] == "openid profile"
    assert told["iss"] == "http://localhost:8000"


def test_refused_token_is_answered_as_the_standard_says(rider: Rider) -> None:
    response = rider.get_user_info("nothing")

    assert response.status_code == 401
    assert 'Bearer error="invalid_token"' in response["WWW-Authenticate"]


def test_sign_ins_without_tokens_are_deleted(rider: Rider) -> None:
    rider.get_tokens()
    rider.get_tokens(scope=LASTING)
    Token.objects.filter(type=Token.Type.ACCESS_TOKEN).delete()
    Grant.objects.update(created_at=timezone.now() - timedelta(days=1))

    delete_ended_grants()

    assert [grant.scopes for grant in Grant.objects.all()] == [LASTING.split()]


# The tokens of the API


@pytest.fixture
def api_client(ada: User) -> ApiClient:
    client = ApiClient(name="Nightly import")
    client.plain_secret = access_tokens.set_up_client(client, ada)
    client.save()
    return client


def get_api_token(client: ApiClient, address: str = "/api/token") -> dict[str, str]:
    form = {
        "grant_type": "client_credentials",
        "client_id": client.pk,
        "client_secret": client.plain_secret,
    }
    answer: dict[str, str] = Client().post(address, form).json()
    return answer


def test_token_of_an_application_does_not_open_the_api_whoever_its_user_is(
    rider: Rider, ada: User
) -> None:
    User.objects.filter(pk=ada.pk).update(is_staff=True, is_superuser=True)
    token = rider.get_tokens()["access_token"]

    response = Client().get("/api/v1/jobs", headers={"authorization": f"Bearer {token}"})

    assert response.status_code == 401
    assert access_tokens.find_grant(token) is None


def test_token_of_the_api_opens_no_endpoint_of_applications(
    rider: Rider, api_client: ApiClient
) -> None:
    token = get_api_token(api_client)["access_token"]

    assert access_tokens.find_grant(token) is not None
    assert rider.get_user_info(token).status_code == 401
    assert rider.post("introspect", token=token).json() == {"active": False}


def test_api_client_gets_no_tokens_of_applications(api_client: ApiClient) -> None:
    api = Rider(api_client)

    assert api.post("token", grant_type="client_credentials").status_code == 400
    assert api.refresh("x").status_code == 401
    assert api.ask().status_code == 400


@pytest.mark.parametrize("kind", ["confidential", "public"])
def test_code_of_an_application_is_no_use_at_the_token_endpoint_of_the_api(
    ada: User, make_application: MakeApplication, kind: str
) -> None:
    application = make_application(type=kind, skip_consent=True)
    rider = Rider(application)
    rider.enter(ada)
    code = rider.get_code()
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": "v" * 43,
        "client_id": application.pk,
        "client_secret": application.plain_secret,
    }

    response = Client().post("/api/token", {name: value for name, value in form.items() if value})

    assert response.status_code == 401
    assert rider.redeem(code).status_code == 200
