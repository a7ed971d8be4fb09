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


HASH = "$2y$10$" + "QDrSr3h3v4c7.h74IfcTdu" + "b6BuBYmIsfOR0JFS6Q/TDyl3ZtHGSya"
DIGEST = "5f4dcc3b5aa765d61d8327deb882cf99"


@pytest.mark.parametrize(
    "text",
    [
        f"ada,{HASH}\nben,{HASH}\n",
        f"ada\t{HASH}\nben\t{HASH}\n",
        f"ada;{DIGEST}\nben;{DIGEST}\n",
        f"\ufeffada;{DIGEST}\r\nben;{DIGEST}\r\n",
        f"# exported by hand\nada;{DIGEST};1\nben;{DIGEST};1\n",
        "ada,unknown-y,$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7\n"
        "ben,unknown-y,$y$j9T$G5Jx5fExrKuPp53xLKQ..1$Y3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7\n",
        "ada,Ada <ada@example.com>\nben,Ben <ben@example.com>\n",
        "ada,+49 (170) 123-4567\nben,+49 (170) 123-4568\n",
        "ada,31.12.1999\nben,30.12.1999\n",
        "ada,1001,Ada\nben,1002,Ben\ncem,1003,Cem\n",
        "ada,/home/ada\nben,/home/ben\ncem,/home/cem\n",
        "ada,member,Berlin\nben,member,Berlin\ncem,member,Berlin\n",
        "ada,NULL,x\nben,1,y\n",
    ],
)
def test_first_line_with_data_is_no_header(text):
    assert not detect(text).has_header


@pytest.mark.parametrize(
    "text",
    [
        "name,active\nada,active\nben,active\ncem,active\n",
        "name,city\nada,Rom\nname,city\nben,Rom\nname,city\n",
        "name,2023,2024\nada,yes,no\nben,no,no\n",
        "id,LockoutEndDateUtc\n1,\n2,\n",
    ],
)
def test_first_line_with_names_is_a_header(text):
    assert detect(text).has_header


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        (f"ada {HASH}\nben {HASH}\n", " "),
        (f"ada@example.com:x:{HASH}\nben@example.com:x:{HASH}\n", ":"),
        (
            "ada\t$argon2id$v=19$m=16,t=2,p=1$c29tZXNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0\n" * 2,
            "\t",
        ),
        ("ada $argon2id$v=19$m=16,t=2,p=1$c29tZXNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0\n" * 2, " "),
    ],
)
def test_delimiter_leaves_hashes_whole(text, delimiter):
    options = detect(text)
    assert (options.delimiter, options.has_header) == (delimiter, False)
