import pytest


@pytest.fixture
def viewer(make_user, make_role, make_group):
    user = make_user()
    user.groups.add(make_group("staff", make_role("viewer", "accounts.view_user")))
    return user


def test_permission_of_a_role_through_a_group_is_held(viewer):
    assert viewer.has_perm("accounts.view_user")
    assert viewer.get_all_permissions() == {"accounts.view_user"}


def test_permission_of_no_role_is_not_held(viewer):
    assert not viewer.has_perms(["accounts.view_user", "accounts.change_user"])


def test_application_of_a_permission_may_be_seen(viewer):
    assert viewer.has_module_perms("accounts")
    assert not viewer.has_module_perms("imports")


def test_inactive_user_holds_nothing(viewer):
    viewer.is_active = False
    assert not viewer.has_perm("accounts.view_user")


def test_superuser_holds_everything(superuser):
    assert superuser.has_perm("anything.at_all")
    assert superuser.has_module_perms("anything")
