"""LDIF is read entry by entry, whatever is wrong with one of them."""

import base64
import io
import tracemalloc

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.errors import FileFormatError
from imports.core.readers import ReaderOptions, read_rows
from imports.core.readers.detection import detect_options
from imports.core.readers.rows import RECORD_LIMIT

LDIF = ReaderOptions(syntax="ldif")


def read(text, options=LDIF):
    content = text if isinstance(text, bytes) else text.encode()
    return list(read_rows(io.BytesIO(content), options))


def read_one(text):
    (row,) = read(text)
    return row


def encode(value):
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()


def test_entries_are_parted_by_blank_lines_and_numbered_with_their_lines():
    rows = read("version: 1\n\ndn: cn=a\ncn: a\n\n\ndn: cn=b\ncn: b\n")
    assert [(row.row_number, row.line_number, row.values) for row in rows] == [
        (1, 3, {"dn": "cn=a", "cn": "a"}),
        (2, 7, {"dn": "cn=b", "cn": "b"}),
    ]


def test_entry_begins_at_its_dn_even_without_a_blank_line_before():
    assert [row.values for row in read("dn: cn=a\ncn: a\nDN: cn=b\ncn: b\n")] == [
        {"dn": "cn=a", "cn": "a"},
        {"DN": "cn=b", "cn": "b"},
    ]


def test_version_directly_before_an_entry_belongs_to_the_file():
    assert read_one("version: 1\ndn: cn=a\ncn: a\n").values == {"dn": "cn=a", "cn": "a"}


def test_line_that_begins_with_a_space_continues_the_one_before():
    assert read_one("dn: cn=a\ntitle: long\n er title\n").values["title"] == "longer title"


def test_base64_value_may_be_continued():
    value = encode("Grünwald")
    row = read_one(f"dn: cn=a\nsn:: {value[:5]}\n {value[5:]}\n")
    assert row.values["sn"] == "Grünwald"


def test_comment_and_its_continuation_are_passed_over():
    row = read_one("# one\n  of two lines\ndn: cn=a\n# between\n  the lines\ncn: a\n")
    assert row.values == {"dn": "cn=a", "cn": "a"}


def test_attribute_with_several_values_is_a_list_whatever_its_case():
    row = read_one("dn: cn=a\nmail: a@example.com\nMail: b@example.com\nmail: c@example.com\n")
    assert row.values["mail"] == ["a@example.com", "b@example.com", "c@example.com"]


def test_binary_values_stay_base64():
    photo, guid = encode(b"\xff\xd8\xff\xe0"), encode(b"0123456789abcdef")
    row = read_one(
        f"dn: cn=a\njpegPhoto:: {photo}\nobjectGUID:: {guid}\nx;binary:: {encode('x')}\n"
    )
    assert row.values == {
        "dn": "cn=a",
        "jpegPhoto": photo,
        "objectGUID": guid,
        "x;binary": encode("x"),
    }


def test_address_of_a_value_is_kept_and_not_fetched():
    row = read_one("dn: cn=a\njpegPhoto:< file:///etc/passwd\n")
    assert row.values["jpegPhoto"] == "< file:///etc/passwd"


def test_windows_line_ends_and_a_missing_last_one_are_fine():
    assert read_one("dn: cn=a\r\ncn: a").values == {"dn": "cn=a", "cn": "a"}


def test_lines_of_ldapsearch_around_entries_are_no_rows():
    text = (
        "dn: cn=a\ncn: a\n\nref: ldap://other/\n\n# search result\nsearch: 2\nresult: 0 Success\n"
    )
    assert len(read(text)) == 1


@pytest.mark.parametrize(
    "line", ["control: 1.2.840.113556.1.4.319 false MAUC", "pagedresults: cookie=", "text: done"]
)
def test_what_follows_the_result_of_a_search_is_no_row(line):
    assert len(read(f"dn: cn=a\ncn: a\n\nsearch: 3\nresult: 0 Success\n{line}\n")) == 1


def test_same_names_without_a_result_before_them_are_unreadable():
    assert len(read("dn: cn=a\ncn: a\n\ncontrol: 1.2.3\n")) == 2


def test_entry_that_adds_is_an_entry():
    row = read_one("dn: cn=a\nchangetype: add\ncn: a\n")
    assert (row.values, row.problems) == ({"dn": "cn=a", "cn": "a"}, ())


