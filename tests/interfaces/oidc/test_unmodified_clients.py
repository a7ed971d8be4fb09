"""Clients as others wrote them: Authlib, in the sample application, and openid-client of npm."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIServer

import pytest
from authlib.integrations.base_client.errors import OAuthError
from django.conf import settings as configured
from django.test import Client
from playwright.sync_api import Page

from accounts.models import User
from interfaces.oidc.models import Application, Grant
from samples.openid_application.__main__ import serve
from tests.accounts.conftest import ForeignHash
from tests.interfaces.oidc.calling import PASSWORD
from tests.interfaces.oidc.conftest import MakeApplication
from tests.interfaces.running import needs_npm_clients, run_node

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("quick_sign_in"),
]
PATIENCE = 60_000


@pytest.fixture
def issuer(live_server: Any, settings: Any) -> str:
    url: str = live_server.url
    settings.PUBLIC_URL = f"{url}/"
    return url


@pytest.fixture
def sample(issuer: str, make_application: MakeApplication) -> Iterator[WSGIServer]:
    """The sample application, served on a port of its own and registered here."""
    application = make_application()
    server = serve(
        issuer,
        application.pk,
        application.plain_secret,
        scope="openid profile email offline_access",
    )
    base = server.get_app().base
    Application.objects.update(redirect_uris=f"{base}/callback", post_logout_uris=f"{base}/")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def patient(page: Page) -> Page:
    page.set_default_timeout(PATIENCE)
    page.set_viewport_size({"width": 390, "height": 800})
    return page


def measure_overflow(page: Page) -> int:
    wide: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return wide


@pytest.mark.browser
def test_imported_user_goes_to_the_sample_application_and_leaves_it(
    patient: Page, sample: WSGIServer, ada: User, foreign_hash: ForeignHash
) -> None:
    base = sample.get_app().base
    User.objects.filter(pk=ada.pk).update(password=foreign_hash.stored)

    patient.goto(base)
    enter_password(patient, foreign_hash.password)
    patient.get_by_role("heading", name="Sign in to Wiki").wait_for()
    assert measure_overflow(patient) <= 0
    patient.get_by_role("button", name="Deny").click()
    patient.get_by_text("access_denied").wait_for()
    patient.get_by_role("link", name="Try again").click()
    patient.get_by_role("button", name="Allow").click()
    patient.get_by_text("You are signed in as Ada Lovelace").wait_for()
    ada.refresh_from_db()
    assert ada.password.startswith("argon2")
    patient.get_by_role("link", name="Sign out").click()
    patient.get_by_role("heading", name="Sign out").wait_for()
    assert measure_overflow(patient) <= 0
    patient.get_by_role("button", name="Sign out").click()
    patient.get_by_text("You are not signed in").wait_for()


@pytest.mark.browser
def test_trusted_application_signs_its_user_in_and_out_without_a_question(
    patient: Page, sample: WSGIServer, ada: User
) -> None:
    Application.objects.update(skip_consent=True)

    patient.goto(sample.get_app().base)
    enter_password(patient, PASSWORD)
    patient.get_by_text("You are signed in as Ada Lovelace").wait_for()
    patient.get_by_role("link", name="Sign out").click()
    patient.get_by_text("You are not signed in").wait_for()


def enter_password(page: Page, password: str) -> None:
    page.get_by_role("link", name="Sign in").click()
    page.locator("[name=login]").fill("ada")
    page.locator("[name=password]").fill(password)
    page.locator("[name=password]").press("Enter")


@pytest.mark.browser
def test_pages_that_lead_nowhere_say_what_to_do(
    patient: Page, sample: WSGIServer, issuer: str, ada: User
) -> None:
    Application.objects.update(sources=["crm"])
    patient.context.add_cookies([{"name": "sessionid", "value": sign_in(ada), "url": issuer}])

    patient.goto(f"{sample.get_app().base}/sign-in")
    assert "You may not use Wiki" in patient.inner_text("h1")
    assert measure_overflow(patient) <= 0
    patient.get_by_role("button", name="Back to Wiki").click()
    patient.get_by_text("access_denied").wait_for()
    patient.goto(f"{issuer}/identity/o/authorize?client_id=nobody")
    assert "Unknown application" in patient.inner_text("h1")
    assert measure_overflow(patient) <= 0


def sign_in(user: User) -> str:
    browser = Client()
    browser.force_login(user)
    value: str = browser.cookies[configured.SESSION_COOKIE_NAME].value
    return value


def test_authlib_refreshes_and_is_refused_with_a_used_token(sample: WSGIServer, ada: User) -> None:
    Application.objects.update(skip_consent=True)
    provider = sample.get_app().provider
    url, kept = provider.begin()
    browser = Client()
    browser.force_login(ada)
    callback = browser.get(url)["Location"]

    first, claims = provider.finish(callback, kept)
    second = provider.refresh(first)

    assert claims["sub"] == "hr-1"
    assert provider.fetch_user_info(second)["name"] == "Ada Lovelace"
    with pytest.raises(OAuthError, match="invalid_grant"):
        provider.refresh(first)
    assert not Grant.objects.exists()


@needs_npm_clients
@pytest.mark.parametrize("kind", ["confidential", "public"])
def test_openid_client_signs_in_refreshes_and_signs_out(
    issuer: str,
    ada: User,
    make_application: MakeApplication,
    kind: str,
) -> None:
    application = make_application(type=kind, skip_consent=True)
    environment = {
        "ISSUER": issuer,
        "CLIENT_ID": application.pk,
        "CLIENT_SECRET": application.plain_secret,
        "SESSION": sign_in(ada),
    }

    told = json.loads(run_node("openid_client.mjs", environment))

    assert told["claims"]["sub"] == told["info"]["sub"] == "hr-1"
    assert told["claims"]["auth_time"]
    assert told["refreshed"]["sub"] == "hr-1"
    assert told["reuse"] == "invalid_grant"
    assert told["after_reuse"] == "invalid_grant"
    assert told["active"] == ([True, False] if kind == "confidential" else [])
    assert told["logout"].startswith(f"{issuer}/identity/o/logout?")
