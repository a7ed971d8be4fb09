"""Files that hold no table of users are named, with what to do instead."""

import io
import json

import pytest

from imports.core.errors import FileFormatError
from imports.core.inspection.inspection import inspect_file


def refuse(content: str | bytes, name: str = "users.txt") -> FileFormatError:
    raw = content.encode() if isinstance(content, str) else content
    with pytest.raises(FileFormatError) as caught:
        inspect_file(io.BytesIO(raw), file_name=name)
    return caught.value


PSQL = """\
 id |      email       | name
----+------------------+------
  1 | ada@example.com  | Ada
(1 row)
"""
MYSQL = """\
+----+-----------------+
| id | email           |
+----+-----------------+
|  1 | ada@example.com |
+----+-----------------+
"""
FIXED = """\
Name       EmailAddress      Enabled
----       ------------      -------
Ada Byron  ada@example.com   True
"""
EXCEL_XML = """\
<?xml version="1.0"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>
"""


@pytest.mark.parametrize(
    ("content", "kind", "instead"),
    [
        (PSQL, "psql", r"\copy"),
        ("-[ RECORD 1 ]----\nid    | 1\nemail | ada@example.com\n", "psql", r"\copy"),
        ("\n" + MYSQL, "MySQL", "mysql --batch"),
        (f"{'*' * 27} 1. row {'*' * 27}\nid: 1\n", "MySQL", "--batch"),
        ("┌────┬───────┐\n│ id │ email │\n├────┼───────┤\n│ 1  │ a@x.o │\n└────┴───────┘\n",
         "terminal", "-csv"),
        (FIXED, "fixed width", "Export-Csv"),
        ("<html><body><table><tr><td>id</td></tr></table></body></html>", "web page", ".xlsx"),
        ("\ufeff<!DOCTYPE html>\n<html></html>", "web page", "CSV"),
        (EXCEL_XML, "Excel's XML", ".xlsx"),
        ('<?xml version="1.0"?>\n<users><user id="1"/></users>', "XML", "CSV or JSON"),
        ("<users>\n <user/>\n</users>", "XML", "CSV or JSON"),
        ("---\nusers:\n  - id: 1\n    email: ada@example.com\n", "YAML", "yq"),
        ("users:\n  - id: 1\n    email: ada@example.com\n", "YAML", "yq"),
        ("- id: 1\n  email: ada@example.com\n", "YAML", "yq"),
        ("-----BEGIN PGP MESSAGE-----\n\nhQEMA\n", "encrypted", "gpg --decrypt"),
        ('{ _id: ObjectId("65a1"), email: "ada@example.com" }\n', "keys that have no quotes",
         "mongoexport"),
        ("[\n  {\n    _id: 1 }\n]", "keys that have no quotes", "mongoexport"),
        ("BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\n", "vCard", "CSV"),
    ],
)  # fmt: skip
def test_text_of_another_kind_is_named(content, kind, instead):
    error = refuse(content)
    assert error.problem.code == "file_other_kind"
    assert kind in str(error)
    assert instead in str(error)


BSON = (31).to_bytes(4, "little") + b"\x02email\x00\x10\x00\x00\x00ada@example.com\x00\x00"


@pytest.mark.parametrize(
    ("content", "instead"),
    [
        (b"PGDMP\x01\x0e\x00\x04\x08" + bytes(50), "pg_restore"),
        (BSON, "bsondump"),
        (BSON * 3, "bsondump"),
        (b"\x28\xb5\x2f\xfd\x24" + bytes(range(40)), "zstd -d"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(range(40)), "zip archive"),
        (b"PAR1" + bytes(range(40)), "CSV"),
        (b"Salted__" + bytes(range(128, 168)), "decrypt"),
        (b"\x00\x01\x00\x00Standard ACE DB\x00" + bytes(40), "Access"),
    ],
)
def test_binary_file_of_another_kind_is_named(content, instead):
    error = refuse(content)
    assert error.problem.code == "file_not_text"
    assert instead in str(error)


@pytest.mark.parametrize(
    "content",
    [
        "id,email\n1,ada@example.com\n",
        "id|email\n---|---\n1|ada@example.com\n",
        "id;comment\n1;<b>x</b>\n",
        "- id,email\n1,ada@example.com\n",
        '{"id": "1", "email": "ada@example.com"}\n',
        "[id],[email]\n1,ada@example.com\n",
    ],
)
def test_table_that_looks_a_little_like_another_kind_is_read(content):
    inspect_file(io.BytesIO(content.encode()), file_name="users")


REALM = {
    "id": "orchard",
    "realm": "orchard",
    "displayName": "Orchard",
    "enabled": True,
    "sslRequired": "external",
    "roles": {"realm": [{"id": "r1", "name": "picker"}]},
    "groups": [{"id": "g1", "name": "fields"}],
    "clients": [{"id": "c1", "clientId": "web"}],
    "clientScopes": [{"id": "s1", "name": "profile"}],
    "keycloakVersion": "26.0.0",
}
TENANT = {
    "tenant": {"friendly_name": "Orchard"},
    "clients": [{"name": "Web"}],
    "connections": [{"name": "Users", "strategy": "auth0"}],
    "resourceServers": [{"name": "API"}],
    "actions": [{"name": "post-login"}],
    "triggers": {"post-login": [{"action_name": "post-login"}]},
    "emailTemplates": [{"template": "verify_email"}],
}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    ("export", "kind", "how"),
    [
        (REALM, "a Keycloak realm", "kc.sh export"),
        (REALM | {"users": []}, "a Keycloak realm", "kc.sh export"),
        (TENANT, "configuration of an Auth0 tenant", "users-exports"),
    ],
)
def test_export_without_users_is_named_with_the_steps_of_its_system(export, kind, how, indent):
    error = refuse(json.dumps(export, indent=indent), "export.json")
    assert error.problem.code == "file_without_users"
    assert kind in str(error)
    assert how in str(error)


def test_realm_with_users_is_read():
    users = [{"username": "ada", "enabled": True, "realmRoles": ["picker"]}]
    content = json.dumps(REALM | {"users": users})
    assert inspect_file(io.BytesIO(content.encode()), file_name="realm.json").provider == "keycloak"
