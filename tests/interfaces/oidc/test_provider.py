"""The provider: what discovery says, keys and their rotation, and signing out."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from allauth.idp.oidc.models import Token
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from accounts.models import User
from interfaces.oidc import keys
from interfaces.oidc.models import Application, Grant, SigningKey
from interfaces.oidc.tasks import keep_keys
from tests.interfaces.oidc.calling import Rider, verify
from tests.interfaces.oidc.conftest import MakeApplication

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_sign_in")]
DISCOVERY = "/.well-known/openid-configuration"
KEYS = "/.well-known/jwks.json"
LOGOUT = "/identity/o/logout"
GOODBYE = "https://wiki.example.com/bye"


def read_discovery() -> dict[str, Any]:
    answer: dict[str, Any] = Client().get(DISCOVERY).json()
    return answer


def list_published() -> list[str]:
    return [key["kid"] for key in Client().get(KEYS).json()["keys"]]


# Discovery


def test_every_endpoint_that_discovery_names_is_there() -> None:
    found = read_discovery()
    issuer = found["issuer"]

    assert issuer == settings.PUBLIC_URL.rstrip("/")
    urls = [value for name, value in found.items() if name.endswith(("_endpoint", "_uri"))]
    assert len(urls) == 7
    for url in urls:
        assert url.startswith(f"{issuer}/")
        resolve(url.removeprefix(issuer))


def test_discovery_promises_nothing_that_does_not_work() -> None:
    found = read_discovery()

    assert found["response_types_supported"] == ["code"]
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert found["request_uri_parameter_supported"] is False
    assert not [name for name in found if "device" in name or "registration" in name]
    assert Client().get("/.well-known/oauth-authorization-server").json() == found


def test_every_scope_that_discovery_names_gives_every_claim_that_it_names(
    rider: Rider, ada: User
) -> None:
    User.objects.filter(pk=ada.pk).update(picture="https://example.com/ada.png")
    found = read_discovery()

    claims = rider.get_id_token(scope=" ".join(found["scopes_supported"]))

    assert set(found["claims_supported"]) - claims.keys() == set()


def test_scripts_of_other_sites_may_read_what_no_cookie_has_a_part_in() -> None:
    answer = Client().options("/identity/o/api/userinfo")

    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in answer["Access-Control-Allow-Headers"]
    assert Client().get(DISCOVERY)["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in Client().get("/identity/o/authorize")


# Keys


def test_first_key_is_made_when_it_is_needed_and_stored_encrypted() -> None:
    published = list_published()

    key = SigningKey.objects.get()
    assert published == [key.key_id] == list_published()
    assert "PRIVATE" not in key.pem
    assert not {"d", "p", "q"} & Client().get(KEYS).json()["keys"][0].keys()


def test_rotation_publishes_the_next_key_before_it_signs_and_the_last_one_after(
    rider: Rider,
) -> None:
    old_token = rider.get_tokens()["id_token"]
    old = SigningKey.objects.get()

    new = keys.rotate()

    assert set(list_published()) == {old.key_id, new.key_id}
    assert key_of(rider) == old.key_id
    SigningKey.objects.filter(pk=new.pk).update(active_from=timezone.now())
    assert key_of(rider) == new.key_id
    assert verify(old_token, rider.application)
    SigningKey.objects.filter(pk=old.pk).update(expires_at=timezone.now())
    assert list_published() == [new.key_id]


def key_of(rider: Rider) -> str:
    key_id: str = jwt.get_unverified_header(rider.get_tokens()["id_token"])["kid"]
    return key_id


def test_command_rotates_at_once_when_the_old_key_may_be_known() -> None:
    list_published()
    old = SigningKey.objects.get()

    call_command("rotate_signing_key", at_once=True)

    old.refresh_from_db()
    new = SigningKey.objects.exclude(pk=old.pk).get()
    assert new.active_from <= timezone.now()
    assert old.expires_at > timezone.now() + timedelta(minutes=59)


def test_keys_are_rotated_by_age_and_deleted_when_they_have_expired() -> None:
    list_published()
    keep_keys()
    assert SigningKey.objects.count() == 1

    SigningKey.objects.update(active_from=timezone.now() - timedelta(days=91))
    keep_keys()
    keep_keys()
    assert SigningKey.objects.count() == 2

    SigningKey.objects.filter(expires_at__isnull=False).update(expires_at=timezone.now())
    keep_keys()
    assert SigningKey.objects.count() == 1


def test_key_that_cannot_be_decrypted_is_replaced(caplog: pytest.LogCaptureFixture) -> None:
    list_published()
    lost = SigningKey.objects.get()
    SigningKey.objects.update(pem="bG9zdDox")

    with caplog.at_level(logging.ERROR):
        published = list_published()

    assert len(published) == 1
    assert published != [lost.key_id]
    assert lost.key_id in caplog.text


# Signing out


@pytest.fixture
def leaving(rider: Rider) -> Rider:
    Application.objects.update(post_logout_uris=GOODBYE)
    return rider


def leave(rider: Rider, **parameters: str) -> Any:
    return rider.browser.get(f"{LOGOUT}?{urlencode(parameters)}")


def is_signed_in(rider: Rider) -> bool:
    return "_auth_user_id" in rider.browser.session


def test_trusted_application_signs_its_user_out_and_gets_them_back(leaving: Rider) -> None:
    tokens = leaving.get_tokens(scope="openid offline_access")
    hint = tokens["id_token"]

    response = leave(leaving, id_token_hint=hint, post_logout_redirect_uri=GOODBYE, state="s2")

    assert response["Location"] == f"{GOODBYE}?state=s2"
    assert not is_signed_in(leaving)
    assert not Token.objects.exists()
    assert not Grant.objects.exists()


@pytest.mark.parametrize("trusted", [True, False])
def test_user_is_asked_when_the_application_is_not_trusted_or_shows_no_token(
    leaving: Rider, trusted: bool
) -> None:
    hint = leaving.get_tokens()["id_token"]
    Application.objects.update(skip_consent=trusted)
    given = {} if trusted else {"id_token_hint": hint}

    page = leave(
        leaving, client_id=leaving.application.pk, post_logout_redirect_uri=GOODBYE, **given
    )

    assert page.status_code == 200
    assert is_signed_in(leaving)
    assert "https://wiki.example.com" in page["Content-Security-Policy"]
    form = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}
    stayed = leaving.browser.post(LOGOUT, {**form, "action": "stay", "csrfmiddlewaretoken": "x"})
    assert stayed["Location"] == GOODBYE
    assert is_signed_in(leaving)


def test_token_of_somebody_else_signs_nobody_out_without_a_question(
    leaving: Rider, make_user: Any
) -> None:
    hint = leaving.get_tokens()["id_token"]
    grace = Rider(leaving.application)
    grace.browser.force_login(make_user(username="grace"))

    assert leave(grace, id_token_hint=hint).status_code == 200
    assert is_signed_in(grace)


@pytest.mark.parametrize(
    "uri", ["https://evil.example.com/", "https://wiki.example.com/callback", "javascript:x", "\0"]
)
def test_url_that_is_not_registered_leads_nowhere(leaving: Rider, uri: str) -> None:
    """Not even one below the site of the application, as allauth would take it."""
    hint = leaving.get_tokens()["id_token"]

    page = leave(leaving, id_token_hint=hint, post_logout_redirect_uri=uri)

    assert page.status_code == 400
    assert "Location" not in page
    assert is_signed_in(leaving)


def test_stranger_is_sent_on_at_once(leaving: Rider) -> None:
    leaving.browser.logout()

    response = leave(leaving, client_id=leaving.application.pk, post_logout_redirect_uri=GOODBYE)

    assert response["Location"] == GOODBYE


def test_token_of_another_application_names_no_url(
    leaving: Rider, make_application: MakeApplication
) -> None:
    other = Rider(make_application(skip_consent=True))
    other.browser = leaving.browser

    page = leave(
        leaving,
        id_token_hint=other.get_tokens()["id_token"],
        client_id=leaving.application.pk,
    )

    assert page.status_code == 200
    assert is_signed_in(leaving)
