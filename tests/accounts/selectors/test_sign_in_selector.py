import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from accounts.authenticators import recovery_codes, totp
from accounts.models import User
from accounts.selectors.permissions import list_effective_roles
from accounts.selectors.sign_in import summarise_password, summarise_sign_in


def test_foreign_password_is_described_and_marked_for_upgrade(make_user, foreign_hash):
    user = User(password=foreign_hash.stored)
    summary = summarise_password(user)
    assert summary.label == "bcrypt"
    assert summary.parameters["cost"] == "4"
    assert summary.is_upgraded_at_sign_in
    assert summary.is_weak


def test_own_password_is_up_to_date(make_user):
    summary = summarise_password(make_user(password="correct horse battery"))
    assert summary.is_usable
    assert not summary.is_upgraded_at_sign_in


def test_user_without_password_is_said_to_have_none(make_user):
    summary = summarise_password(make_user())
    assert not summary.is_usable
    assert not summary.is_upgraded_at_sign_in


def test_unreadable_password_is_said_to_be_unreadable():
    assert "unreadable" in summarise_password(User(password="bcrypt$$2b$bad")).label


def test_expired_password_is_marked(make_user):
    assert summarise_password(make_user(password_expires_at=timezone.now())).is_expired


def test_second_factors_are_described(make_user):
    user = make_user()
    app = totp.build_data("JBSWY3DPEHPK3PXP", name="Old phone", algorithm="SHA256", digits=8)
    Authenticator.objects.create(user=user, type="totp", data=app)
    codes = recovery_codes.build_data(["a", "b"])
    Authenticator.objects.create(user=user, type="recovery_codes", data=codes)
    summary = summarise_sign_in(user)
    assert [(each.name, each.detail) for each in summary.apps] == [
        ("Old phone", "SHA256, 8 digits, 30 seconds")
    ]
    assert summary.recovery_codes_left == 2


def test_user_without_second_factor_has_none(make_user):
    summary = summarise_sign_in(make_user())
    assert not summary.has_second_factor
    assert summary.recovery_codes_left is None


@pytest.mark.parametrize("is_direct", [True, False])
def test_effective_role_says_where_it_comes_from(make_user, make_role, make_group, is_direct):
    user, role = make_user(), make_role("viewer", "accounts.view_user")
    group = make_group("staff", role)
    if is_direct:
        user.roles.add(role)
    else:
        user.groups.add(group)
    [found] = list_effective_roles(user)
    assert found.role == role
    assert found.is_direct is is_direct
    assert found.groups == ([] if is_direct else [group])
    assert found.permissions == ["See and export users, and how they sign in"]
