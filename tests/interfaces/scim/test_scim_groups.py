"""SCIM groups: their members are the connection's users, written and undone as records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission

from accounts.models import Group, GroupMembership, Role, User
from imports.core.planning.undo import UndoOptions
from imports.models import ImportJob
from imports.record_filters import RecordFilter
from imports.services.connections.secrets import issue_secret
from imports.services.undo.undoing import start_undo, work_on_undo
from tests.imports.connecting import create_connection
from tests.interfaces.scim.calling import Caller

GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"


@pytest.fixture
def people(call: Caller) -> list[str]:
    return [call.create(userName=name, emails=[]) for name in ("ann", "bob")]


def undo_last(operator: User, batch: int) -> None:
    job = ImportJob.objects.get()
    undo = start_undo(job, UndoOptions(), actor=operator, chosen=RecordFilter(chunk=str(batch)))
    work_on_undo(undo.pk)


def test_a_group_is_created_as_entra_does_and_found_without_its_members(call: Caller) -> None:
    answer = call(
        "POST",
        "/Groups",
        {
            "schemas": [GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM"],
            "externalId": "g1",
            "displayName": "Staff",
            "meta": {"resourceType": "Group"},
        },
    )

    assert answer.status == 201
    assert (answer["displayName"], answer["externalId"]) == ("Staff", "g1")
    assert Group.objects.get().key == "Staff"
    for expression in ('displayName eq "staff"', 'externalId eq "g1"'):
        (found,) = call.find(expression, "/Groups", excludedAttributes="members")
        assert found["id"] == answer["id"]
        assert "members" not in found
    assert call.find('displayName eq "nobody"', "/Groups") == []
    again = call("POST", "/Groups", {"displayName": "STAFF"})
    assert (again.status, again["scimType"]) == (409, "uniqueness")


# How Entra and Okta add and remove a member; “{}” is the id of the second person.
ADDING: list[dict[str, Any]] = [
    {"op": "Add", "path": "members", "value": [{"$ref": None, "value": "{}"}]},
    {"op": "add", "path": "members", "value": [{"value": "{}", "display": "bob"}]},
    {"op": "add", "value": {"members": [{"value": "{}"}]}},
]
REMOVING: list[dict[str, Any]] = [
    {"op": "Remove", "path": "members", "value": [{"$ref": None, "value": "{}"}]},
    {"op": "remove", "path": 'members[value eq "{}"]'},
]


def fill(operation: Any, person: str) -> Any:
    if isinstance(operation, str):
        return operation.replace("{}", person)
    if isinstance(operation, list):
        return [fill(each, person) for each in operation]
    if isinstance(operation, dict):
        return {name: fill(each, person) for name, each in operation.items()}
    return operation


@pytest.mark.parametrize("operation", ADDING)
def test_a_member_is_added(call: Caller, people: list[str], operation: dict[str, Any]) -> None:
    ann, bob = people
    group_id = call.create_group("Staff", ann)

    answer = call.patch(f"/Groups/{group_id}", fill(operation, bob))

    assert answer.status == 204
    assert sorted(call.list_members(group_id)) == sorted(people)
    assert call.read(bob)["groups"][0]["display"] == "Staff"
    assert GroupMembership.objects.count() == 2


@pytest.mark.parametrize("operation", REMOVING)
def test_a_member_is_removed_and_an_undo_brings_them_back(
    call: Caller, operator: User, people: list[str], operation: dict[str, Any]
) -> None:
    ann, bob = people
    group_id = call.create_group("Staff", ann, bob)

    answer = call.patch(f"/Groups/{group_id}", fill(operation, bob))

    assert (answer.status, call.list_members(group_id)) == (204, [ann])
    undo_last(operator, 4)
    assert call.list_members(group_id) == [ann, bob]


def test_an_undo_takes_added_members_away(call: Caller, operator: User, people: list[str]) -> None:
    group_id = call.create_group("Staff", *people)

    undo_last(operator, 3)

    assert call.list_members(group_id) == []


def test_members_are_replaced_and_a_group_is_renamed(call: Caller, people: list[str]) -> None:
    ann, bob = people
    group_id = call.create_group("Staff", ann)

    call.patch(
        f"/Groups/{group_id}",
        {"op": "replace", "value": {"id": group_id, "displayName": "Crew"}},
        {"op": "replace", "path": "members", "value": [{"value": bob}]},
    )

    group = Group.objects.get()
    assert (group.key, group.name) == ("Staff", "Crew")
    assert call.list_members(group_id) == [bob]
    assert [each["id"] for each in call.find('displayName eq "crew"', "/Groups")] == [group_id]


def test_a_deleted_group_has_no_members_and_an_undo_brings_it_back(
    call: Caller, operator: User, people: list[str]
) -> None:
    group_id = call.create_group("Staff", *people)

    assert call("DELETE", f"/Groups/{group_id}").status == 204

    assert call("GET", f"/Groups/{group_id}").status == 404
    assert Group.objects.filter(key="Staff").exists()
    assert not GroupMembership.objects.exists()
    undo_last(operator, 4)
    assert call.list_members(group_id) == people
    call("DELETE", f"/Groups/{group_id}")
    assert call.create_group("Staff") == group_id


def test_a_member_who_is_nobody_is_refused_and_nothing_is_written(
    call: Caller, people: list[str]
) -> None:
    group_id = call.create_group("Staff")
    both = [{"value": people[0]}, {"value": "nobody"}]

    answer = call.patch(f"/Groups/{group_id}", {"op": "add", "path": "members", "value": both})

    assert (answer.status, answer["scimType"]) == (400, "invalidValue")
    assert "members: " in answer["detail"]
    assert call.list_members(group_id) == []


def test_nobody_joins_or_leaves_a_group_beyond_the_rights_of_the_maker(
    make_clerk: Callable[..., User],
) -> None:
    clerk = make_clerk(
        "imports.add_importjob",
        "imports.run_importjob",
        "accounts.view_user",
        "accounts.view_group",
        "accounts.add_user",
        "accounts.change_user",
    )
    connection = create_connection(clerk, kind="scim", name="Acme HR", tenant="acme")
    call = Caller(issue_secret(connection, actor=clerk))
    powerful = Group.objects.create(key="Chiefs")
    role = Role.objects.create(key="chief")
    role.permissions.add(Permission.objects.get(codename="delete_user"))
    powerful.roles.add(role)
    ann, bob = (call.create(userName=name, emails=[]) for name in ("ann", "bob"))
    powerful.members.add(User.objects.get(subject_id=bob))

    joining = call.patch(f"/Groups/{powerful.pk}", fill(ADDING[0], ann))
    leaving = call.patch(f"/Groups/{powerful.pk}", fill(REMOVING[1], bob))

    assert (joining.status, leaving.status) == (403, 403)
    assert str(clerk) in joining["detail"]
    assert call.list_members(str(powerful.pk)) == [bob]
    assert call("POST", "/Groups", {"displayName": "New"}).status == 403


def test_members_of_other_sources_are_not_shown_and_stay(call: Caller, people: list[str]) -> None:
    other = User.objects.create_user(subject_id="other", source="Elsewhere")
    group_id = call.create_group("Staff", people[0])
    Group.objects.get().members.add(other)

    call("PUT", f"/Groups/{group_id}", {"displayName": "Staff", "members": None})

    assert call.list_members(group_id) == []
    assert list(Group.objects.get().members.all()) == [other]
