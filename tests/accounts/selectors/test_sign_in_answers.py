"""Sign-in diagnosis Each answer, and that none of them is secret."""

import hashlib
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp
from cryptography.hazmat.primitives.asymmetric import ec
from django.urls import reverse
from django.utils import timezone
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

from accounts.authenticators import passkeys, recovery_codes, totp
from accounts.models import User
from accounts.selectors.sign_in_answers import answer_sign_in_questions
from tests.accounts.conftest import PASSWORD


@pytest.fixture
def tell(rf, settings):
    """Return everything the page says of a user: badge and sentence in one line each."""
    settings.ALLOWED_HOSTS = ["ferry.example"]

    def tell(user):
        request = rf.get("/", headers={"host": "ferry.example:8000"})
        sections = answer_sign_in_questions(request, user)
        return "\n".join(
            f"[{answer.badge}] {answer.sentence}"
            for section in sections
            for answer in section.answers
        )

    return tell


def test_identifiers_are_listed_once_each(tell, make_user):
    user = make_user(username="ada", email="ada@example.com", phone="+441632960001")
    EmailAddress.objects.create(user=user, email="ada@example.com", primary=True)
    EmailAddress.objects.create(user=user, email="countess@example.com")
    names = [line for line in tell(user).splitlines() if line.endswith((".com", "ada", "0001"))]
    assert names == [
        "[user name] ada",
        "[e-mail] ada@example.com",
        "[e-mail] countess@example.com",
        "[phone] +441632960001",
    ]


def test_imported_hash_is_named_with_its_costs_and_its_upgrade(tell, make_user, foreign_hash):
    user = make_user()
    user.password, user.password_changed_at = foreign_hash.stored, None
    answers = tell(user)
    assert "[works] Imported, stored as bcrypt (" in answers
    assert "[weak]" in answers
    assert "[upgrade pending]" in answers
    assert foreign_hash.stored[-20:] not in answers


def test_own_password_needs_no_rehash(tell, make_user):
    answers = tell(make_user(password=PASSWORD))
    assert "[works] Set here" in answers
    assert "[upgrade pending]" not in answers


def test_damaged_hash_fits_no_password(tell, make_user):
    user = make_user()
    user.password = "bcrypt$$2b$bad"
    assert "[unreadable]" in tell(user)


@pytest.mark.parametrize(("days", "badge"), [(-1, "[must change]"), (1, "[expires]")])
def test_expiry_is_told(tell, make_user, days, badge):
    expires_at = timezone.now() + timedelta(days=days)
    user = make_user(password=PASSWORD)
    user.password_expires_at = expires_at
    assert badge in tell(user)


def test_inactive_account_is_told(tell, make_user):
    assert "[inactive]" in tell(make_user(is_active=False))


def test_user_without_password_can_reset_it_by_mail(tell, make_user):
    answers = tell(make_user(email="ada@example.com"))
    assert "[none] The user has no password." in answers
    assert "[reset] A password reset e-mail can be sent to ada@example.com." in answers
    assert "[no code]" in answers


def test_verified_address_gets_codes(tell, make_user):
    user = make_user(email="ada@example.com")
    EmailAddress.objects.create(user=user, email=user.email, verified=True)
    assert "[code by e-mail]" in tell(user)


def test_user_with_nothing_has_no_way_in(tell, make_user):
    answers = tell(make_user(username=None, email=None))
    assert "[no way in]" in answers
    assert "The account has no user name" in answers


@pytest.mark.parametrize("is_set_up", [True, False])
def test_external_login_says_whether_its_provider_is_set_up(tell, make_user, is_set_up):
    if is_set_up:
        SocialApp.objects.create(provider="google", name="Google", client_id="x")
    user = make_user()
    SocialAccount.objects.create(user=user, provider="google", uid="117")
    assert ("[Google] Signs in as 117" in tell(user)) is is_set_up
    assert ("[not set up]" in tell(user)) is not is_set_up


def test_second_step_and_recovery_codes_are_told(tell, make_user):
    user = make_user()
    app = totp.build_data("JBSWY3DPEHPK3PXP", name="Old phone", digits=8)
    Authenticator.objects.create(user=user, type="totp", data=app)
    codes = recovery_codes.build_data(["ABCD-1234", "EFGH-5678"])
    Authenticator.objects.create(user=user, type="recovery_codes", data=codes)
    answers = tell(user)
    assert "[app] A code from Old phone is required (SHA1, 8 digits, 30 seconds)." in answers
    assert "[recovery] 2 recovery codes are left" in answers


def test_user_without_second_factor_signs_in_by_the_first_alone(tell, make_user):
    assert "[no] No second step is required." in tell(make_user())


@pytest.mark.parametrize(
    ("made_for", "expected"),
    [
        ("", "It works only if the old system's relying party id was ferry.example"),
        ("ferry.example", "was registered for ferry.example and works"),
        ("old.example", "was not registered for ferry.example and cannot work here"),
    ],
)
def test_passkey_says_whether_it_is_of_this_site(tell, make_user, monkeypatch, made_for, expected):
    if made_for:
        site = hashlib.sha256(made_for.encode()).digest()
        monkeypatch.setattr("accounts.authenticators.passkeys.UNKNOWN_SITE", site)
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    data = passkeys.build_data(websafe_encode(b"1"), websafe_encode(cbor.encode(key)), name="Key")
    monkeypatch.undo()
    user = make_user()
    Authenticator.objects.create(user=user, type="webauthn", data=data)
    assert f"[passkey] Key {'was imported. ' if not made_for else ''}{expected}" in tell(user)


def test_last_sign_ins_are_told(tell, make_user):
    assert "[here] Never signed in here." in tell(make_user())
    user = make_user(last_login=timezone.now(), last_login_at_source=timezone.now())
    assert "[here] Signed in here on" in tell(user)
    assert "[old system] Signed in to the old system on" in tell(user)


def test_lock_out_is_told(tell, client, make_user, quick_sign_in, settings):
    settings.ALLOWED_HOSTS = ["testserver", "ferry.example"]
    user = make_user(username="ada", password=PASSWORD)
    for _ in range(5):
        client.post("/accounts/login/", {"login": "ada", "password": "wrong"})
    assert "[locked out] After too many wrong passwords" in tell(user)


@pytest.mark.parametrize(
    ("permissions", "status"), [(["accounts.view_user"], 200), (["accounts.view_group"], 403)]
)
def test_page_is_for_those_who_may_see_users(sign_in_as, make_user, permissions, status):
    url = reverse("admin:accounts_user_sign_in", args=[make_user().pk])
    assert sign_in_as(*permissions).get(url).status_code == status


def test_page_of_no_user_is_not_found(superuser_client):
    unknown = User.objects.latest("pk").pk + 1
    url = reverse("admin:accounts_user_sign_in", args=[unknown])
    assert superuser_client.get(url).status_code == 404


def test_page_sends_strangers_to_sign_in(client, make_user):
    url = reverse("admin:accounts_user_sign_in", args=[make_user().pk])
    assert client.get(url).status_code == 302
