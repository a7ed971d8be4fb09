"""Import and export through the admin's own pages."""

import csv
import io
import json

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from accounts.authenticators import recovery_codes, totp
from accounts.models import AttributeDefinition, Group, Role, User

CSV, XLSX, JSON = "0", "1", "2"


def preview(client, model, text):
    upload = SimpleUploadedFile("rows.csv", text.encode())
    return client.post(
        f"/admin/accounts/{model}/import/", {"import_file": upload, "format": CSV, "resource": ""}
    )


def confirm(client, model, response):
    fields = response.context["confirm_form"].initial
    return client.post(f"/admin/accounts/{model}/process_import/", fields)


def import_rows(client, model, text):
    return confirm(client, model, preview(client, model, text))


def export(client, model, file_format):
    return client.post(
        f"/admin/accounts/{model}/export/", {"format": file_format, "resource": ""}
    ).content


def read_errors(response):
    result = response.context["result"]
    rows = [str(error.error) for _, errors in result.row_errors() for error in errors]
    return rows + [message for row in result.invalid_rows for message in row.error.messages]


def test_preview_writes_nothing(superuser_client, db):
    response = preview(superuser_client, "role", "key,name\neditor,Editor\n")
    assert "Editor" in response.content.decode()
    assert not Role.objects.exists()


def test_roles_come_back_from_an_export_as_they_were(superuser_client, make_role):
    make_role("editor", "accounts.view_user", "accounts.change_user")
    exported = export(superuser_client, "role", CSV).decode()
    Role.objects.all().delete()
    import_rows(superuser_client, "role", exported)
    role = Role.objects.get(key="editor")
    assert sorted(each.codename for each in role.permissions.all()) == ["change_user", "view_user"]


def test_groups_come_back_from_an_export_as_they_were(superuser_client, make_role, make_group):
    make_group("/staff", make_role("a"), make_role("b"))
    exported = export(superuser_client, "group", CSV).decode()
    Group.objects.all().delete()
    import_rows(superuser_client, "group", exported)
    assert [role.key for role in Group.objects.get(key="/staff").roles.all()] == ["a", "b"]


def test_definitions_come_back_from_an_export_as_they_were(superuser_client, db):
    AttributeDefinition.objects.create(
        name="level", type="integer", choices=[1, 2], label="Level", required=True, unique=True
    )
    before = AttributeDefinition.objects.values().get()
    exported = export(superuser_client, "attributedefinition", CSV).decode()
    AttributeDefinition.objects.all().delete()
    import_rows(superuser_client, "attributedefinition", exported)
    after = AttributeDefinition.objects.values().get()
    assert {**after, "id": 0} == {**before, "id": 0}


def test_row_with_a_known_key_changes_the_role(superuser_client, make_role):
    role = make_role("editor", "accounts.view_user")
    import_rows(superuser_client, "role", "key,name\neditor,Editor in chief\n")
    role.refresh_from_db()
    assert role.name == "Editor in chief"
    assert role.permissions.count() == 1


CHANGED_MEANWHILE = {
    "role": ("key,name\nx,New\n", lambda: Role.objects.filter(key="x").update(name="Theirs")),
    "role_made": (
        "key,name\ny,New\n",
        lambda: Role.objects.create(key="y", name="Theirs"),
    ),
    "role_granted": (
        "key,name,permissions\nx,New,accounts.view_role\n",
        lambda: Role.objects.get(key="x").permissions.add(
            Permission.objects.get(codename="delete_user")
        ),
    ),
    "group": ("key,name\nx,New\n", lambda: Group.objects.filter(key="x").update(name="Theirs")),
    "attributedefinition": (
        "name,label\nx,New\n",
        lambda: AttributeDefinition.objects.filter(name="x").update(label="Theirs"),
    ),
}


@pytest.mark.parametrize("case", CHANGED_MEANWHILE)
def test_import_whose_preview_no_longer_holds_is_refused_and_shown_again(
    superuser_client, make_role, make_group, case
):
    make_role("x"), make_group("x"), AttributeDefinition.objects.create(name="x")
    model = case.partition("_")[0]
    text, change = CHANGED_MEANWHILE[case]
    shown = preview(superuser_client, model, text)
    change()
    stored = list_stored()

    refused = confirm(superuser_client, model, shown)

    assert refused.status_code == 409
    assert "has changed since the preview. Nothing was imported." in (refused.content.decode())
    assert list_stored() == stored
    assert confirm(superuser_client, model, refused).status_code == 302
    assert list_stored() != stored


def list_stored():
    models = (Role, Group, AttributeDefinition)
    grants = list(Role.objects.order_by("pk").values_list("pk", "permissions"))
    return [list(model.objects.order_by("pk").values()) for model in models] + [grants]


