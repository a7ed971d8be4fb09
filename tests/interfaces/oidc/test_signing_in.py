"""Signing in to an application: the code flow, its claims, and how the session signed in."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts.authenticators import totp
from accounts.models import AttributeDefinition, Group, Role, User
from imports.models import OtherSubjectId
from interfaces.oidc.models import Application, ApplicationUser, ClaimMapping, Membership
from tests.accounts.conftest import ForeignHash
from tests.accounts.test_second_factor import SECRET, make_code
from tests.interfaces.oidc.calling import PASSWORD, Rider, read_answer, read_next, verify
from tests.interfaces.oidc.conftest import MakeApplication

pytestmark = pytest.mark.usefixtures("quick_sign_in")


def test_user_gets_to_the_application_with_a_code_that_tokens_are_given_for(rider: Rider) -> None:
    answer = read_answer(rider.ask(scope="openid profile email"))

    tokens = rider.redeem(answer["code"]).json()

    assert answer["state"] == "s1"
    assert answer["iss"] == "http://localhost:8000"
    assert tokens["token_type"] == "Bearer"
    assert "refresh_token" not in tokens
    claims = verify(tokens["id_token"], rider.application)
    assert claims["nonce"] == "n1"
    assert claims["name"] == "Ada Lovelace"
    assert rider.get_user_info(tokens["access_token"]).json()["email"] == "ada@example.com"


def test_claims_are_those_of_the_scopes(rider: Rider, ada: User) -> None:
    EmailAddress.objects.create(user=ada, email=ada.email, verified=True, primary=True)

    nothing = rider.get_user_info(rider.get_tokens()["access_token"]).json()
    much = rider.get_user_info(
        rider.get_tokens(scope="openid profile email phone groups roles")["access_token"]
    ).json()

    assert nothing == {"sub": "hr-1"}
    assert much == {
        "sub": "hr-1",
        "name": "Ada Lovelace",
        "given_name": "Ada",
        "family_name": "Lovelace",
        "preferred_username": "ada",
        "locale": "en-GB",
        "zoneinfo": "Europe/London",
        "updated_at": int(ada.updated_at.timestamp()),
        "email": "ada@example.com",
        "email_verified": True,
        "phone_number": "+441632960001",
        "phone_number_verified": False,
        "groups": [],
        "roles": [],
    }


@pytest.mark.parametrize(
    ("memberships", "groups", "roles"),
    [
        (Membership.KEY, ["/staff"], ["admin", "editor"]),
        (Membership.NAME, ["Staff"], ["admin", "Editors"]),
    ],
)
def test_groups_and_roles_are_listed_by_key_or_name(
    rider: Rider,
    ada: User,
    make_role: Callable[..., Role],
    make_group: Callable[..., Group],
    memberships: Membership,
    groups: list[str],
    roles: list[str],
) -> None:
    editor = make_role("editor")
    Role.objects.filter(pk=editor.pk).update(name="Editors")
    staff = make_group("/staff", editor)
    Group.objects.filter(pk=staff.pk).update(name="Staff")
    ada.groups.add(staff)
    ada.roles.add(make_role("admin"))
    Application.objects.update(memberships=memberships)

    claims = rider.get_id_token(scope="openid groups roles")

    assert claims["groups"] == groups
    assert claims["roles"] == roles


def test_mapped_attributes_are_told_with_the_profile_only(rider: Rider, ada: User) -> None:
    department = AttributeDefinition.objects.create(name="dept", label="Department")
    ClaimMapping.objects.create(
        application=rider.application, claim="department", attribute=department
    )
    ada.attributes = {"dept": "Research", "salary": 1}
    ada.save()

    assert rider.get_id_token(scope="openid profile")["department"] == "Research"
    assert "department" not in rider.get_id_token()


# The subject id


def test_subject_is_the_id_of_the_source_that_the_application_is_set_to(
    rider: Rider, ada: User, make_application: MakeApplication
) -> None:
    OtherSubjectId.objects.create(user=ada, subject_id="crm-77", source="crm")
    crm = Rider(make_application(skip_consent=True, subject_source="crm"))
    crm.browser = rider.browser

    assert crm.get_id_token()["sub"] == "crm-77"
    assert rider.get_id_token()["sub"] == "hr-1"


def test_subject_stays_when_an_import_changes_the_ids_of_the_user(rider: Rider, ada: User) -> None:
    before = rider.get_id_token()["sub"]
    User.objects.filter(pk=ada.pk).update(subject_id="hr-2")

    assert rider.get_id_token()["sub"] == before


def test_subject_that_another_user_has_had_is_given_to_nobody_else(
    rider: Rider, ada: User, make_user: Callable[..., User]
) -> None:
    rider.get_id_token()
    User.objects.filter(pk=ada.pk).update(subject_id="hr-2")
    other = Rider(rider.application)
    other.enter(make_user(subject_id="hr-1", username="grace"))

    assert other.get_id_token()["sub"] != "hr-1"


def test_subject_is_ascii_whatever_the_source_calls_the_user(rider: Rider, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(subject_id="Jürgen/ß")

    assert rider.get_id_token()["sub"].isascii()


# How the session signed in


def test_time_and_method_of_the_sign_in_are_told(rider: Rider) -> None:
    claims = rider.get_id_token()

    assert abs(claims["auth_time"] - time.time()) < 60
    assert claims["amr"] == ["pwd"]
    assert claims["acr"] == "1"


@pytest.mark.parametrize(
    ("records", "methods", "level"),
    [
        ([{"method": "password"}], ["pwd"], "1"),
        ([{"method": "code"}], ["otp"], "1"),
        ([{"method": "socialaccount", "provider": "google"}], ["fed"], "1"),
        (
            [{"method": "password"}, {"method": "mfa", "type": "totp"}],
            ["pwd", "otp", "mfa"],
            "2",
        ),
        (
            [{"method": "password"}, {"method": "mfa", "type": "recovery_codes"}],
            ["pwd", "recovery_code", "mfa"],
            "2",
        ),
        (
            [{"method": "socialaccount"}, {"method": "mfa", "type": "webauthn"}],
            ["fed", "pop", "mfa"],
            "2",
        ),
        ([{"method": "mfa", "type": "webauthn", "passwordless": True}], ["pop", "mfa"], "2"),
        ([{"method": "password"}, {"method": "password", "reauthenticated": True}], ["pwd"], "1"),
    ],
)
def test_methods_are_those_of_the_session(
    rider: Rider, records: list[dict[str, Any]], methods: list[str], level: str
) -> None:
    session = rider.browser.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{**each, "at": 1.8e9} for each in records]
    session.save()

    claims = rider.get_id_token()

    assert claims["amr"] == methods
    assert claims["acr"] == level
    assert claims["auth_time"] == 1_800_000_000


def test_second_factor_is_asked_for_on_the_way_and_told(
    application: Application, ada: User, quick_sign_in: None
) -> None:
    ada.authenticator_set.create(type="totp", data=totp.build_data(SECRET))
    rider = Rider(application)
    there = read_next(rider.ask())
    page = rider.sign_in("ada", next=there)
    code = make_code(int(time.time()))

    response = rider.browser.post(page["Location"], {"code": code})

    answer = read_answer(rider.browser.get(response["Location"]))
    claims = verify(rider.redeem(answer["code"]).json()["id_token"], application)
    assert claims["amr"] == ["pwd", "otp", "mfa"]


def test_session_without_records_signed_in_when_the_user_last_did(
    ada: User, application: Application
) -> None:
    rider = Rider(application)
    rider.browser.force_login(ada)
    ada.refresh_from_db()

    assert rider.get_id_token()["auth_time"] == int(ada.last_login.timestamp())


# Who has to sign in, again


def test_stranger_signs_in_and_goes_on_to_the_application(
    ada: User, application: Application
) -> None:
    rider = Rider(application)

    there = read_next(rider.ask())
    response = rider.sign_in("ada", next=there)

    assert read_answer(rider.browser.get(response["Location"]))["code"]


def test_legacy_hash_is_upgraded_by_signing_in_to_an_application(
    ada: User, application: Application, foreign_hash: ForeignHash
) -> None:
    User.objects.filter(pk=ada.pk).update(password=foreign_hash.stored)
    rider = Rider(application)
    there = read_next(rider.ask())

    response = rider.sign_in("ada", foreign_hash.password, next=there)

    assert read_answer(rider.browser.get(response["Location"]))["code"]
    ada.refresh_from_db()
    assert ada.password.startswith("argon2")


def test_expired_password_is_replaced_on_the_way(ada: User, application: Application) -> None:
    User.objects.filter(pk=ada.pk).update(password_expires_at=timezone.now())
    rider = Rider(application)
    there = read_next(rider.ask())
    page = rider.sign_in("ada", next=there)
    new = {"password1": "another horse battery", "password2": "another horse battery"}

    response = rider.browser.post(page["Location"], new)

    assert read_answer(rider.browser.get(response["Location"]))["code"]


def test_whoever_has_to_choose_a_password_meanwhile_signs_in_again(rider: Rider, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(password_expires_at=timezone.now())

    assert read_answer(rider.ask(prompt="none"))["error"] == "interaction_required"
    assert rider.ask()["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("parameters", [{"prompt": "login"}, {"max_age": "0"}])
def test_fresh_sign_in_that_is_asked_for_happens_once(
    rider: Rider, parameters: dict[str, str]
) -> None:
    first = rider.ask(**parameters)
    page = first["Location"]
    response = rider.browser.post(page, {"password": PASSWORD})

    assert page.startswith("/accounts/reauthenticate/")
    assert read_answer(rider.browser.get(response["Location"]))["code"]


def test_sign_in_that_is_recent_enough_is_not_asked_for_again(rider: Rider) -> None:
    assert read_answer(rider.ask(max_age="600"))["code"]


def test_user_without_a_password_signs_in_from_the_start_when_asked_to(
    rider: Rider, ada: User
) -> None:
    User.objects.filter(pk=ada.pk).update(password="")

    response = rider.ask(prompt="login")

    assert response["Location"].startswith("/accounts/login/")
    assert "_auth_user_id" not in rider.browser.session


def test_another_account_can_be_chosen(rider: Rider) -> None:
    response = rider.ask(prompt="select_account")

    assert response["Location"].startswith("/accounts/login/")
    assert "prompt" not in read_next(response)


def test_sign_in_is_noted(rider: Rider, ada: User) -> None:
    rider.get_code()

    account = ApplicationUser.objects.get(user=ada)
    assert account.last_sign_in_at > timezone.now() - timedelta(minutes=1)
    assert Application.objects.get().last_used_at is not None


# Where the forms may lead


def test_pages_of_the_sign_in_may_lead_to_the_application_and_no_other_page_may(
    ada: User, application: Application
) -> None:
    rider = Rider(application)
    other = Client().get("/accounts/login/")["Content-Security-Policy"]
    page = rider.browser.get(rider.ask()["Location"])["Content-Security-Policy"]

    assert "form-action 'self';" in f"{other};"
    assert "form-action 'self' https://wiki.example.com;" in f"{page};"


def test_answer_can_be_posted(rider: Rider) -> None:
    page = rider.ask(response_mode="form_post")

    body = page.content.decode()
    assert page.status_code == 200
    assert 'action="https://wiki.example.com/callback"' in body
    assert 'name="code"' in body
    assert "https://wiki.example.com" in page["Content-Security-Policy"]
