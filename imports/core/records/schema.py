"""Describe the record format out of the code: as JSON Schema, as templates, and as a page.

`python -m imports.core.records.schema` writes docs/record-format.md.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any, Literal

from imports.core.records.records import UserImportRecord
from imports.core.records.targets import Target, list_targets

PAGE = Path(__file__).parents[3] / "docs" / "record-format.md"
# The syntaxes in which there is a template.
TemplateSyntax = Literal["csv", "json", "ndjson"]
DIALECT = "https://json-schema.org/draft/2020-12/schema"

# bcrypt of “Sample-Password-1”; a new one would make each template different.
SAMPLE_HASH = "$2b$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr."
EXAMPLE: dict[str, Any] = {
    "subject_id": "2f1c7d0e-6a55-4a57-9a0c-5d6f8f5b7a11",
    "profile": {
        "username": "ada",
        "email": "ada@example.com",
        "email_verified": True,
        "phone": "+441632960001",
        "phone_verified": False,
        "given_name": "Ada",
        "family_name": "Example",
        "locale": "en-GB",
        "active": True,
        "created_at": "2021-03-04T09:30:00Z",
        "emails": [{"email": "ada@example.org", "verified": False}],
    },
    "authenticators": {
        "password": {"hash": SAMPLE_HASH},
        "external_logins": [{"provider": "google", "subject": "110248495921238986420"}],
        "totp": {"secret": "JBSWY3DPEHPK3PXP", "name": "Phone"},
        "recovery_codes": ["4f9a-c27d", "81be-03d5"],
    },
    "memberships": {"groups": [], "roles": []},
}


def build_schema() -> dict[str, Any]:
    """Return the JSON Schema of one record."""
    schema = UserImportRecord.model_json_schema(mode="validation")
    return {"$schema": DIALECT, **schema, "title": "Userferry user record"}


def build_template(syntax: TemplateSyntax) -> str:
    """Return a small file of the record format, with a made-up user to overwrite."""
    if syntax == "csv":
        return write_csv_template()
    if syntax == "ndjson":
        return json.dumps(EXAMPLE) + "\n"
    return json.dumps([EXAMPLE], indent=2) + "\n"


def write_csv_template() -> str:
    """Return a header with every target field, and a row with the example's values."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(list_targets())
    writer.writerow([write_cell(find_value(path)) for path in list_targets()])
    return file.getvalue()


def find_value(path: str) -> Any:
    value: Any = EXAMPLE
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def write_cell(value: Any) -> str:
    """Return a value as a CSV cell has it: lists of texts with semicolons, other lists as JSON."""
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ";".join(value)
    return value if isinstance(value, str) else json.dumps(value)


INTRODUCTION = """\
# The record format

`python -m imports.core.records.schema` writes this page; a test fails when it is out of date.

Userferry turns every source into records of this form. A file can also hold them directly: as a
JSON array, as NDJSON (one object in each line), or as CSV. The upload page offers the JSON Schema
and a template of each.

A record is one user. Only `subject_id` is required. It has three parts, each of which may be
absent: the **profile** says who the user is, the **authenticators** how they prove it, the
**memberships** what they belong to. An update does not change what is absent from the record.

## JSON

Paths are nested objects. A field that is not in the table is rejected, so that a misspelt
name is found. Put your own values under `profile.attributes`; each needs an attribute definition
first.

```json
"""

CSV_SECTION = """\
```

## CSV

The header names the paths. Blank cells count as absent. Separate the items of a list of texts by
commas, semicolons or vertical bars. Write a list of objects as JSON text in the cell.

```
subject_id,profile.email,profile.email_verified,authenticators.password.hash,memberships.groups
42,ada@example.com,true,$2b$10$…,staff;editors
```

## Fields
"""

NOTES = """\

`profile.attributes.NAME` is the attribute with that name.

## Values

- **Boolean values** are `true` and `false`; in CSV also yes and no, on and off, 1 and 0, in any
  case.
- **Timestamps** are ISO 8601 with an offset, such as `2024-05-31T09:30:00Z`, or seconds since 1970.
  Without an offset they are read as UTC.
- **E-mail addresses** are stored in lower case. Two users cannot have the same address.
- **Passwords** are either a hash with its format, or a plain password, which is stored
  encrypted and hashed soon. Omit the format to have it detected.
  [hash-formats.md](hash-formats.md) lists the formats and what each needs in `params`.
- **External logins** have `provider` (such as `google`), `subject` (the user's id there) and
  optionally `display_name`.
- **Passkeys** have `credential_id` and `public_key` (COSE) in base64url, and optionally
  `algorithm`, `sign_count`, `aaguid`, `backup_eligible`, `backed_up` and `name`.
- **Verified addresses** have `type` (`email` or `phone`) and `value`.
- **Groups and roles** are named by their keys, and must exist.

A record has at most 1 MB and 100 levels of nesting.
"""


def render_page() -> str:
    """Return docs/record-format.md as it has to be."""
    rows = "".join(render_field(target) for target in list_targets().values())
    header = "\n| Field | Name | Meaning |\n|---|---|---|\n"
    example = json.dumps(EXAMPLE, indent=2) + "\n"
    return INTRODUCTION + example + CSV_SECTION + header + rows + NOTES


def render_field(target: Target) -> str:
    name = f"{target.label}, list" if target.is_list else target.label
    return f"| `{target.path}` | {name} | {target.description} |\n"


if __name__ == "__main__":
    PAGE.write_text(render_page(), encoding="utf-8")
