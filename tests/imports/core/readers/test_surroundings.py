"""What stands around the records of a file: signs that there are more, and what is not read."""

import io
import json
import zipfile
from typing import Any

import pytest

from imports.core.readers import ReaderOptions
from imports.core.readers.related_tables import Place, Table
from imports.core.readers.surroundings import Surroundings, survey

USERS = [{"id": "u1", "email": "ulla@example.com"}, {"id": "u2", "email": "otto@example.com"}]


def look(content: Any, path: str, syntax: str = "json") -> Surroundings:
    text = content if isinstance(content, str) else json.dumps(content)
    options = ReaderOptions(syntax=syntax, path=path)  # type: ignore[arg-type]
    return survey(io.BytesIO(text.encode()), options)


@pytest.mark.parametrize(
    ("envelope", "path"),
    [
        # SCIM, RFC 7644, 3.4.2
        ({"totalResults": 4213, "itemsPerPage": 2, "startIndex": 1, "Resources": USERS}, ""),
        ({"totalResults": 3, "itemsPerPage": 2, "startIndex": 2, "Resources": USERS}, ""),
        # OData and Microsoft Graph
        ({"@odata.nextLink": "https://graph.example.com/?$skiptoken=x", "value": USERS}, ""),
        ({"@odata.count": 900, "value": USERS}, ""),
        # Auth0
        ({"start": 0, "limit": 2, "length": 2, "total": 57, "users": USERS}, ""),
        ({"users": USERS, "next": "fe26.2**token"}, ""),
        # Stripe
        ({"object": "list", "has_more": True, "data": USERS}, ""),
        # Google Workspace, AWS, Azure
        ({"kind": "admin#directory#users", "users": USERS, "nextPageToken": "abc"}, ""),
        ({"Users": USERS, "PaginationToken": "abc"}, ""),
        ({"Users": USERS, "IsTruncated": True, "Marker": "abc"}, ""),
        ({"values": USERS, "continuationToken": "abc"}, ""),
        # Django REST framework, JSON:API, HAL
        ({"count": 12, "next": "https://example.com/?page=2", "previous": None, "r": USERS}, ""),
        ({"data": USERS, "links": {"self": "/u", "next": "/u?page=2"}}, ""),
        ({"data": USERS, "links": {"next": {"href": "/u?page=2"}}}, ""),
        ({"_embedded": {"users": USERS}, "_links": {"next": {"href": "/u"}}}, "_embedded.users"),
        # Relay, Slack, Laravel, Spring Data, Zendesk, Elasticsearch
        ({"u": {"nodes": USERS, "pageInfo": {"hasNextPage": True, "endCursor": "Y"}}}, "u.nodes"),
        ({"ok": True, "members": USERS, "response_metadata": {"next_cursor": "dXNlcjo="}}, ""),
        ({"data": USERS, "meta": {"current_page": 1, "last_page": 9}}, ""),
        ({"content": USERS, "last": False, "totalPages": 2}, ""),
        ({"page": {"totalElements": 40, "number": 0}, "users": USERS}, ""),
        ({"users": USERS, "meta": {"has_more": "true"}}, ""),
        ({"hits": {"total": 90, "list": USERS}}, "hits.list"),
        ({"pagination": {"page": 3, "per_page": 2}, "users": USERS}, ""),
        ({"status": 1, "total_records": "41", "users": USERS}, ""),
    ],
)
def test_an_envelope_that_says_that_there_is_more_is_heard(envelope: Any, path: str) -> None:
    lists = [name for name, value in envelope.items() if isinstance(value, list)]

    found = look(envelope, path or lists[0])

    assert found.more
    assert "token" not in " ".join(found.more).lower().replace("token”", "")


@pytest.mark.parametrize(
    "envelope",
    [
        {"totalResults": 2, "itemsPerPage": 100, "startIndex": 1, "users": USERS},
        {"start": 0, "limit": 50, "length": 2, "total": 2, "users": USERS},
        {"users": USERS, "next": None, "has_more": False},
        {"users": USERS, "nextPageToken": "", "next_cursor": "", "cursor": None},
        {"users": USERS, "pageInfo": {"hasNextPage": False, "endCursor": "abc"}},
        {"users": USERS, "total": 2, "nextResults": "abc"},
        {"users": USERS, "last": True, "totalPages": 1, "number": 0},
        {"users": USERS, "count": 2, "page": 1, "pages": 1},
        {"users": USERS, "displayName": "More", "attributes": {"more": True, "next": "x"}},
    ],
)
def test_an_envelope_of_everybody_is_not_called_a_part(envelope: Any) -> None:
    assert look(envelope, "users").more == []


def test_pages_one_after_another_are_all_when_the_last_says_so() -> None:
    pages = [
        {"total": 4, "users": USERS, "next": "/2"},
        {"total": 4, "users": USERS, "next": None},
    ]

    assert look("\n".join(map(json.dumps, pages)), "users").more == []
    assert look("\n".join(map(json.dumps, pages[:1])), "users").more
    assert look(json.dumps(pages), "[].users").more == []


def test_lists_objects_and_plain_members_beside_the_users_are_each_listed_once() -> None:
    content = {
        "version": 3,
        "users": USERS,
        "passwords": [{"user_id": "u1"}, {"user_id": "u2"}],
        "roles": {"realm": [{"name": "a"}], "client": {"web": [{"name": "b"}]}},
        "tags": ["a", "b", "c"],
        "nothing": [],
    }

    found = look(content, "users")

    assert found.parts == {"passwords": 2, "roles": 2, "tags": 3}
    assert found.settings == ["version"]


def test_what_is_read_as_users_or_with_them_is_not_listed() -> None:
    orgs = [{"id": "o1", "people": USERS, "plan": {"a": 1}}, {"id": "o2", "people": []}]

    found = look({"orgs": orgs}, "orgs[].people")

    assert found.settings == []
    assert found.parts == {"orgs.plan": 1}


@pytest.mark.parametrize("path", ["{}", "users{}", "realms[].users{}"])
def test_users_by_their_ids_are_not_listed(path: str) -> None:
    users: Any = {each["id"]: each | {"tags": {"a": ["b"]}} for each in USERS}
    contents = {"{}": users, "users{}": {"users": users}}

    found = look(contents.get(path, {"realms": [{"users": users}]}), path)

    assert found == Surroundings()


def test_users_by_their_ids_are_as_many_as_is_said() -> None:
    users = {each["id"]: each for each in USERS}

    assert look({"total": 2, "pages": 1, "users": users}, "users{}").more == []
    assert look({"total": 3, "users": users}, "users{}").more == [
        "“total” is 3, and the file has 2"
    ]


def test_a_list_as_a_whole_and_a_csv_file_have_nothing_around_them() -> None:
    assert look(USERS, "") == Surroundings()
    assert look("id,email\n1,ulla@example.com\n", "", "csv") == Surroundings()


def test_other_members_of_an_archive_are_counted() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("users.json", json.dumps({"users": USERS}))
        archive.writestr("logins.csv", "user,provider\nu1,google\nu2,google\n")
        archive.writestr("realm.json", json.dumps({"clients": [{"id": "a"}], "organizations": [1]}))
        archive.writestr("photo.bin", bytes(range(256)))
    table = Table("users", places=(Place("users.json", "users"),))

    found = survey(packed, ReaderOptions(syntax="json", tables=table))

    assert found.members == {"logins.csv": 2, "photo.bin": 0}
    assert found.parts == {"realm.json: clients": 1, "realm.json: organizations": 1}
