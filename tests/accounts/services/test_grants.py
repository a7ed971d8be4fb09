import pytest
from django.utils import timezone

from accounts.authority import Act
from accounts.models import User
from accounts.services import grants


@pytest.fixture
def operator(make_user, make_role):
    user = make_user(is_staff=True)
    user.roles.add(make_role("operator", "accounts.view_user", "accounts.change_user"))
    return user


def test_role_within_the_own_permissions_may_be_given(operator, make_role):
    assert grants.find_excess_of_roles(operator, [make_role("viewer", "accounts.view_user")]) == []


def test_role_beyond_the_own_permissions_is_in_excess(operator, make_role):
    role = make_role("remover", "accounts.view_user", "accounts.delete_user")
    assert grants.find_excess_of_roles(operator, [role]) == ["accounts.delete_user"]


def test_group_counts_by_its_roles(operator, make_role, make_group):
    group = make_group("removers", make_role("remover", "accounts.delete_user"))
    assert grants.find_excess_of_groups(operator, [group]) == ["accounts.delete_user"]


def test_superuser_exceeds_nothing(superuser, make_role):
    assert grants.find_excess_of_roles(superuser, [make_role("x", "accounts.delete_user")]) == []


def may(actor, act, user):
    return grants.find_refusal_of(actor, act, user) is None


def test_user_of_no_more_permissions_may_be_changed(operator, make_user):
    assert may(operator, Act.CHANGE, make_user())


def test_user_of_more_permissions_may_not_be_changed(operator, make_user, make_role, make_group):
    other, member = make_user(), make_user()
    other.roles.add(make_role("remover", "accounts.delete_user"))
    member.groups.add(make_group("removers", *other.roles.all()))
    assert not may(operator, Act.CHANGE, other)
    assert not may(operator, Act.CHANGE, member)


def test_administrators_may_be_changed_by_superusers_only(operator, superuser, make_user):
    for administrator in (superuser, operator, make_user(is_staff=True)):
        assert not may(operator, Act.CHANGE, administrator)
        assert may(superuser, Act.CHANGE, administrator)


def test_what_somebody_signs_in_with_takes_a_permission_of_its_own_once_it_is_used(
    operator, make_user, make_role
):
    new, used = make_user(), make_user(last_login=timezone.now())
    chosen = make_user(password="chosen here")
    assert may(operator, Act.OVERWRITE_CREDENTIALS, new)
    assert not may(operator, Act.OVERWRITE_CREDENTIALS, used)
    assert not may(operator, Act.OVERWRITE_CREDENTIALS, chosen)
    operator.roles.add(make_role("desk", "accounts.overwrite_credentials"))
    again = User.objects.get(pk=operator.pk)
    assert may(again, Act.OVERWRITE_CREDENTIALS, used)


def test_whoever_is_not_active_may_change_nobody(superuser, make_user):
    superuser.is_active = False
    assert not may(superuser, Act.CHANGE, make_user())
