"""The admin of applications and keys: who may do what, and what may be entered."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import AttributeDefinition, Group, User
from interfaces.oidc import keys
from interfaces.oidc.models import Application, ApplicationUser, SigningKey
from tests.interfaces.oidc.calling import CALLBACK
from tests.interfaces.oidc.conftest import MakeApplication

SignIn = Callable[..., Client]
EVERYTHING = [
    *(f"oidc.{action}_application" for action in ("view", "add", "change", "delete")),
    *(f"oidc.{action}_signingkey" for action in ("view", "add", "delete")),
]
# URL, method, the permission it takes, and the status with it.
MATRIX = [
    ("oidc_application_changelist", "get", "oidc.view_application", 200),
    ("oidc_application_add", "get", "oidc.add_application", 200),
    ("oidc_application_change", "get", "oidc.view_application", 200),
    ("oidc_application_change", "post", "oidc.change_application", 200),
    ("oidc_application_delete", "get", "oidc.delete_application", 200),
    ("oidc_application_secret", "post", "oidc.change_application", 200),
    ("oidc_application_revoke_secret", "post", "oidc.change_application", 302),
    ("oidc_signingkey_changelist", "get", "oidc.view_signingkey", 200),
    ("oidc_signingkey_change", "get", "oidc.view_signingkey", 200),
    ("oidc_signingkey_rotate", "post", "oidc.add_signingkey", 302),
    ("oidc_signingkey_delete", "get", "oidc.delete_signingkey", 200),
]
FORM = {
    "name": "Wiki",
    "type": "confidential",
    "is_on": "on",
    "redirect_uris": CALLBACK,
    "scopes": ["profile", "groups"],
    "memberships": "key",
    "claim_mappings-TOTAL_FORMS": "0",
    "claim_mappings-INITIAL_FORMS": "0",
}


def locate(name: str, application: Application, key: SigningKey) -> str:
    if name.endswith(("changelist", "add", "rotate")):
        return reverse(f"admin:{name}")
    return reverse(f"admin:{name}", args=[(key if "signingkey" in name else application).pk])


@pytest.mark.parametrize(
    ("name", "method", "permission", "status"), MATRIX, ids=[f"{row[0]}-{row[1]}" for row in MATRIX]
)
def test_page_needs_its_permission(
    make_application: MakeApplication,
    sign_in_as: SignIn,
    name: str,
    method: str,
    permission: str,
    status: int,
) -> None:
    application = make_application()
    key = keys.rotate(at_once=True)
    SigningKey.objects.update(expires_at=key.active_from)
    url = locate(name, application, key)

    def call(browser: Client) -> int:
        code: int = getattr(browser, method)(url).status_code
        return code

    assert call(Client()) == 302
    everything_else = [each for each in EVERYTHING if each != permission]
    if permission == "oidc.view_application":
        everything_else.remove("oidc.change_application")
    without = sign_in_as(*everything_else)
    assert call(without) == 403
    role = User.objects.get(username="operator").roles.get()
    role.permissions.add(*_find_permission(permission))
    assert call(without) == status


def _find_permission(code: str) -> Any:
    app_label, codename = code.split(".")
    return Permission.objects.filter(content_type__app_label=app_label, codename=codename)


@pytest.fixture
def staff(sign_in_as: SignIn, ready_key: None) -> Client:
    return sign_in_as(*EVERYTHING, "accounts.view_group", "accounts.view_role")


def add(staff: Client, **fields: object) -> Any:
    return staff.post(reverse("admin:oidc_application_add"), {**FORM, **fields})


def test_application_is_added_and_its_secret_is_shown_once(staff: Client) -> None:
    group = Group.objects.create(key="staff")

    page = add(staff, groups=[group.pk], post_logout_uris=f"  {CALLBACK}/bye \n\n{CALLBACK}/bye")

    application = Application.objects.get()
    secret = page.context["secret"]
    assert "no-store" in page["Cache-Control"]
    assert application.check_secret(secret)
    assert secret not in application.secret
    assert application.get_scopes() == ["openid", "profile", "groups"]
    assert application.get_grant_types() == ["authorization_code"]
    assert application.post_logout_uris == f"{CALLBACK}/bye"
    assert application.owner is None
    assert list(application.groups.all()) == [group]
    change = staff.get(reverse("admin:oidc_application_change", args=[application.pk]))
    assert secret not in change.content.decode()


def test_public_application_gets_no_secret(staff: Client) -> None:
    response = add(staff, type="public", scopes=["offline_access"])

    application = Application.objects.get()
    assert response.status_code == 302
    assert application.secret == ""
    assert application.get_grant_types() == ["authorization_code", "refresh_token"]


@pytest.mark.parametrize(
    ("kind", "uri", "is_allowed"),
    [
        ("confidential", "https://wiki.example.com/cb?tenant=1", True),
        ("confidential", "http://wiki.intranet:8080/cb", True),
        ("public", "http://localhost:3000/cb", True),
        ("public", "http://wiki.example.com/cb", False),
        ("public", "com.example.wiki:/cb", True),
        ("confidential", "com.example.wiki:/cb", False),
        ("public", "javascript:alert(1)", False),
        ("confidential", "https://wiki.example.com/cb#part", False),
        ("confidential", "https://*.example.com/cb", False),
        ("confidential", "https://user@wiki.example.com/cb", False),
        ("confidential", "https:///cb", False),
        ("confidential", "/cb", False),
        ("confidential", "https://wiki.example.com:port/cb", False),
        ("confidential", "", False),
    ],
)
def test_only_whole_urls_can_be_registered(
    staff: Client, kind: str, uri: str, is_allowed: bool
) -> None:
    page = add(staff, type=kind, redirect_uris=uri)

    assert Application.objects.exists() is is_allowed
    if not is_allowed:
        assert page.context["adminform"].form.errors["redirect_uris"]


@pytest.mark.parametrize(
    ("claim", "is_allowed"),
    [
        ("department", True),
        ("https://example.com/dept", True),
        ("sub", False),
        ("email_verified", False),
        ("groups", False),
        ("a b", False),
    ],
)
def test_claim_of_an_attribute_has_a_name_that_means_nothing_else(
    staff: Client, claim: str, is_allowed: bool
) -> None:
    attribute = AttributeDefinition.objects.create(name="dept")
    add(
        staff,
        **{
            "claim_mappings-TOTAL_FORMS": "1",
            "claim_mappings-0-claim": claim,
            "claim_mappings-0-attribute": attribute.pk,
        },
    )

    assert Application.objects.filter(claim_mappings__claim=claim).exists() is is_allowed


def test_ids_and_kind_stay_once_users_have_signed_in(staff: Client, ada: User) -> None:
    add(staff, subject_source="")
    application = Application.objects.get()
    ApplicationUser.objects.create(application=application, user=ada, subject="hr-1")
    url = reverse("admin:oidc_application_change", args=[application.pk])

    staff.post(url, {**FORM, "type": "public", "subject_source": "crm", "name": "Renamed"})

    application.refresh_from_db()
    assert application.name == "Renamed"
    assert application.subject_source == ""
    assert not application.is_public


def test_secret_is_rotated_two_at_a_time(staff: Client) -> None:
    first = add(staff).context["secret"]
    application = Application.objects.get()
    create, revoke = (
        reverse(f"admin:{name}", args=[application.pk])
        for name in ("oidc_application_secret", "oidc_application_revoke_secret")
    )

    second = staff.post(create).context["secret"]
    refused = staff.post(create)

    application.refresh_from_db()
    assert refused.status_code == 302
    assert application.check_secret(first)
    assert application.check_secret(second)
    staff.post(revoke)
    application.refresh_from_db()
    assert not application.check_secret(first)
    assert application.check_secret(second)


def test_applications_are_not_among_the_api_clients(
    superuser_client: Client, make_application: MakeApplication
) -> None:
    make_application(name="Wiki of the company")

    page = superuser_client.get(reverse("admin:allauth_idp_oidc_client_changelist"))

    assert "Wiki of the company" not in page.content.decode()


def test_key_that_signs_cannot_be_deleted(superuser_client: Client, ready_key: None) -> None:
    key = keys.rotate(at_once=True)

    page = superuser_client.get(reverse("admin:oidc_signingkey_delete", args=[key.pk]))

    assert page.status_code == 403


def create_by_command(*options: str) -> dict[str, str]:
    printed = io.StringIO()
    call_command("create_connection", "oidc", "--name", "Wiki", "--json", *options, stdout=printed)
    made: dict[str, str] = json.loads(printed.getvalue())
    return made


def test_application_is_made_without_a_browser(superuser: User) -> None:
    made = create_by_command("--redirect-uri", CALLBACK, "--scope", "email", "--trusted")

    application = Application.objects.get()
    assert made.keys() == {"kind", "url", "client_id", "client_secret"}
    assert made["url"] == "http://localhost:8000"
    assert made["client_id"] == application.pk
    assert application.check_secret(made["client_secret"])
    assert application.get_scopes() == ["openid", "email"]
    assert application.is_trusted


def test_application_without_a_secret_is_made_without_one(superuser: User) -> None:
    assert create_by_command("--public").keys() == {"kind", "url", "client_id"}


def test_command_refuses_what_the_admin_would(superuser: User, sign_in_as: SignIn) -> None:
    sign_in_as()
    with pytest.raises(CommandError, match="fragment"):
        create_by_command("--redirect-uri", f"{CALLBACK}#part")
    with pytest.raises(CommandError, match=r"oidc\.add_application"):
        create_by_command("--as", User.objects.get(username="operator").subject_id)
