import pytest
from django.contrib.auth.models import Permission

from accounts.models import AttributeDefinition, Group, Role

MODELS = ["group", "role", "attributedefinition"]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("path", ["", "add/", "import/", "export/"])
def test_stranger_is_sent_to_sign_in(client, db, model, path):
    assert client.get(f"/admin/accounts/{model}/{path}").status_code == 302


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("path", ["", "add/", "import/", "export/"])
def test_staff_without_permission_are_refused(sign_in_as, model, path):
    assert sign_in_as().get(f"/admin/accounts/{model}/{path}").status_code == 403


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(
    ("path", "actions"),
    [("", ["view"]), ("export/", ["view"]), ("add/", ["add"]), ("import/", ["add", "change"])],
)
def test_staff_with_the_permissions_are_let_in(sign_in_as, model, path, actions):
    client = sign_in_as(*(f"accounts.{action}_{model}" for action in actions))
    assert client.get(f"/admin/accounts/{model}/{path}").status_code == 200


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("action", ["add", "change", "view"])
def test_importing_takes_more_than_one_permission(sign_in_as, model, action):
    client = sign_in_as(f"accounts.{action}_{model}")
    assert client.get(f"/admin/accounts/{model}/import/").status_code == 403


@pytest.mark.parametrize(
    "label",
    ["auth/group", "account/emailaddress", "mfa/authenticator", "socialaccount/socialtoken"],
)
def test_what_belongs_to_one_user_has_no_page_of_its_own(superuser_client, label):
    assert superuser_client.get(f"/admin/{label}/").status_code == 404


def get_permission(name):
    app_label, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=app_label, codename=codename)


def test_operator_puts_held_permissions_into_a_role(sign_in_as):
    client = sign_in_as("accounts.add_role", "accounts.view_user")
    held = get_permission("accounts.view_user")
    client.post("/admin/accounts/role/add/", {"key": "viewer", "permissions": [held.pk]})
    assert list(Role.objects.get(key="viewer").permissions.all()) == [held]


def test_operator_cannot_put_other_permissions_into_a_role(sign_in_as):
    client = sign_in_as("accounts.add_role")
    other = get_permission("accounts.delete_user")
    response = client.post("/admin/accounts/role/add/", {"key": "x", "permissions": [other.pk]})
    assert "accounts.delete_user" in response.content.decode()
    assert not Role.objects.filter(key="x").exists()


def test_permissions_that_a_role_has_already_may_stay(sign_in_as, make_role):
    role = make_role("remover", "accounts.delete_user")
    client = sign_in_as("accounts.change_role", "accounts.view_role")
    kept = get_permission("accounts.delete_user")
    client.post(
        f"/admin/accounts/role/{role.pk}/change/",
        {"key": "remover", "name": "Remover", "permissions": [kept.pk]},
    )
    role.refresh_from_db()
    assert role.name == "Remover"


def test_operator_cannot_put_a_more_powerful_role_into_a_group(sign_in_as, make_role):
    client = sign_in_as("accounts.add_group")
    role = make_role("remover", "accounts.delete_user")
    client.post("/admin/accounts/group/add/", {"key": "g", "roles": [role.pk]})
    assert not Group.objects.exists()


def test_roles_of_a_group_are_chosen_from_two_lists_without_a_key_held_down(superuser_client):
    page = superuser_client.get("/admin/accounts/group/add/").content.decode()
    assert "selectfilter" in page
    assert "Hold down" not in page


def test_permissions_are_offered_in_words_and_by_area(superuser_client):
    page = superuser_client.get("/admin/accounts/role/add/").content.decode()
    assert page.index("Groups and roles") < page.index("Change groups and the roles they give")
    assert "Can view" not in page


def test_permission_that_nothing_asks_for_is_not_offered(superuser_client):
    form = superuser_client.get("/admin/accounts/role/add/").context["adminform"].form
    token = get_permission("allauth_idp_oidc.add_token")
    assert token not in form.fields["permissions"].queryset


def test_permission_that_nothing_asks_for_stays_in_a_role_that_has_it(superuser_client, make_role):
    role = make_role("odd", "allauth_idp_oidc.add_token")
    page = superuser_client.get(f"/admin/accounts/role/{role.pk}/change/").content.decode()
    assert "Other permissions, which no page requires" in page
    assert "allauth_idp_oidc.add_token" in page


def test_shared_value_keeps_an_attribute_from_becoming_unique(superuser_client, make_user):
    definition = AttributeDefinition.objects.create(name="team")
    make_user(attributes={"team": "red"})
    make_user(attributes={"team": "red"})
    response = superuser_client.post(
        f"/admin/accounts/attributedefinition/{definition.pk}/change/",
        {"unique": "on", "choices": "[]"},
    )
    assert "same value: red" in response.content.decode()


def test_cells_of_a_list_name_their_columns(superuser_client):
    AttributeDefinition.objects.create(name="team", label="<b>")
    page = superuser_client.get("/admin/accounts/attributedefinition/").content.decode()
    assert '<td data-label="Label" class="field-label">&lt;b&gt;</td>' in page
    assert '<td class="action-checkbox">' in page
