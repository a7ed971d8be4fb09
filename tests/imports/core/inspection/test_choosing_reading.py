"""How a file is read, where a person says otherwise than its head."""

import io
from typing import Any

import pytest

from imports.core.errors import FileFormatError
from imports.core.inspection.inspection import Inspection, inspect_file
from imports.core.inspection.reading import read_chosen


def inspect(content: str, **chosen: Any) -> Inspection:
    return inspect_file(io.BytesIO(content.encode()), file_name="users", chosen=chosen)


def test_what_is_chosen_overrules_and_the_rest_is_detected():
    inspection = inspect("# x\nid;name\n1;Ann\n", has_header=False)
    assert (inspection.options.delimiter, inspection.options.skip_lines) == (";", 1)
    assert [column.name for column in inspection.columns] == ["(column 1)", "(column 2)"]


def test_path_that_is_chosen_is_read():
    inspection = inspect('{"users": [{"id": 1}], "staff": [{"name": "x"}]}', path="staff")
    assert [column.name for column in inspection.columns] == ["name"]


def test_options_written_as_text_are_understood():
    chosen = read_chosen({"has_header": "no", "skip_lines": "3", "delimiter": "tab", "path": "a"})
    assert chosen == {"has_header": False, "skip_lines": 3, "delimiter": "\t", "path": "a"}


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ({"speed": "5"}, "no reading option “speed”"),
        ({"syntax": "xml"}, "has to be one of csv"),
        ({"has_header": "maybe"}, "yes, no"),
        ({"skip_lines": "x"}, "number of lines"),
        ({"delimiter": "::"}, "one character"),
        ({"encoding": "klingon"}, "has to be one of utf-8"),
    ],
)
def test_option_that_makes_no_sense_is_refused_with_the_reason(texts, reason):
    with pytest.raises(ValueError, match=reason):
        read_chosen(texts)


def test_list_of_an_object_is_chosen_by_its_columns():
    inspection = inspect(
        '{"page": {"items": [{"id": 1, "email": "a@x.org"}]}, "kinds": [{"id": 9, "name": "x"}]}'
    )
    assert inspection.options.path == "page.items"
    assert "page.items is the likeliest" in inspection.evidence[-1]


def test_lists_of_which_none_is_likelier_have_to_be_told_apart_by_a_person():
    with pytest.raises(FileFormatError, match="several lists: a, b"):
        inspect('{"a": [{"email": "a@x.org"}], "b": [{"mail": "b@x.org"}]}')


def test_column_that_is_named_twice_is_told():
    assert "names “mail” more than once" in inspect("id,mail,mail\n1,a@x.org,b\n").evidence[-1]


def test_other_lists_with_values_for_users_are_told():
    content = (
        '{"users": [{"id": 1, "email": "a@x.org"}], "kinds": [{"id": 9}],'
        ' "passwords": [{"user_id": 1, "hash": "x"}], "roles": [{"userId": 1, "role": "r"}]}'
    )
    evidence = " ".join(inspect(content).evidence)
    assert "not imported: passwords, roles." in evidence
