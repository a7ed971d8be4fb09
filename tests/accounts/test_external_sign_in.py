"""Signing in with another provider: a real one over HTTP, which knows nothing of Userferry."""

from datetime import timedelta

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.utils import timezone

from accounts.authenticators import totp
from accounts.authenticators.external_logins import decrypt_client_secret, encrypt_client_secret
from accounts.models import User
from tests.accounts.conftest import PASSWORD
from tests.accounts.openid_provider import CLIENT_ID, CLIENT_SECRET, running_provider

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_sign_in")]

LOGIN = "/accounts/oidc/oldidp/login/"
CONNECTIONS = "/accounts/3rdparty/"
BUTTON = "Sign in with Old IdP"


@pytest.fixture
def provider():
    with running_provider() as provider:
        yield provider


@pytest.fixture
def app(db, provider):
    """The provider as an administrator sets it up."""
    return SocialApp.objects.create(
        provider="openid_connect",
        provider_id="oldidp",
        name="Old IdP",
        client_id=CLIENT_ID,
        secret=encrypt_client_secret(CLIENT_SECRET),
        settings={"server_url": provider.issuer},
    )


@pytest.fixture
def ada(make_user):
    """A user as an import writes her: linked by provider and subject."""
    user = make_user(username="ada", email="ada@example.com")
    now = timezone.now()
    SocialAccount.objects.create(
        user=user, provider="oldidp", uid="subject/ada", last_login=now, date_joined=now
    )
    return user


def sign_in_there(client, provider, path=LOGIN, **claims):
    """Press the button, let the provider send the browser back, and return the last answer."""
    provider.claims = claims
    there = client.post(path).context["redirect_to"]
    back = requests.get(there, allow_redirects=False, timeout=5).headers["Location"]
    return client.get(back.removeprefix("http://testserver"))


def is_signed_in(client, user):
    return client.session.get("_auth_user_id") == str(user.pk)


def test_linked_login_signs_in_the_imported_user(client, provider, app, ada):
    assert sign_in_there(client, provider, sub="subject/ada").url == "/"
    assert is_signed_in(client, ada)
    assert User.objects.get() == ada


def test_linked_login_signs_in_whatever_address_the_provider_names(client, provider, app, ada):
    sign_in_there(client, provider, sub="subject/ada", email="new@example.com")
    assert is_signed_in(client, ada)
    ada.refresh_from_db()
    assert ada.email == "ada@example.com"


def test_unknown_subject_makes_no_user_and_says_what_to_do(client, provider, app, ada):
    response = sign_in_there(client, provider, sub="subject/eve", name="Eve")
    assert response.status_code == 403
    assert "No account is linked to this Old IdP login" in response.content.decode()
    assert User.objects.get() == ada
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("settings", [{}, {"email_authentication": True, "verified_email": True}])
def test_verified_address_of_a_user_is_no_link(client, provider, app, ada, settings):
    app.settings |= settings
    app.save()
    EmailAddress.objects.create(user=ada, email=ada.email, verified=True, primary=True)
    response = sign_in_there(
        client, provider, sub="subject/eve", email=ada.email, email_verified=True
    )
    assert response.status_code == 403
    assert SocialAccount.objects.get().uid == "subject/ada"


def test_same_subject_of_another_provider_is_no_link(client, provider, app, ada):
    SocialAccount.objects.update(provider="google")
    assert sign_in_there(client, provider, sub="subject/ada").status_code == 403


def test_subject_is_compared_by_case(client, provider, app, ada):
    assert sign_in_there(client, provider, sub="Subject/Ada").status_code == 403


def test_inactive_user_does_not_get_in(client, provider, app, ada):
    User.objects.update(is_active=False)
    assert sign_in_there(client, provider, sub="subject/ada").url == "/accounts/inactive/"
    assert not is_signed_in(client, ada)


def test_second_factor_is_asked(client, provider, app, ada):
    data = totp.build_data("JBSWY3DPEHPK3PXP")
    Authenticator.objects.create(user=ada, type="totp", data=data)
    response = sign_in_there(client, provider, sub="subject/ada")
    assert response.url == "/accounts/2fa/authenticate/"
    assert not is_signed_in(client, ada)


def test_expired_password_is_asked_for(client, provider, app, ada):
    ada.set_password(PASSWORD)
    ada.password_expires_at = timezone.now() - timedelta(days=1)
    ada.save()
    response = sign_in_there(client, provider, sub="subject/ada")
    assert response.url == "/accounts/password/expired/"


def test_user_signed_in_adds_a_login_and_uses_it(client, provider, app, make_user):
    bob = make_user(password=PASSWORD)
    client.force_login(bob)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    sign_in_there(client, provider, f"{LOGIN}?process=connect", sub="subject/bob")
    client.logout()
    sign_in_there(client, provider, sub="subject/bob")
    assert is_signed_in(client, bob)


