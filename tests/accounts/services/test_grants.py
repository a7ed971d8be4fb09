import pytest

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


def test_user_of_no_more_permissions_may_be_changed(operator, make_user):
    assert grants.may_change_user(operator, make_user())
    assert grants.may_change_user(operator, operator)


def test_user_of_more_permissions_may_not_be_changed(operator, make_user, make_role):
    other = make_user()
    other.roles.add(make_role("remover", "accounts.delete_user"))
    assert not grants.may_change_user(operator, other)


def test_superuser_may_be_changed_by_superusers_only(operator, superuser):
    assert not grants.may_change_user(operator, superuser)
    assert grants.may_change_user(superuser, superuser)
