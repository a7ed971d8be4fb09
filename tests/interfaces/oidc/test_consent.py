"""Who may sign in to an application and by whose consent; what is said to whoever may not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Group, Role, User
from interfaces.oidc.models import Application, ApplicationUser
from interfaces.oidc.services import withdraw
from tests.accounts.conftest import MakeUser
from tests.interfaces.oidc.calling import (
    AUTHORIZE,
    CALLBACK,
    Rider,
    read_answer,
    read_next,
)
from tests.interfaces.oidc.conftest import MakeApplication

pytestmark = pytest.mark.usefixtures("quick_sign_in")


@pytest.fixture
def asking(make_application: MakeApplication, ada: User) -> Rider:
    """Ada's browser, signed in, and an application that she is asked about."""
    rider = Rider(make_application())
    rider.enter(ada)
    return rider


def test_user_is_asked_once_for_the_same_scopes(asking: Rider) -> None:
    page = asking.ask(scope="openid profile")
    answer = read_answer(asking.decide(page, "allow"))

    assert "See your name" in page.content.decode()
    assert "wiki.example.com" in page.content.decode()
    assert asking.redeem(answer["code"]).status_code == 200
    assert read_answer(asking.ask(scope="openid"))["code"]
    assert asking.ask(scope="openid email").status_code == 200
    assert asking.ask(scope="openid profile", prompt="consent").status_code == 200


def test_denied_consent_goes_back_to_the_application(asking: Rider) -> None:
    answer = read_answer(asking.decide(asking.ask(), "deny"))

    assert answer["error"] == "access_denied"
    assert answer["state"] == "s1"
    assert not ApplicationUser.objects.filter(scopes__len__gt=0).exists()


def test_consent_that_is_withdrawn_is_asked_for_again(asking: Rider) -> None:
    page = asking.ask()
    code = read_answer(asking.decide(page, "allow"))["code"]
    token = asking.redeem(code).json()["access_token"]

    withdraw(ApplicationUser.objects.get())

    assert asking.ask().status_code == 200
    assert asking.get_user_info(token).status_code == 401


def test_decision_of_another_site_is_not_believed(asking: Rider) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = asking.browser.cookies

    response = strict.post(asking.ask().wsgi_request.get_full_path(), {"decision": "allow"})

    assert response.status_code == 403


def test_decision_after_the_session_ended_leads_to_the_sign_in_and_back(asking: Rider) -> None:
    page = asking.ask()
    asking.browser.logout()

    response = asking.decide(page, "allow")

    assert response["Location"].startswith("/accounts/login/")
    assert read_next(response) == page.wsgi_request.get_full_path()


def test_request_by_post_goes_on_as_one_by_get(asking: Rider) -> None:
    response = asking.browser.post(AUTHORIZE, {"client_id": asking.application.pk})

    assert response["Location"] == f"{AUTHORIZE}?client_id={asking.application.pk}"


# Without a page


def test_silent_request_needs_a_session(asking: Rider) -> None:
    asking.browser.logout()

    assert read_answer(asking.ask(prompt="none"))["error"] == "login_required"


def test_silent_request_needs_consent_for_this_application_and_these_scopes(
    asking: Rider, make_application: MakeApplication
) -> None:
    other = Rider(make_application(name="Other"))
    other.browser = asking.browser
    other.decide(other.ask(scope="openid email"), "allow")

    before = read_answer(asking.ask(scope="openid email", prompt="none"))
    asking.decide(asking.ask(scope="openid email"), "allow")
    after = read_answer(asking.ask(scope="openid email", prompt="none"))
    more = read_answer(asking.ask(scope="openid profile", prompt="none"))

    assert before["error"] == "consent_required"
    assert after["code"]
    assert more["error"] == "consent_required"


def test_silent_request_needs_a_sign_in_that_is_recent_enough(rider: Rider) -> None:
    assert read_answer(rider.ask(prompt="none"))["code"]
    assert read_answer(rider.ask(prompt="none", max_age="0"))["error"] == "login_required"


def test_silent_request_about_somebody_else_is_refused(rider: Rider, make_user: MakeUser) -> None:
    hint = rider.get_tokens()["id_token"]
    grace = Rider(rider.application)
    grace.enter(make_user(username="grace"))

    assert read_answer(rider.ask(prompt="none", id_token_hint=hint))["code"]
    refused = read_answer(grace.ask(prompt="none", id_token_hint=hint))
    assert refused["error"] == "login_required"


def test_silent_prompt_goes_with_no_other(rider: Rider) -> None:
    assert read_answer(rider.ask(prompt="none login"))["error"] == "invalid_request"


# Who may use it


def allow_group(application: Application, user: User) -> None:
    group = Group.objects.create(key="staff")
    application.groups.add(group)
    user.groups.add(group)


def allow_role_of_group(application: Application, user: User) -> None:
    role = Role.objects.create(key="editor")
    group = Group.objects.create(key="staff")
    group.roles.add(role)
    application.roles.add(role)
    user.groups.add(group)


def allow_source(application: Application, user: User) -> None:
    application.sources = [user.source]
    application.save()