@pytest.mark.parametrize("change", ["delete", "modify", "modrdn", "moddn"])
def test_other_changes_are_problems(change):
    row = read_one(f"dn: cn=a\nchangetype: {change}\nreplace: cn\ncn: b\n-\n")
    assert [problem.code for problem in row.problems] == ["row_is_a_change"]
    assert change in row.problems[0].message


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("no colon here", "line 2 is not a name"),
        ("userPassword:: ***", "line 2 has a value of userPassword that is not base64"),
        ("userPassword:: abc", "line 2 has a value of userPassword that is not base64"),
    ],
)
def test_broken_line_costs_only_its_entry_and_is_named(line, told):
    first, second = read(f"dn: cn=a\n{line}\ncn: a\n\ndn: cn=b\n")
    assert [problem.code for problem in first.problems] == ["row_unreadable"]
    assert told in first.problems[0].message
    assert first.values["cn"] == "a"
    assert second.problems == ()


def test_file_that_ends_within_a_value_is_told_as_cut_short():
    (row,) = read("dn: cn=a\nuserPassword:: e1NTSEF9abc")
    assert [problem.code for problem in row.problems] == ["row_truncated"]


def test_entry_without_dn_is_unreadable():
    row = read_one("cn: a\nmail: a@example.com\n")
    assert [problem.code for problem in row.problems] == ["row_unreadable"]
    assert row.values is None


def test_damaged_text_is_a_problem_with_its_attribute():
    row = read_one(b"dn: cn=a\ncn: B\xf6b\n")
    assert [(each.code, each.column) for each in row.problems] == [("invalid_encoding", "cn")]


def test_entry_beyond_the_limit_costs_only_itself():
    huge = "dn: cn=a\n" + f"cn: {'x' * 1000}\n" * (RECORD_LIMIT // 1000 + 1)
    first, second = read(f"{huge}\ndn: cn=b\n")
    assert [problem.code for problem in first.problems] == ["row_too_large"]
    assert second.values == {"dn": "cn=b"}


def test_memory_does_not_grow_with_an_entry_that_never_ends():
    def write():
        yield b"dn: cn=a\n"
        for _ in range(2):
            yield b"cn: x\n" * 100_000
        for _ in range(150):
            yield (b"cn: " + b"x" * 6_500 + b"\n") * 100

    class Endless(io.RawIOBase):
        def __init__(self):
            self.parts = write()

        def seek(self, offset, whence=0):
            return 0

        def read(self, size=-1):
            return next(self.parts, b"")

    tracemalloc.start()
    rows = list(read_rows(Endless(), LDIF))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(rows) == 1
    assert peak < 64 << 20


def test_file_of_comments_alone_has_no_records():
    with pytest.raises(FileFormatError, match="no record"):
        read("# nothing\n\n")


@pytest.mark.parametrize(
    "start",
    [
        "dn: cn=a\n",
        "version: 1\n\ndn: cn=a\n",
        "# comment\n  more\n\ndn:: Y249YQ==\n",
        "DN: cn=a\n",
    ],
)
def test_ldif_is_detected(start):
    assert detect_options(start.encode())[0].syntax == "ldif"


@pytest.mark.parametrize("start", ["dn,cn,mail\ncn=a,a,b\n", "name: x\ndn: y\n", "dnx: 1\n"])
def test_other_text_is_not_taken_for_ldif(start):
    assert detect_options(start.encode())[0].syntax == "csv"


VALUES = st.dictionaries(
    st.from_regex(r"[a-z]{2,8}", fullmatch=True).filter(
        lambda name: (
            name
            not in {
                "dn",
                "changetype",
                "control",
                "search",
                "result",
                "ref",
                "guid",
                "photo",
                "audio",
            }
        )
    ),
    st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=40),
    min_size=1,
    max_size=5,
)


@given(st.lists(VALUES, min_size=1, max_size=4), st.integers(10, 80))
def test_what_is_written_as_ldif_is_read_again(entries, width):
    text = ""
    for number, entry in enumerate(entries):
        lines = [
            f"dn: cn={number}",
            *(f"{name}:: {encode(value)}" for name, value in entry.items()),
        ]
        folded = (
            "\n ".join(line[at : at + width] for at in range(0, len(line), width)) for line in lines
        )
        text += "\n".join(folded) + "\n\n"
    rows = read(text)
    assert [row.values for row in rows] == [
        {"dn": f"cn={number}", **entry} for number, entry in enumerate(entries)
    ]
    assert not any(row.problems for row in rows)


PIECES = st.sampled_from(
    [b"dn: cn=a", b"dn:: Y249YQ==", b"changetype: modify", b" ", b"#", b"-", b":", b"::", b"\xff"]
)


@given(st.lists(PIECES | st.binary(max_size=8) | st.just(b"\n") | st.just(b"\r\n"), max_size=40))
def test_any_bytes_give_rows_or_problems(pieces):
    try:
        rows = read(b"".join(pieces))
    except FileFormatError:
        return
    assert [row.row_number for row in rows] == list(range(1, len(rows) + 1))
    for row in rows:
        assert row.values is not None or row.problems
        orjson.dumps(row.values)