def test_login_of_somebody_else_cannot_be_added(client, provider, app, ada, make_user):
    client.force_login(make_user())
    sign_in_there(client, provider, f"{LOGIN}?process=connect", sub="subject/ada")
    assert SocialAccount.objects.get().user == ada


def test_wrong_client_secret_is_a_message(client, provider, app, ada):
    SocialApp.objects.update(secret=encrypt_client_secret("wrong"))
    response = sign_in_there(client, provider, sub="subject/ada")
    assert "did not respond or refused the sign-in" in response.content.decode()


@pytest.mark.parametrize("secret", ["in clear", "azE6" + "A" * 44])
def test_client_secret_that_cannot_be_decrypted_is_a_message(client, provider, app, ada, secret):
    SocialApp.objects.update(secret=secret)
    response = sign_in_there(client, provider, sub="subject/ada")
    assert "did not respond or refused the sign-in" in response.content.decode()


def test_provider_that_does_not_answer_is_a_message(client, app):
    app.settings = {"server_url": "http://127.0.0.1:9"}
    app.save()
    assert "did not respond or refused the sign-in" in client.post(LOGIN).content.decode()


def test_answer_nobody_asked_for_signs_nobody_in(client, provider, app, ada):
    response = client.get("/accounts/oidc/oldidp/login/callback/?code=x&state=y")
    assert "did not respond or refused the sign-in" in response.content.decode()


def test_link_alone_sends_nobody_to_the_provider(client, app):
    assert client.get(LOGIN).status_code == 200


def test_sign_in_page_has_buttons_of_configured_providers_only(client, app):
    page = client.get("/accounts/login/").content.decode()
    assert BUTTON in page
    assert page.count("Sign in with") == 1


def test_sign_in_page_without_providers_has_no_buttons(client, db):
    assert "Sign in with" not in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("kind", ["google", "github", "microsoft"])
def test_well_known_provider_leads_to_its_own_site(client, db, kind):
    SocialApp.objects.create(provider=kind, name=kind, client_id="x")
    there = client.post(f"/accounts/{kind}/login/").context["redirect_to"]
    assert there.startswith("https://")
    assert "code_challenge=" in there


def test_provider_of_the_settings_needs_no_row(client, provider, ada, settings):
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "oldidp",
                    "name": "Old IdP",
                    "client_id": CLIENT_ID,
                    "secret": CLIENT_SECRET,
                    "settings": {"server_url": provider.issuer},
                }
            ],
        }
    }
    sign_in_there(client, provider, sub="subject/ada")
    assert is_signed_in(client, ada)


def test_page_of_external_logins_opens_with_one_of_a_provider_not_set_up(client, ada):
    client.force_login(ada)
    response = client.get(CONNECTIONS)
    assert response.status_code == 200
    assert "subject/ada" not in response.content.decode()


def test_external_login_is_removed(client, app, ada):
    ada.set_password(PASSWORD)
    ada.save()
    client.force_login(ada)
    assert "subject/ada" in client.get(CONNECTIONS).content.decode()
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post(CONNECTIONS, {"account": SocialAccount.objects.get().pk})
    assert not SocialAccount.objects.exists()


def test_last_login_of_a_user_without_password_stays(client, app, ada):
    client.force_login(ada)
    client.post(CONNECTIONS, {"account": SocialAccount.objects.get().pk})
    assert SocialAccount.objects.exists()


FORM = {
    "provider": "openid_connect",
    "provider_id": "corp",
    "name": "Corp",
    "client_id": "x",
    "secret": "s3cret",
    "settings": '{"server_url": "https://login.example.com"}',
}
ADD = "/admin/socialaccount/socialapp/add/"


def test_admin_stores_the_client_secret_encrypted_and_keeps_it(superuser_client):
    superuser_client.post(ADD, FORM)
    app = SocialApp.objects.get()
    assert decrypt_client_secret(app.secret) == "s3cret"
    change = f"/admin/socialaccount/socialapp/{app.pk}/change/"
    assert app.secret not in superuser_client.get(change).content.decode()
    superuser_client.post(change, {**FORM, "secret": "", "name": "Corporate"})
    app.refresh_from_db()
    assert (app.name, decrypt_client_secret(app.secret)) == ("Corporate", "s3cret")


@pytest.mark.parametrize("missing", [{"provider_id": ""}, {"settings": "{}"}])
def test_admin_refuses_an_openid_provider_that_could_not_work(superuser_client, missing):
    assert superuser_client.post(ADD, {**FORM, **missing}).status_code == 200
    assert not SocialApp.objects.exists()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_button_signs_in_within_the_content_policy(page, live_server, provider, app, ada):
    provider.claims = {"sub": "subject/ada"}
    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_role("button", name=BUTTON).click()
    page.wait_for_url(f"{live_server.url}/")
    assert ada.get_full_name() in page.inner_text("h1")
