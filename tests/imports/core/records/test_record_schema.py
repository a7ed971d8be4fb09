"""What is published about the record format agrees with the code."""

import io

import pytest

from imports.core.inspection.inspection import inspect_file
from imports.core.mapping import RecordMapper, build_mapping, suggest_mapping
from imports.core.readers import read_rows
from imports.core.records.schema import EXAMPLE, PAGE, build_schema, build_template, render_page
from imports.core.records.targets import list_targets


def test_documentation_of_the_record_format_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == render_page()


def test_schema_requires_only_the_subject_id_and_nothing_unknown():
    schema = build_schema()
    assert schema["required"] == ["subject_id"]
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("path", list_targets())
def test_schema_describes_every_field(path):
    schema = build_schema()
    node = schema
    for step in path.split("."):
        options = [node, *node.get("anyOf", [])]
        names = [each["$ref"].rpartition("/")[2] for each in options if "$ref" in each]
        node = (schema["$defs"][names[0]] if names else node)["properties"][step]
    assert "description" in node


@pytest.mark.parametrize("syntax", ["csv", "json", "ndjson"])
def test_template_is_recognised_and_gives_the_example(syntax):
    file = io.BytesIO(build_template(syntax).encode())
    inspection = inspect_file(file, file_name=f"template.{syntax}")
    mapping = build_mapping(suggest_mapping(inspection, {}), inspection.provider, "")
    rows = list(read_rows(file, inspection.options))
    (row,) = map(RecordMapper(mapping, {}).map_row, rows)
    assert (inspection.options.syntax, inspection.provider) == (syntax, "native")
    assert row.problems == ()
    assert row.record.subject_id == EXAMPLE["subject_id"]
    assert row.record.authenticators.totp.secret == "JBSWY3DPEHPK3PXP"
    assert row.record.authenticators.external_logins[0].provider == "google"