def test_import_that_became_impossible_says_why_and_stores_nothing(superuser_client, make_role):
    role = make_role("editor")
    shown = preview(superuser_client, "group", "key,roles\nx,editor\n")
    role.delete()

    refused = confirm(superuser_client, "group", shown)

    assert read_errors(refused) == ["There is no role editor."]
    assert "confirm_form" not in refused.context
    assert not Group.objects.exists()


def test_import_whose_page_does_not_say_what_it_showed_is_refused(superuser_client, db):
    shown = preview(superuser_client, "role", "key,name\nx,New\n")
    fields = {**shown.context["confirm_form"].initial, "as_shown": ""}

    refused = superuser_client.post("/admin/accounts/role/process_import/", fields)

    assert refused.status_code == 409
    assert not Role.objects.exists()


def test_unknown_permission_is_named(superuser_client, db):
    response = preview(superuser_client, "role", "key,permissions\nx,accounts.fly\n")
    assert read_errors(response) == ["There is no permission accounts.fly."]
    assert "confirm_form" not in response.context


def test_unknown_role_is_named(superuser_client, db):
    response = preview(superuser_client, "group", "key,roles\nx,captain\n")
    assert read_errors(response) == ["There is no role captain."]


def test_impossible_definition_is_explained(superuser_client, db):
    text = "name,type,pattern\nnumber,integer,[a-z]\n"
    [message] = read_errors(preview(superuser_client, "attributedefinition", text))
    assert message.startswith("Only a string attribute can have a pattern.")


@pytest.fixture
def importer_client(sign_in_as):
    return sign_in_as(
        *(
            f"accounts.{action}_{model}"
            for action in ("add", "change")
            for model in ("role", "group")
        )
    )


def test_import_gives_a_role_no_permission_that_the_operator_lacks(importer_client):
    text = "key,permissions\nx,accounts.add_role|accounts.delete_user\n"
    response = preview(importer_client, "role", text)
    [message] = read_errors(response)
    assert message.endswith("do not have: “Delete users” (accounts.delete_user).")
    assert not Role.objects.filter(key="x").exists()


def test_import_gives_a_group_no_role_beyond_the_operator(importer_client, make_role):
    make_role("remover", "accounts.delete_user")
    response = preview(importer_client, "group", "key,roles\nx,remover\n")
    assert len(read_errors(response)) == 1


def test_import_of_held_permissions_is_allowed(importer_client):
    import_rows(importer_client, "role", "key,permissions\nx,accounts.add_role\n")
    assert Role.objects.get(key="x").permissions.count() == 1


@pytest.fixture
def ada(make_user, foreign_hash, make_role, make_group):
    user = make_user(
        subject_id="ada", given_name="=1+1", phone="+441632960001", attributes={"n": 7}
    )
    User.objects.filter(pk=user.pk).update(password=foreign_hash.stored)
    user.groups.add(make_group("/staff"))
    user.roles.add(make_role("editor"))
    app = totp.build_data("JBSWY3DPEHPK3PXP")
    Authenticator.objects.create(user=user, type="totp", data=app)
    codes = recovery_codes.build_data(["ABCD-1234"])
    Authenticator.objects.create(user=user, type="recovery_codes", data=codes)
    return user


def read_csv(content):
    return {row["subject_id"]: row for row in csv.DictReader(io.StringIO(content.decode()))}


def test_export_of_users_holds_profile_and_memberships(superuser_client, ada):
    row = read_csv(export(superuser_client, "user", CSV))["ada"]
    assert row["groups"] == "/staff"
    assert row["roles"] == "editor"
    assert json.loads(row["attributes"]) == {"n": 7}
    assert row["phone"] == "+441632960001"


@pytest.mark.parametrize("file_format", [CSV, JSON])
def test_export_of_users_holds_no_secret(superuser_client, ada, foreign_hash, file_format):
    exported = export(superuser_client, "user", file_format).decode()
    stored = [str(each.data) for each in Authenticator.objects.all()]
    for secret in [foreign_hash.stored, foreign_hash.stored[-20:], "JBSWY3DP", "ABCD", *stored]:
        assert secret not in exported


def test_formula_in_a_csv_export_is_harmless(superuser_client, ada):
    assert read_csv(export(superuser_client, "user", CSV))["ada"]["given_name"] == "'=1+1"


def test_formula_in_an_excel_export_is_harmless(superuser_client, ada):
    sheet = load_workbook(io.BytesIO(export(superuser_client, "user", XLSX))).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert "'=1+1" in [cell.value for cell in cells]
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_json_export_is_left_as_it_is(superuser_client, ada):
    exported = json.loads(export(superuser_client, "user", JSON))
    assert "=1+1" in [row["given_name"] for row in exported]


def test_export_follows_the_search_of_the_list(superuser_client, ada, make_user):
    make_user(subject_id="bob")
    content = superuser_client.post(
        "/admin/accounts/user/export/?q=ad", {"format": CSV, "resource": ""}
    ).content
    assert set(read_csv(content)) == {"ada"}
