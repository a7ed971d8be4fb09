import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.utils import timezone

from accounts.admin import UserPanel, register_user_panel
from accounts.admin import panels as panels_module
from accounts.authenticators import recovery_codes, totp
from accounts.models import AttributeDefinition, UniqueAttributeValue, User

LIST = "/admin/accounts/user/"
ADD = "/admin/accounts/user/add/"


def change_url(user):
    return f"/admin/accounts/user/{user.pk}/change/"


def fill_form(user, **changes):
    """Return what a browser would post from the page of the user."""
    expiry = timezone.localtime(user.password_expires_at) if user.password_expires_at else None
    fields = {
        "subject_id": user.subject_id,
        "username": user.username or "",
        "email": user.email or "",
        "phone": user.phone or "",
        "given_name": user.given_name,
        "family_name": user.family_name,
        "display_name": user.display_name,
        "locale": user.locale,
        "zoneinfo": user.zoneinfo,
        "picture": user.picture,
        "is_active": user.is_active,
        "is_staff": user.is_staff,
        "is_superuser": user.is_superuser,
        "password_expires_at_0": expiry.date().isoformat() if expiry else "",
        "password_expires_at_1": expiry.time().isoformat() if expiry else "",
        **{
            f"{name}-{key}_FORMS": 0
            for name in ("groupmembership_set", "roleassignment_set")
            for key in ("TOTAL", "INITIAL")
        },
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not False}


def add_row(table, **values):
    return {f"{table}-TOTAL_FORMS": 1, **{f"{table}-0-{name}": v for name, v in values.items()}}


def list_errors(response):
    return response.context["errors"].as_data() if response.context else response


@pytest.fixture
def operator_client(sign_in_as):
    return sign_in_as("accounts.view_user", "accounts.change_user", "accounts.add_user")


@pytest.mark.parametrize(
    "path", ["", "add/", "export/", "{pk}/change/", "{pk}/delete/", "{pk}/password/"]
)
def test_stranger_is_sent_to_sign_in(client, make_user, path):
    url = LIST + path.format(pk=make_user().pk)
    response = client.get(url)
    assert response.status_code == 302
    assert "/admin/login/" in response.url


@pytest.mark.parametrize(
    "path", ["", "add/", "export/", "{pk}/change/", "{pk}/delete/", "{pk}/password/"]
)
def test_staff_without_permission_are_refused(sign_in_as, make_user, path):
    url = LIST + path.format(pk=make_user().pk)
    assert sign_in_as().get(url).status_code == 403


@pytest.mark.parametrize(
    ("path", "permission"),
    [
        ("", "accounts.view_user"),
        ("export/", "accounts.view_user"),
        ("{pk}/change/", "accounts.view_user"),
        ("{pk}/password/", "accounts.change_user"),
        ("{pk}/delete/", "accounts.delete_user"),
    ],
)
def test_staff_with_the_permission_are_let_in(sign_in_as, make_user, path, permission):
    url = LIST + path.format(pk=make_user().pk)
    assert sign_in_as(permission).get(url).status_code == 200


def test_list_finds_a_user_by_the_beginning_of_an_identifier(superuser_client, make_user):
    make_user(email="ada@example.com")
    make_user(email="bob@example.com")
    page = superuser_client.get(LIST, {"q": "ada@"}).content.decode()
    assert "ada@example.com" in page
    assert "bob@example.com" not in page


@pytest.mark.parametrize("parameter", ["group", "role"])
def test_list_is_narrowed_to_members(superuser_client, make_user, make_role, make_group, parameter):
    member, group, role = make_user(email="ada@example.com"), make_group("g"), make_role("r")
    member.groups.add(group)
    member.roles.add(role)
    wanted = {"group": group, "role": role}[parameter]
    changelist = superuser_client.get(LIST, {parameter: wanted.pk}).context["cl"]
    assert list(changelist.queryset) == [member]


def test_list_shrugs_off_a_filter_that_is_no_number(superuser_client, make_group):
    make_group("g")
    assert superuser_client.get(LIST, {"group": "x"}).status_code == 302


