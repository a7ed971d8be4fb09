"""SCIM users: created, found, changed, deleted, and undone, as Entra and Okta do it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from scim2_models import ConflictException

from accounts.models import Role, User
from imports.core.planning.undo import UndoOptions
from imports.models import Connection, ImportJob, ImportRecord
from imports.record_filters import RecordFilter
from imports.services.connections.secrets import issue_secret
from imports.services.undo.undoing import start_undo, work_on_undo
from interfaces.scim.models import PROVIDER
from interfaces.scim.storage import Storage
from tests.imports.connecting import create_connection
from tests.interfaces.scim.calling import CORE, ENTERPRISE, Caller, describe

WORK = 'emails[type eq "work"].value'
MOBILE = 'phoneNumbers[type eq "mobile"].value'


def find_user(user_id: str) -> User:
    return User.objects.get(subject_id=user_id)


def undo_all(operator: User) -> None:
    """Undo what the jobs of the connection have written, the latest first."""
    for job in ImportJob.objects.order_by("-pk"):
        undo = start_undo(job, UndoOptions(), actor=operator)
        work_on_undo(undo.pk)


def test_a_user_comes_back_as_sent_and_is_stored_as_imports_store_it(call: Caller) -> None:
    sent = describe(
        externalId="00u1",
        title="Engineer",
        phoneNumbers=[{"value": "tel:+44-1632-960001", "type": "mobile"}],
        addresses=[{"type": "work", "country": "DE", "locality": "Köln"}],
        **{ENTERPRISE: {"department": "IT", "manager": {"value": "m1"}}},
    )

    answer = call("POST", "/Users", sent)

    user = find_user(answer["id"])
    assert answer.status == 201
    assert {**sent, "schemas": [CORE, ENTERPRISE]}.items() <= answer.body.items()
    assert answer.headers["Location"] == answer["meta"]["location"]
    assert (user.username, user.email) == ("ann@corp.local", "ann@corp.local")
    assert (user.phone, user.given_name) == ("+441632960001", "Ann")
    assert user.source == "Acme HR"
    assert call.read(answer["id"]) == answer.body


def test_a_password_is_hashed_and_never_kept(call: Caller) -> None:
    user = find_user(call.create(password="Correct-Horse-9"))

    assert user.check_password("Correct-Horse-9")
    assert "password" not in user.attributes["scim"]["resource"]


def test_a_password_is_in_clear_nowhere_when_its_user_fails(call: Caller) -> None:
    user_id = call.create(password="Correct-Horse-9")
    operation = {"op": "replace", "path": "password", "value": "Other-Horse-9"}
    call.patch(f"/Users/{user_id}", operation)
    call("POST", "/Users", describe(password="Third-Horse-9"))

    records = ImportRecord.objects.order_by("row_number")
    assert [record.status for record in records] == ["created", "updated", "failed"]
    assert find_user(user_id).check_password("Other-Horse-9")
    for record in records:
        kept = (record.changes, record.problems, record.source, record.before)
        assert "Horse" not in repr([bytes(each) if each else each for each in kept[2:]])
        assert "Horse" not in repr(kept[:2])


def test_a_user_name_cannot_be_emptied(call: Caller) -> None:
    user_id = call.create()

    answer = call.patch(f"/Users/{user_id}", {"op": "replace", "path": "userName", "value": ""})

    assert (answer.status, answer["detail"]) == (400, "userName: A value is required.")


def test_a_number_without_a_country_is_kept_and_reaches_nobody(call: Caller) -> None:
    user_id = call.create(phoneNumbers=[{"value": "425-555 0100", "type": "work"}])

    assert call.read(user_id)["phoneNumbers"] == [{"value": "425-555 0100", "type": "work"}]
    assert find_user(user_id).phone is None


@pytest.mark.parametrize(
    "expression",
    [
        'userName eq "ANN@corp.local"',
        'externalId eq "e1"',
        "externalId eq e1",
        f'{WORK} eq "ann@corp.local"',
        'emails.value eq "ann@corp.local" and active eq true',
        'emails[type eq "work" and value eq "ann@corp.local"]',
        'name.familyName sw "arch"',
        'not (userName eq "bob")',
        'externalId eq "x" or userName eq "ann@corp.local"',
        'meta.lastModified gt "2020-01-01T00:00:00Z"',
    ],
)
def test_a_user_is_found_by_filters(call: Caller, expression: str) -> None:
    user_id = call.create(externalId="e1")

    assert [each["id"] for each in call.find(expression)] == [user_id]


@pytest.mark.parametrize(
    "expression",
    [
        'userName eq "nobody"',
        'externalId eq "E1"',
        'emails[type eq "home"].value eq "ann@corp.local"',
        'userName eq "ann@corp.local" and active eq false',
    ],
)
def test_what_matches_nobody_is_an_empty_list(call: Caller, expression: str) -> None:
    call.create(externalId="e1")

    assert call.find(expression) == []


def test_who_exists_is_refused_as_a_conflict_that_names_the_attribute(call: Caller) -> None:
    call.create()

    by_name = call("POST", "/Users", describe(userName="ANN@corp.local", emails=[]))
    by_email = call("POST", "/Users", describe(userName="other"))

    for answer, name in ((by_name, "userName"), (by_email, "emails")):
        assert (answer.status, answer["scimType"], answer["status"]) == (409, "uniqueness", "409")
        assert answer["detail"].startswith(f"{name}: ")


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ({"emails": [{"value": "not an address"}]}, "emails"),
        ({"displayName": "x" * 401}, "displayName"),
        ({"active": "perhaps"}, "active"),
        ({"userName": None}, "userName"),
        ({"userName": " "}, "userName"),
        ({"externalId": "x" * 501}, "externalId"),
        ({"addresses": [{"locality": "a\0"}]}, "addresses[0].locality"),
    ],
)
def test_bad_input_is_refused_by_attribute(
    call: Caller, attributes: dict[str, Any], name: str
) -> None:
    answer = call("POST", "/Users", describe(**attributes))

    assert (answer.status, answer["scimType"]) == (400, "invalidValue")
    assert answer["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert name.lower() in answer["detail"].lower().replace("_", "")


# What Entra and Okta send, and what the user has afterwards.
CHANGES: list[tuple[list[dict[str, Any]], dict[str, Any]]] = [
    ([{"op": "Replace", "path": "active", "value": "False"}], {"active": False}),
    ([{"op": "replace", "value": {"active": False}}], {"active": False}),
    (
        [{"op": "Add", "path": WORK, "value": "New@Corp.local"}],
        {"emails": [{"value": "New@Corp.local", "type": "work", "primary": True}]},
    ),
    (
        [{"op": "Add", "path": MOBILE, "value": "+1 425 555 0100"}],
        {"phoneNumbers": [{"value": "+1 425 555 0100", "type": "mobile"}]},
    ),
    (
        [{"op": "Add", "path": 'addresses[type eq "work"].country', "value": "US"}],
        {"addresses": [{"type": "work", "country": "US"}]},
    ),
    (
        [
            {"op": "Replace", "path": "name.givenName", "value": "Anna"},
            {"op": "Replace", "path": f"{ENTERPRISE}:department", "value": "HR"},
            {"op": "Replace", "path": f"{ENTERPRISE}:manager", "value": "m2"},
        ],
        {
            "name": {"givenName": "Anna", "familyName": "Archer"},
            ENTERPRISE: {"department": "HR", "manager": {"value": "m2"}},
        },
    ),
    (
        [{"op": "replace", "value": {"name.givenName": "Eve", f"{ENTERPRISE}:manager": "m3"}}],
        {
            "name": {"givenName": "Eve", "familyName": "Archer"},
            ENTERPRISE: {"manager": {"value": "m3"}},
        },
    ),
    (
        [{"op": "Add", "path": 'roles[primary eq "True"].value', "value": "unknown"}],
        {"roles": [{"value": "unknown", "primary": True}]},
    ),
]


@pytest.mark.parametrize(("operations", "expected"), CHANGES)
def test_a_user_is_patched_in_every_form_of_entra_and_okta(
    call: Caller, operations: list[dict[str, Any]], expected: dict[str, Any]
) -> None:
    user_id = call.create()

    answer = call.patch(f"/Users/{user_id}", *operations)

    assert answer.status == 204
    assert expected.items() <= call.read(user_id).items()


def test_a_patch_changes_what_is_stored(call: Caller) -> None:
    user_id = call.create()

    call.patch(
        f"/Users/{user_id}",
        {"op": "Replace", "path": WORK, "value": "New@Corp.local"},
        {"op": "Replace", "path": "active", "value": "False"},
    )

    user = find_user(user_id)
    assert (user.email, user.is_active) == ("new@corp.local", False)
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["new@corp.local"]


def test_what_is_removed_is_gone_and_an_undo_brings_it_back(call: Caller, operator: User) -> None:
    user_id = call.create(
        displayName="Ann A.",
        phoneNumbers=[{"value": "+441632960001"}],
        emails=[{"value": "ann@corp.local", "primary": True}, {"value": "a@home.example"}],
    )
    job = ImportJob.objects.get()

    call.patch(
        f"/Users/{user_id}",
        {"op": "remove", "path": "displayName"},
        {"op": "remove", "path": "phoneNumbers"},
        {"op": "remove", "path": "name.familyName"},
        {"op": "remove", "path": "emails"},
    )

    gone = find_user(user_id)
    assert (gone.display_name, gone.phone, gone.family_name, gone.email) == ("", None, "", None)
    assert not EmailAddress.objects.exists()
    undo = start_undo(job, UndoOptions(), actor=operator, chosen=RecordFilter(chunk="2"))
    work_on_undo(undo.pk)
    back = find_user(user_id)
    assert (back.display_name, back.phone, back.email) == (
        "Ann A.",
        "+441632960001",
        "ann@corp.local",
    )
    addresses = EmailAddress.objects.order_by("-primary").values_list("email", "primary")
    assert list(addresses) == [("ann@corp.local", True), ("a@home.example", False)]
    assert call.read(user_id)["emails"][1] == {"value": "a@home.example"}


def test_all_that_was_written_in_a_day_is_undone_at_once(call: Caller, operator: User) -> None:
    user_id = call.create()
    call.patch(f"/Users/{user_id}", {"op": "replace", "path": "title", "value": "Boss"})
    call("DELETE", f"/Users/{user_id}")

    undo_all(operator)

    assert not User.objects.filter(subject_id=user_id).exists()
    assert ImportRecord.objects.filter(undone_at=None).count() == 0


def test_who_is_replaced_has_what_the_request_has_and_nothing_else(call: Caller) -> None:
    user_id = call.create(title="Engineer", displayName="Ann")
    sent = describe(id=user_id, title="Boss", active=False)

    answer = call("PUT", f"/Users/{user_id}", sent)

    assert answer.status == 200
    assert "displayName" not in answer.body
    assert (answer["title"], answer["active"]) == ("Boss", False)
    assert not find_user(user_id).is_active


def test_a_replacement_that_is_silent_about_it_enables_nobody(call: Caller) -> None:
    user_id = call.create(active=False)
    sent = {name: value for name, value in describe(title="x").items() if name != "active"}

    assert call("PUT", f"/Users/{user_id}", sent)["active"] is False


def test_a_deleted_user_is_disabled_and_an_undo_brings_them_back(
    call: Caller, operator: User
) -> None:
    user_id = call.create()

    answer = call("DELETE", f"/Users/{user_id}")

    assert (answer.status, answer.body) == (204, None)
    assert not find_user(user_id).is_active
    assert call("GET", f"/Users/{user_id}").status == 404
    assert call.find('userName eq "ann@corp.local"') == []
    undo = start_undo(
        ImportJob.objects.get(), UndoOptions(), actor=operator, chosen=RecordFilter(chunk="2")
    )
    work_on_undo(undo.pk)
    assert call.read(user_id)["active"] is True


def test_who_was_deleted_is_created_again_with_the_same_id(call: Caller) -> None:
    user_id = call.create(title="Engineer")
    call("DELETE", f"/Users/{user_id}")

    answer = call("POST", "/Users", describe())

    assert (answer.status, answer["id"], answer["active"]) == (201, user_id, True)
    assert "title" not in answer.body
    assert User.objects.get(subject_id=user_id).is_active


def test_what_others_change_is_what_is_read(call: Caller) -> None:
    user_id = call.create(displayName="Ann", phoneNumbers=[{"value": "+441632960001"}])
    User.objects.filter(subject_id=user_id).update(
        display_name="Dr. Ann", phone="+441632960002", is_active=False
    )

    read = call.read(user_id)

    assert (read["displayName"], read["active"]) == ("Dr. Ann", False)
    assert read["phoneNumbers"] == [{"value": "+441632960002"}]


def test_users_of_a_file_of_the_same_source_are_read_and_changed(call: Caller) -> None:
    User.objects.create_user(
        subject_id="/staff/7", username="bob", email="bob@example.com", source="Acme HR"
    )

    (found,) = call.find('userName eq "bob"')
    answer = call.patch("/Users/%2Fstaff%2F7", {"op": "add", "path": "title", "value": "Boss"})

    assert (found["id"], found["emails"][0]["value"]) == ("/staff/7", "bob@example.com")
    assert answer.status == 204
    assert call.read("%2Fstaff%2F7")["title"] == "Boss"


def test_administrators_and_users_of_others_are_not_there(call: Caller, operator: User) -> None:
    admin = User.objects.create_user(subject_id="chief", username="chief", source="Acme HR")
    User.objects.filter(pk=admin.pk).update(is_staff=True)
    User.objects.create_user(subject_id="other", username="other", source="Elsewhere")

    assert call("GET", "/Users")["totalResults"] == 0
    for each in ("chief", "other"):
        assert call("GET", f"/Users/{each}").status == 404
    taken = call("POST", "/Users", describe(userName="chief", emails=[]))
    assert (taken.status, taken["scimType"]) == (409, "uniqueness")


def test_a_connection_matches_by_its_key_whom_it_creates(operator: User) -> None:
    other = create_connection(
        operator, kind="scim", name="Globex", tenant="globex", matching_key="username"
    )
    user = User.objects.create_user(subject_id="7", username="ann@corp.local", source="Old")
    call = Caller(issue_secret(other, actor=operator), "globex")

    first, again = call("POST", "/Users", describe()), call("POST", "/Users", describe())

    assert (first.status, first["id"], again.status) == (201, "7", 409)
    user.refresh_from_db()
    assert user.given_name == "Ann"
    assert call("DELETE", "/Users/7").status == 204


def test_roles_that_exist_are_given_and_others_are_kept_as_sent(
    call: Caller, operator: User
) -> None:
    Role.objects.create(key="editor")

    user_id = call.create(roles=[{"value": "editor"}, {"value": "App.Admin"}])

    assert [role.key for role in find_user(user_id).roles.all()] == ["editor"]
    assert [each["value"] for each in call.read(user_id)["roles"]] == ["editor", "App.Admin"]
    call.patch(f"/Users/{user_id}", {"op": "remove", "path": 'roles[value eq "editor"]'})
    assert not find_user(user_id).roles.exists()


def test_a_maker_without_the_right_to_add_users_adds_none(
    make_clerk: Callable[..., User],
) -> None:
    clerk = make_clerk("imports.add_importjob", "imports.run_importjob", "accounts.view_user")
    connection = create_connection(clerk, kind="scim", name="Acme HR", tenant="acme")
    call = Caller(issue_secret(connection, actor=clerk))

    answer = call("POST", "/Users", describe())

    assert answer.status == 403
    assert str(clerk) in answer["detail"]
    assert call("GET", "/Groups").status == 403


def test_a_version_tells_whether_a_user_has_changed(call: Caller) -> None:
    user_id = call.create()
    version = call.read(user_id)["meta"]["version"]
    change = {"op": "replace", "path": "title", "value": "Boss"}

    unchanged = call("GET", f"/Users/{user_id}", **{"If-None-Match": version})
    changed = call.patch(f"/Users/{user_id}", change, **{"If-Match": version})
    late = call.patch(f"/Users/{user_id}", change, **{"If-Match": version})

    assert (unchanged.status, changed.status, late.status) == (304, 204, 412)
    assert changed.headers["ETag"] != version


def test_who_was_changed_by_others_at_the_same_time_is_not_written_over(
    call: Caller, connection: Connection
) -> None:
    user_id = call.create()
    storage, (users, _) = Storage(connection), PROVIDER.resource_types
    with PROVIDER:
        read: Any = storage.get(users, user_id)
        call.patch(f"/Users/{user_id}", {"op": "add", "path": "title", "value": "Boss"})
        read.title = "Clerk"
        with pytest.raises(ConflictException):
            storage.update(users, read)

    assert call.read(user_id)["title"] == "Boss"


def test_pages_go_by_index_and_by_cursor_sorted_or_not(call: Caller) -> None:
    for name in ("cleo", "Ann", "bob"):
        call.create(userName=name, emails=[])

    by_index = call("GET", "/Users", query={"startIndex": 2, "count": 1, "sortBy": "userName"})
    beyond = call("GET", "/Users", query={"startIndex": 9, "count": 1})

    assert [each["userName"] for each in by_index["Resources"]] == ["bob"]
    assert (by_index["totalResults"], by_index["startIndex"]) == (3, 2)
    assert (beyond["totalResults"], beyond.body.get("Resources", [])) == (3, [])
    for query, expected in (
        ({}, ["cleo", "Ann", "bob"]),
        ({"sortBy": "userName", "sortOrder": "descending"}, ["cleo", "bob", "Ann"]),
    ):
        names, cursors = page_through(call, query)
        assert names == expected
        back = call("GET", "/Users", query={**query, "count": 1, "cursor": cursors[-1]})
        assert [each["userName"] for each in back["Resources"]] == [expected[1]]


def page_through(call: Caller, query: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Return the names on all pages of one, and the cursors to the pages before."""
    names, cursors, cursor = [], [], ""
    while cursor is not None:
        page = call("GET", "/Users", query={**query, "count": 1, "cursor": cursor}).body
        names += [each["userName"] for each in page["Resources"]]
        cursors.append(page.get("previousCursor"))
        cursor = page.get("nextCursor")
    return names, cursors


def test_every_write_is_a_record_of_the_job_of_the_day(call: Caller) -> None:
    user_id = call.create()
    call.patch(f"/Users/{user_id}", {"op": "replace", "path": "displayName", "value": "A"})
    call("POST", "/Users", describe(emails=[{"value": "nonsense"}], userName="x"))

    job = ImportJob.objects.get()
    records = ImportRecord.objects.filter(job=job).order_by("row_number")
    assert [record.status for record in records] == ["created", "updated", "failed"]
    assert ["profile.display_name", "", "A"] in records[1].changes
