"""Delimiter and header of a CSV file, and the list of users in a JSON file, told by its head."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imports.core.errors import FileFormatError
from imports.core.readers import ReaderOptions
from imports.core.readers.detection import detect_options


def detect(text: str) -> ReaderOptions:
    return detect_options(text.encode())[0]


@pytest.mark.parametrize(
    ("content", "skipped"),
    [
        ("id,email,name\n1,a@x.org,Ann\n", 0),
        ("# exported, for you\nid,email,name\n1,a@x.org,Ann\n", 1),
        ("# email\nemail\na@x.org\n", 1),
        ("version:v1.0\nid,email,name\n1,a@x.org,Ann\n", 1),
        ("version:v1.0,,\nid,email,name\n1,a@x.org,Ann\n", 1),
        ("Users\n\n\nid,email,name\n1,a@x.org,Ann\n", 3),
        ("sep=,\nUsers\nid,email,name\n1,a@x.org,Ann\n", 2),
        ("#id,email\n1,a@x.org\n", 0),
        ("id,name\n1,Lee, Ann\n2,Bob\n", 0),
        ("id,name\n1,Lee, Ann\n2,Lee, Bob\n", 0),
        ("id;note\n1;#\n", 0),
    ],
)
def test_lines_before_the_header_are_told(content, skipped):
    options = detect(content)
    assert (options.skip_lines, options.has_header) == (skipped, True)


@pytest.mark.parametrize(
    "content",
    [
        "abc,a@x.org,Ann\nabd,b@x.org,Bob\n",
        "abc,,false,Ann,\nabd,b@x.org,true,Bob,\n",
        "6f9619ff-8b86-d011-b42d-00c04fc964ff,x\n6f9619ff-8b86-d011-b42d-00c04fc964f0,y\n",
        "x,2024-05-01T10:00:00Z\ny,2024-05-01T10:00:00Z\n",
        "x,1714550400000\ny,1714550400000\n",
        "a@x.org\nb@x.org\n",
    ],
    ids=["e-mail", "boolean", "uuid", "date", "milliseconds", "one column"],
)
def test_file_that_begins_with_values_has_no_header(content):
    options = detect(content)
    assert (options.skip_lines, options.has_header) == (0, False)


@pytest.mark.parametrize("name", ["id", "1", "2024", "e-mail", "true?", "phone +44", "@id"])
def test_odd_name_is_still_a_header(name):
    assert detect(f"{name},x\n1,2\n").has_header


@pytest.mark.parametrize(
    ("content", "path"),
    [
        ('{"users": [{"id": 1}]}', "users"),
        ('{"Users": [{"id": 1}], "NextToken": "x"}', "Users"),
        ('{"value": [{"id": 1}], "@odata.nextLink": "x"}', "value"),
        ('{"schemas": ["x"], "Resources": [{"id": 1, "emails": [{"value": 1}]}]}', "Resources"),
        ('{"realm": {"roles": [{"id": 0}], "users": [{"id": 1}]}}', "realm.users"),
        ('{"id": "r", "roles": {"realm": [{"id": 0}]}, "users": [{"id": 1}]}', "users"),
        ('{"data": {"users": [{"id": 1}]}}', "data.users"),
        (
            '{"timeout": "30m", "dataOrgs": {"orgs": [{"orgId": 1, "humanUsers": [{"a": 1}]}]}}',
            "dataOrgs.orgs[].humanUsers",
        ),
        ('{"people": [{"id": 1}], "n": 1}', "people"),
    ],
)
def test_list_of_users_is_told(content, path):
    options = detect(content)
    assert (options.syntax, options.path) == ("json", path)


@pytest.mark.parametrize(
    "content",
    ['{"id": 1}', '{"email": "a@x.org", "identities": [{"provider": "x"}]}',
     '{"user_id": "a", "identities": [{"provider": "x"}]}',
     '{"id": 1, "username": "x", "credentials": [{"type": "password"}]}'],
)  # fmt: skip
def test_one_user_in_one_line_is_no_list(content):
    assert detect(content).syntax == "ndjson"


@example(b"{}[{")
@given(st.binary(max_size=200) | st.text('#,;\n"\tab1@.{}[]:', max_size=80).map(str.encode))
def test_any_bytes_are_told_or_refused(content):
    try:
        options, evidence = detect_options(content)
    except FileFormatError:
        return
    assert all(evidence)
    assert options.skip_lines >= 0