def test_list_takes_as_many_queries_for_many_users_as_for_one(
    superuser_client, make_user, django_assert_max_num_queries
):
    for _ in range(30):
        make_user()
    with django_assert_max_num_queries(14):
        superuser_client.get(LIST)


def test_page_shows_how_the_user_signs_in_and_no_secret(superuser_client, make_user, foreign_hash):
    user = make_user()
    User.objects.filter(pk=user.pk).update(password=foreign_hash.stored)
    Authenticator.objects.create(
        user=user, type="totp", data=totp.build_data("JBSWY3DPEHPK3PXP", name="Old phone")
    )
    Authenticator.objects.create(
        user=user, type="recovery_codes", data=recovery_codes.build_data(["ABCD-1234"])
    )
    secrets = [
        foreign_hash.stored.rpartition("$")[2],
        "JBSWY3DPEHPK3PXP",
        "ABCD-1234",
        *(str(value) for each in Authenticator.objects.all() for value in each.data.values()),
    ]
    secrets.remove("Old phone")
    page = superuser_client.get(change_url(user)).content.decode()
    for shown in ("bcrypt", "upgraded at next sign-in", "Old phone", "SHA1, 6 digits", "1 left"):
        assert shown in page
    assert not [secret for secret in secrets if secret in page]


def test_page_shows_roles_with_their_origin(superuser_client, make_user, make_role, make_group):
    user = make_user()
    user.groups.add(make_group("staff", make_role("viewer", "accounts.view_user")))
    page = superuser_client.get(change_url(user)).content.decode()
    assert "See and export users" in page
    assert "through" in page


def test_page_shows_panels_of_other_applications(superuser_client, make_user, monkeypatch):
    monkeypatch.setattr(panels_module, "_builders", [])
    template = "admin/accounts/user/attributes.html"
    register_user_panel(lambda user: UserPanel("Where from", template))
    register_user_panel(lambda user: None)
    page = superuser_client.get(change_url(make_user())).content.decode()
    assert page.count("Where from") == 1


def test_user_is_added_without_a_password(superuser_client, db):
    superuser_client.post(
        ADD, fill_form(User(subject_id="new-1", email="New@Example.com"), email_verified="on")
    )
    user = User.objects.get(subject_id="new-1")
    assert user.email == "new@example.com"
    assert not user.has_usable_password()
    assert EmailAddress.objects.filter(user=user, primary=True, verified=True).exists()


def test_password_is_set(superuser_client, make_user):
    user = make_user()
    superuser_client.post(
        f"{LIST}{user.pk}/password/",
        {"password1": "a fine long one", "password2": "a fine long one", "usable_password": "true"},
    )
    user.refresh_from_db()
    assert user.check_password("a fine long one")


def test_phone_is_taken_with_punctuation(superuser_client, make_user):
    user = make_user()
    superuser_client.post(change_url(user), fill_form(user, phone="+44 1632 960-001"))
    user.refresh_from_db()
    assert user.phone == "+441632960001"


@pytest.mark.parametrize("phone", ["12345", "+0123456789", "+44", "+44163296000100000"])
def test_phone_in_another_form_is_refused(superuser_client, make_user, phone):
    user = make_user()
    response = superuser_client.post(change_url(user), fill_form(user, phone=phone))
    assert "phone" in response.context["adminform"].form.errors


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "TAKEN@example.com"), ("username", "TAKEN"), ("subject_id", "taken")],
)
def test_identifier_of_another_user_is_refused(superuser_client, make_user, field, value):
    make_user(email="taken@example.com", username="taken", subject_id="taken")
    user = make_user()
    response = superuser_client.post(change_url(user), fill_form(user, **{field: value}))
    assert (
        "already exists" in response.content.decode() or "Another user" in response.content.decode()
    )


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("username", "Boss@Example.com", "e-mail address"),
        ("username", "+44 1632 960001", "phone number"),
        ("email", "boss@example.org", "user name"),
    ],
)
def test_name_that_another_user_signs_in_with_is_refused_at_its_field(
    superuser_client, make_user, field, value, kind
):
    make_user(email="boss@example.com", phone="+441632960001")
    make_user(username="Boss@example.org")
    user = make_user()
    response = superuser_client.post(change_url(user), fill_form(user, **{field: value}))
    words = f"This is the {kind} of another user, who signs in with it."
    assert response.context["adminform"].form.errors == {field: [words]}


