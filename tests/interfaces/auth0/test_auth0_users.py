"""Users of Auth0's API: created, changed, listed, deleted, and what an undo makes of it."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AttributeDefinition, User
from imports.core.planning.undo import UndoOptions
from imports.models import Connection, ImportJob, ImportRecord
from imports.record_filters import RecordFilter
from imports.services.connections.secrets import issue_secret
from imports.services.connections.undoing import undo_connection
from imports.services.undo.undoing import start_undo, work_on_undo
from tests.imports.connecting import create_connection, name_person, send
from tests.interfaces.auth0.calling import NAME, Caller, describe, name_path
from tests.interfaces.auth0.conftest import make_caller


def undo_all(connection: Connection, operator: User) -> None:
    for undo in undo_connection(connection, UndoOptions(), actor=operator):
        work_on_undo(undo.pk)


def find(user_id: str) -> User:
    return User.objects.get(subject_id=user_id)


def test_a_user_comes_back_as_they_were_sent(call: Caller) -> None:
    answer = call(
        "POST",
        "/users",
        describe(
            email="Ann@Example.com",
            email_verified=True,
            username="ann",
            phone_number="+441632960001",
            name="Ann Archer",
            nickname="annie",
            picture="https://example.com/ann.png",
            app_metadata={"plan": {"name": "gold"}},
            user_id="abc",
            password="correct horse battery staple",
        ),
    )

    assert answer.status == 201
    user = call.read("auth0|abc")
    assert user == answer.body
    times = {name: user.pop(name) for name in ("created_at", "updated_at")}
    assert all(time.endswith("Z") for time in times.values())
    assert user == {
        "user_id": "auth0|abc",
        "email": "ann@example.com",
        "email_verified": True,
        "username": "ann",
        "phone_number": "+441632960001",
        "phone_verified": False,
        "name": "Ann Archer",
        "nickname": "annie",
        "given_name": "Ann",
        "family_name": "Archer",
        "picture": "https://example.com/ann.png",
        "blocked": False,
        "identities": [
            {"connection": NAME, "user_id": "abc", "provider": "auth0", "isSocial": False}
        ],
        "user_metadata": {"color": "green"},
        "app_metadata": {"plan": {"name": "gold"}},
    }
    assert find("auth0|abc").check_password("correct horse battery staple")
    assert ImportRecord.objects.get().status == "created"


def test_who_exists_is_refused_and_costs_nothing(call: Caller) -> None:
    call.create(username="ann", phone_number="+441632960001")
    records = ImportRecord.objects.count()

    for same in (
        {},
        {"email": "ANN@example.com"},
        {"email": "b@example.com", "username": "Ann"},
        {"email": "b@example.com", "phone_number": "+441632960001"},
    ):
        answer = call("POST", "/users", describe(**same))
        assert (answer.status, answer["errorCode"]) == (409, "auth0_idp_error")
        assert answer["message"].startswith("The user already exists.")
    assert (User.objects.filter(source=NAME).count(), ImportRecord.objects.count()) == (1, records)


def test_somebody_of_another_source_is_neither_seen_nor_taken_over(
    call: Caller, operator: User
) -> None:
    send(create_connection(operator), name_person(1))

    assert call("POST", "/users", describe(email="p1@example.com")).status == 409
    assert call("GET", "/users/p1").status == 404
    assert call("PATCH", "/users/p1", {"blocked": True}).status == 404
    assert call("DELETE", "/users/p1").status == 204
    assert find("p1").is_active


def test_an_administrator_is_neither_seen_nor_touched(call: Caller) -> None:
    user_id = call.create()
    User.objects.filter(subject_id=user_id).update(is_staff=True)

    assert call("GET", name_path(user_id)).status == 404
    assert call.change(user_id, blocked=True).status == 404
    assert call("DELETE", name_path(user_id)).status == 204
    assert call("POST", "/users", describe()).status == 409
    assert find(user_id).is_active


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"{", "Invalid request payload JSON format"),
        (b"[]", "Expected type object but found type array"),
        (b'{"email": "a@example.com"}', "Missing required property: connection"),
        ({"is_staff": True}, "Additional properties not allowed: is_staff"),
        ({"blocked": "no"}, "Expected type boolean but found type string on property blocked"),
        ({"app_metadata": {"email": "x"}}, "Additional properties not allowed: email"),
        ({"phone_number": "0163"}, "does not match pattern"),
        ({"email": "nobody"}, "email: "),
        ({"email": None}, "Expected type string but found type null on property email"),
        ({"given_name": "\x00"}, "NUL"),
        (b"[" * 300 + b"]" * 300, "levels"),
        ({"verify_email": True}, "verify_email is not possible"),
        ({"connection": "elsewhere"}, "The connection does not exist."),
    ],
)
def test_what_is_no_user_is_refused_in_the_error_form(call: Caller, body: Any, told: str) -> None:
    answer = call("POST", "/users", body if isinstance(body, bytes) else describe(**body))

    assert answer.status == answer["statusCode"] == 400
    assert told in answer["message"]
    assert answer.body.keys() == {"statusCode", "error", "message", "errorCode"}
    assert not User.objects.filter(source=NAME).exists()


def test_a_change_changes_what_it_says_alone(call: Caller) -> None:
    user_id = call.create(username="ann", name="Ann A.", app_metadata={"plan": "gold"})
    before = call.read(user_id)

    answer = call.change(user_id, family_name="Baker", name=None, nickname="ab")

    assert answer.status == 200
    changed = {"family_name": "Baker", "name": "ann@example.com", "nickname": "ab"}
    assert answer.body | {"updated_at": ""} == {**before, **changed, "updated_at": ""}


def test_a_number_beyond_64_bits_is_kept_as_text(call: Caller) -> None:
    user_id = call.create(user_metadata={"big": 1e30, "list": [1.5e300]})

    assert call.change(user_id, given_name="Bea").status == 200
    [user] = call("GET", "/users").body
    assert user["user_metadata"] == {"big": "1e+30", "list": ["1.5e+300"]}


def test_metadata_is_merged_at_its_first_level(call: Caller) -> None:
    user_id = call.create(user_metadata={"a": 1, "b": {"c": 2, "d": 3}, "e": 4})

    merged = call.change(user_id, user_metadata={"b": {"c": 5}, "e": None, "f": [6]})
    assert merged["user_metadata"] == {"a": 1, "b": {"c": 5}, "f": [6]}

    assert call.change(user_id, user_metadata={})["user_metadata"] == {}


def test_an_address_is_changed_with_its_verification(call: Caller) -> None:
    user_id = call.create(email_verified=True)

    answer = call.change(user_id, email="new@example.com")
    assert (answer["email"], answer["email_verified"]) == ("new@example.com", False)
    assert list(find(user_id).emailaddress_set.values_list("email", flat=True)) == [
        "new@example.com"
    ]

    assert call.change(user_id, email_verified=True)["email_verified"] is True
    refused = call.change(user_id, email_verified=False)
    assert (refused.status, refused["errorCode"]) == (400, "operation_not_supported")


def test_a_blocked_user_is_disabled_and_enabled_only_when_that_is_asked(call: Caller) -> None:
    user_id = call.create()

    assert call.change(user_id, blocked=True)["blocked"] is True
    assert call.change(user_id, given_name="Bea")["blocked"] is True
    assert call.load({"email": "ann@example.com", "blocked": False}, upsert="true")
    assert find(user_id).is_active is False
    assert call.change(user_id, blocked=False)["blocked"] is False


def test_a_password_is_set(call: Caller) -> None:
    user_id = call.create(password="correct horse battery staple")

    assert call.change(user_id, password="another long password").status == 200

    assert find(user_id).check_password("another long password")


def test_a_password_in_use_takes_the_right_to_overwrite_it(make_clerk: Any) -> None:
    clerk = make_clerk(
        *("imports.add_importjob", "imports.run_importjob"),
        *("accounts.add_user", "accounts.change_user", "accounts.view_user"),
    )
    connection = create_connection(clerk, kind="auth0", name=NAME)
    call = make_caller(connection, issue_secret(connection, actor=clerk))
    user_id = call.create(password="correct horse battery staple")
    user = find(user_id)
    user.set_password("chosen by the user")
    user.save()

    refused = call.change(user_id, password="another long password", given_name="Bea")

    assert refused.status == 403
    user.refresh_from_db()
    assert (user.check_password("chosen by the user"), user.given_name) == (True, "Ann")


def test_who_is_deleted_is_disabled_hidden_and_comes_back_when_created_again(call: Caller) -> None:
    user_id = call.create(given_name="Ann", password="correct horse battery staple")

    assert call("DELETE", name_path(user_id)).status == 204

    assert call("GET", name_path(user_id)).status == 404
    assert call("GET", "/users").body == []
    assert call("GET", "/users-by-email", query={"email": "ann@example.com"}).body == []
    assert call("DELETE", name_path(user_id)).status == 204
    assert find(user_id).is_active is False
    body = describe(user_metadata={"size": 1})
    del body["given_name"]
    again = call("POST", "/users", body)
    assert (again.status, again["user_id"], again["blocked"]) == (201, user_id, False)
    assert again["user_metadata"] == {"size": 1}
    assert "given_name" not in again.body


def test_a_deleted_user_is_not_imported_over(call: Caller) -> None:
    user_id = call.create()
    call("DELETE", name_path(user_id))

    job = call.load({"email": "ann@example.com"}, upsert="true")

    assert job["summary"] == {"failed": 1, "updated": 0, "inserted": 0, "total": 1}
    [failure] = call.list_errors(job)
    assert "deleted" in failure["errors"][0]["message"]
    assert find(user_id).is_active is False


def test_each_kind_of_write_is_undone(call: Caller, connection: Connection, operator: User) -> None:
    user_id = call.create(app_metadata={"plan": "gold"})
    call.load({"email": "old@example.com", "user_id": "old", "nickname": "o"})
    first = [call.read(each) for each in (user_id, "auth0|old")]
    last_row = ImportRecord.objects.latest("row_number").row_number

    call.change(user_id, nickname="a", user_metadata={"x": 1}, blocked=True, given_name=None)
    call.load({"email": "old@example.com", "user_metadata": {"y": 1}, "name": "O"}, upsert="true")
    call("DELETE", name_path("auth0|old"))
    later = RecordFilter(first_row=last_row + 1)
    job = ImportJob.objects.get()
    work_on_undo(start_undo(job, UndoOptions(), actor=operator, chosen=later).pk)

    again = [call.read(each) for each in (user_id, "auth0|old")]
    assert [each | {"updated_at": ""} for each in again] == [
        each | {"updated_at": ""} for each in first
    ]

    undo_all(connection, operator)
    assert not User.objects.filter(source=NAME).exists()


def test_lists_have_pages_totals_and_fields(call: Caller) -> None:
    ids = [call.create(email=f"p{number}@example.com") for number in range(3)]

    page = call("GET", "/users", query={"per_page": 2, "page": 1, "include_totals": "true"}).body
    assert {**page, "users": [user["user_id"] for user in page["users"]]} == {
        "users": ids[2:],
        "start": 2,
        "limit": 2,
        "length": 1,
        "total": 3,
    }
    past = call("GET", "/users", query={"page": 9, "include_totals": "true"})
    assert (past["users"], past["total"]) == ([], 3)
    named = call("GET", "/users", query={"fields": "user_id,email", "sort": "email:-1"}).body
    assert [list(user) for user in named] == [["user_id", "email"]] * 3
    assert [user["user_id"] for user in named] == ids[::-1]
    query = {"fields": "email", "include_fields": "false", "per_page": 1}
    assert "email" not in call("GET", "/users", query=query).body[0]
    assert call("GET", "/users", query={"connection": "elsewhere"}).body == []
    found = call("GET", "/users-by-email", query={"email": "P1@example.com"}).body
    assert [user["user_id"] for user in found] == [ids[1]]


@pytest.mark.parametrize(
    "query",
    [
        {"per_page": "101"},
        {"per_page": "x"},
        {"page": "-1"},
        {"include_totals": "yes"},
        {"sort": "name"},
        {"sort": "password:1"},
        {"limit": "1"},
    ],
)
def test_a_query_that_there_is_not_is_refused(call: Caller, query: dict[str, str]) -> None:
    answer = call("GET", "/users", query=query)

    assert (answer.status, answer["errorCode"]) == (400, "invalid_query_string")


def test_metadata_that_is_mapped_is_an_attribute_on_both_sides(
    operator: User, connection: Connection
) -> None:
    AttributeDefinition.objects.create(name="color", type="string")
    mapped = create_connection(operator, kind="auth0", name="Mapped")
    call = make_caller(mapped, issue_secret(mapped, actor=operator))
    user_id = call.create(connection="Mapped", user_metadata={"color": "green", "size": 1})
    assert find(user_id).attributes["color"] == "green"

    user = find(user_id)
    user.attributes["color"] = "blue"
    user.save()
    assert call.read(user_id)["user_metadata"] == {"color": "blue", "size": 1}
    assert call.find("user_metadata.color:blue") == [user_id]

    call.change(user_id, user_metadata={"color": None})
    assert "color" not in find(user_id).attributes
    assert call.read(user_id)["user_metadata"] == {"size": 1}