@pytest.mark.parametrize("allow", [allow_group, allow_role_of_group, allow_source])
def test_only_the_users_that_an_application_names_may_use_it(
    rider: Rider, ada: User, make_user: MakeUser, allow: Callable[[Application, User], None]
) -> None:
    allow(rider.application, ada)
    grace = Rider(rider.application)
    grace.enter(make_user(username="grace", source="crm"))

    page = grace.ask()

    assert read_answer(rider.ask())["code"]
    assert page.status_code == 403
    assert "You may not use Wiki" in page.content.decode()
    assert read_answer(grace.ask(prompt="none"))["error"] == "access_denied"
    assert read_answer(grace.decide(page, "deny"))["error"] == "access_denied"
    assert read_next(grace.decide(page, "switch")) == page.wsgi_request.get_full_path()


def test_whoever_may_not_use_it_is_not_asked_for_consent(asking: Rider) -> None:
    asking.application.sources = ["crm"]
    asking.application.save()

    assert read_answer(asking.decide(asking.ask(), "allow"))["error"] == "access_denied"


# Requests that nobody may be sent back for


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"client_id": "nobody"}, "Unknown application"),
        ({"client_id": None}, "Unknown application"),
        ({"redirect_uri": "https://evil.example.com/callback"}, "URL not registered"),
        ({"redirect_uri": f"{CALLBACK}?more=1"}, "URL not registered"),
        ({"redirect_uri": f"{CALLBACK}/"}, "URL not registered"),
        ({"redirect_uri": "https://user@wiki.example.com/callback"}, "URL not registered"),
        ({"redirect_uri": "javascript:alert(1)"}, "URL not registered"),
        ({"redirect_uri": None}, "URL not registered"),
        ({"redirect_uri": "https://evil.example.com/", "prompt": "none"}, "URL not registered"),
        ({"redirect_uri": "https://evil.example.com/", "scope": "x"}, "URL not registered"),
    ],
)
def test_wrong_request_is_explained_and_sends_nobody_anywhere(
    rider: Rider, parameters: dict[str, str | None], words: str
) -> None:
    for browser in (rider.browser, Client()):
        rider.browser = browser
        page = rider.ask(**parameters)

        assert page.status_code == 400
        assert "Location" not in page
        assert words in page.content.decode()
        assert 'href="https://evil' not in page.content.decode()


def test_application_that_is_switched_off_says_so(rider: Rider) -> None:
    Application.objects.update(is_on=False)

    page = rider.ask()

    assert page.status_code == 403
    assert "Wiki is switched off" in page.content.decode()


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"response_type": "token"}, "unauthorized_client"),
        ({"response_type": "id_token token"}, "unauthorized_client"),
        ({"response_type": "code id_token"}, "unauthorized_client"),
        ({"response_type": "nothing"}, "unsupported_response_type"),
        ({"scope": "openid imports"}, "invalid_scope"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"request": "e30.e30."}, "request_not_supported"),
        ({"request_uri": "https://wiki.example.com/r"}, "request_uri_not_supported"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
    ],
)
def test_application_is_told_what_is_wrong_with_its_request(
    rider: Rider, parameters: dict[str, str | None], error: str
) -> None:
    answer = read_answer(rider.ask(**parameters))

    assert answer["error"] == error
    assert answer["state"] == "s1"
    assert answer["iss"] == "http://localhost:8000"


@pytest.mark.parametrize(
    ("kind", "is_needed"),
    [({"type": "public"}, True), ({"requires_pkce": True}, True), ({}, False)],
)
def test_pkce_is_required_of_public_applications_and_where_it_is_set(
    ada: User, make_application: MakeApplication, kind: dict[str, object], is_needed: bool
) -> None:
    rider = Rider(make_application(skip_consent=True, **kind))
    rider.enter(ada)

    answer = read_answer(rider.ask(code_challenge=None, code_challenge_method=None))

    assert ("error" in answer) is is_needed


@pytest.mark.parametrize(
    ("uri", "is_allowed"),
    [
        ("http://127.0.0.1:49152/cb", True),
        ("http://127.0.0.1:49152/other", False),
        ("http://user@127.0.0.1:49152/cb", False),
        ("https://127.0.0.1:49152/cb", False),
        ("com.example.wiki:/cb", True),
        ("com.example.wiki:/cb2", False),
    ],
)
def test_application_on_a_device_may_listen_on_any_port(
    make_application: MakeApplication, uri: str, is_allowed: bool
) -> None:
    uris = "http://127.0.0.1/cb\ncom.example.wiki:/cb"
    application = make_application(type="public", redirect_uris=uris)

    assert application.allows_redirect(uri) is is_allowed


def test_disabled_user_is_a_stranger(rider: Rider, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False, updated_at=timezone.now())

    assert rider.ask()["Location"].startswith("/accounts/login/")


# What users have allowed


def test_user_sees_their_own_applications_and_withdraws_what_they_allowed(
    asking: Rider, make_user: MakeUser
) -> None:
    asking.decide(asking.ask(scope="openid email"), "allow")
    account = ApplicationUser.objects.get()
    grace = Rider(asking.application)
    grace.enter(make_user(username="grace"))
    url = f"/accounts/applications/{account.pk}/withdraw/"

    page = asking.browser.get("/accounts/applications/").content.decode()
    assert "Wiki" in page
    assert "See your e-mail address" in page
    assert "Wiki" not in grace.browser.get("/accounts/applications/").content.decode()
    assert grace.browser.post(url).status_code == 404
    assert Client().get("/accounts/applications/")["Location"].startswith("/accounts/login/")
    assert Client().post(url)["Location"].startswith("/accounts/login/")

    assert asking.browser.post(url).status_code == 302
    assert asking.ask(scope="openid email").status_code == 200