def test_attributes_are_checked_one_by_one(superuser_client, make_user):
    number = AttributeDefinition.objects.create(name="number", type="integer", required=True)
    tags = AttributeDefinition.objects.create(name="tags", type="list")
    user = make_user()
    changes = {f"attribute_{number.pk}": "seven", f"attribute_{tags.pk}": "{}"}
    response = superuser_client.post(change_url(user), fill_form(user, **changes))
    errors = response.context["adminform"].form.errors
    assert errors[f"attribute_{number.pk}"] == ["number must be of type integer."]


def test_attributes_are_stored_in_their_types_and_claimed(superuser_client, make_user):
    number = AttributeDefinition.objects.create(name="number", type="integer", unique=True)
    flag = AttributeDefinition.objects.create(name="flag", type="boolean")
    user = make_user(attributes={"old": "kept", "flag": True})
    changes = {f"attribute_{number.pk}": "7", f"attribute_{flag.pk}": "false"}
    superuser_client.post(change_url(user), fill_form(user, **changes))
    user.refresh_from_db()
    assert user.attributes == {"old": "kept", "number": 7, "flag": False}
    assert UniqueAttributeValue.objects.filter(user=user, value="7").exists()


def test_saving_an_untouched_form_changes_nothing(superuser_client, make_user):
    definition = AttributeDefinition.objects.create(name="tags", type="list")
    user = make_user(attributes={"tags": ["a", "é"]}, phone="+441632960001")
    form = superuser_client.get(change_url(user)).context["adminform"].form
    shown = {f"attribute_{definition.pk}": form.initial[f"attribute_{definition.pk}"]}
    superuser_client.post(change_url(user), fill_form(user, **shown))
    before, after = user.__dict__.copy(), User.objects.get(pk=user.pk).__dict__.copy()
    for name in ("_state", "updated_at", "_password"):
        before.pop(name, None)
        after.pop(name, None)
    assert after == before


def test_groups_and_roles_are_given(superuser_client, make_user, make_role, make_group):
    user, role, group = make_user(), make_role("r"), make_group("g")
    changes = {
        **add_row("groupmembership_set", group=group.pk),
        **add_row("roleassignment_set", role=role.pk),
    }
    superuser_client.post(change_url(user), fill_form(user, **changes))
    assert (list(user.groups.all()), list(user.roles.all())) == ([group], [role])


@pytest.mark.parametrize("power", ["is_staff", "is_superuser"])
def test_operator_cannot_make_anybody_staff_or_superuser(operator_client, make_user, power):
    user = make_user()
    operator_client.post(change_url(user), fill_form(user, given_name="Ada", **{power: "on"}))
    user.refresh_from_db()
    assert user.given_name == "Ada"
    assert getattr(user, power) is False


def test_operator_cannot_give_a_role_beyond_the_own_permissions(
    operator_client, make_user, make_role
):
    user, role = make_user(), make_role("remover", "accounts.delete_user")
    changes = add_row("roleassignment_set", role=role.pk)
    response = operator_client.post(change_url(user), fill_form(user, **changes))
    assert "permissions that you do not have" in response.content.decode()
    assert not user.roles.exists()


def test_operator_cannot_give_a_group_beyond_the_own_permissions(
    operator_client, make_user, make_role, make_group
):
    user, group = make_user(), make_group("g", make_role("remover", "accounts.delete_user"))
    changes = add_row("groupmembership_set", group=group.pk)
    operator_client.post(change_url(user), fill_form(user, **changes))
    assert not user.groups.exists()


def test_operator_gives_a_role_within_the_own_permissions(operator_client, make_user, make_role):
    user, role = make_user(), make_role("viewer", "accounts.view_user")
    operator_client.post(
        change_url(user), fill_form(user, **add_row("roleassignment_set", role=role.pk))
    )
    assert list(user.roles.all()) == [role]


@pytest.mark.parametrize("path", ["change/", "password/"])
def test_operator_cannot_change_a_superuser(operator_client, superuser, path):
    response = operator_client.post(f"{LIST}{superuser.pk}/{path}", {"email": "x@example.com"})
    assert response.status_code == 403


def test_operator_sees_a_superuser_without_a_form(operator_client, superuser):
    page = operator_client.get(change_url(superuser)).content.decode()
    assert 'name="_save"' not in page


def test_operator_cannot_set_the_password_of_somebody_more_powerful(
    operator_client, make_user, make_role
):
    user = make_user(is_staff=True)
    user.roles.add(make_role("remover", "accounts.delete_user"))
    assert operator_client.get(f"{LIST}{user.pk}/password/").status_code == 403


@pytest.mark.parametrize("power", [{}, {"is_staff": True}])
def test_operator_cannot_change_another_member_of_staff(operator_client, make_user, power):
    user = make_user(**power)
    page = operator_client.get(change_url(user)).content.decode()
    assert ('name="_save"' in page) is (power == {})


HELP_DESK = ("accounts.view_user", "accounts.change_user")
OVERWRITE = "accounts.overwrite_credentials"


@pytest.mark.parametrize("more", [(), (OVERWRITE,)])
def test_address_in_use_takes_the_permission_of_its_own(sign_in_as, make_user, more):
    user = make_user(last_login=timezone.now(), phone="+441632960001")
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=False)
    before = user.email
    client = sign_in_as(*HELP_DESK, *more)
    changes = {"email": "mine@example.com", "phone": "+441632960002", "given_name": "Ada"}
    client.post(change_url(user), fill_form(user, **changes, email_verified="on"))
    user.refresh_from_db()
    assert user.given_name == "Ada"
    expected = ("mine@example.com", "+441632960002") if more else (before, "+441632960001")
    assert (user.email, user.phone) == expected
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified) == (user.email, bool(more))


@pytest.mark.parametrize("more", [(), (OVERWRITE,)])
def test_password_in_use_takes_the_permission_of_its_own(sign_in_as, make_user, more):
    user = make_user(password="chosen here by Ada")
    client = sign_in_as(*HELP_DESK, *more)
    typed = {"password1": "a fine long one", "password2": "a fine long one"}
    answer = client.post(f"{LIST}{user.pk}/password/", {**typed, "usable_password": "true"})
    user.refresh_from_db()
    assert answer.status_code == (302 if more else 403)
    assert user.check_password("a fine long one") is bool(more)


def test_page_says_which_permission_a_password_in_use_takes(sign_in_as, make_user):
    user = make_user(password="chosen here by Ada")
    page = sign_in_as(*HELP_DESK).get(change_url(user)).content.decode()
    assert OVERWRITE in page
    assert "/password/" not in page


def test_password_of_who_never_signed_in_takes_the_right_to_change_users_alone(
    sign_in_as, make_user
):
    user = make_user()
    page = sign_in_as(*HELP_DESK).get(change_url(user)).content.decode()
    assert "/password/" in page
    assert OVERWRITE not in page


def test_nobody_deletes_their_own_account(superuser_client, superuser):
    assert superuser_client.get(f"{LIST}{superuser.pk}/delete/").status_code == 403


def test_selected_superuser_is_not_deleted_by_an_operator(sign_in_as, superuser):
    client = sign_in_as("accounts.view_user", "accounts.delete_user")
    client.post(
        LIST,
        {"action": "delete_selected", "_selected_action": [superuser.pk], "post": "yes"},
    )
    assert User.objects.filter(pk=superuser.pk).exists()


def test_viewer_sees_attributes_without_a_form(sign_in_as, make_user):
    AttributeDefinition.objects.create(name="number", type="integer")
    page = sign_in_as("accounts.view_user").get(change_url(make_user(attributes={"number": 4711})))
    assert "4711" in page.content.decode()
