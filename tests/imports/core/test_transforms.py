"""What each transform makes of a value, and that it passes on what it cannot use."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from imports.core.transforms import TRANSFORMS, Transform
from imports.core.transforms.families.account_state import AccountState
from imports.core.transforms.families.lists import Join, Split
from imports.core.transforms.families.notations import Base32
from imports.core.transforms.families.patterns import Regex
from imports.core.transforms.families.phones import Phone
from imports.core.transforms.families.text import Lower, Title, Trim, Upper
from imports.core.transforms.families.timestamps import Date, Epoch, Since
from imports.core.transforms.families.words import Boolean, Constant, Default, Drop, Lookup
from imports.core.values.date_formats import find_date_formats, find_number_unit, is_ambiguous

ADAPTER = TypeAdapter(Transform)
DOCUMENT = Path(__file__).parents[3] / "docs" / "mapping.md"
EXAMPLES = [
    Trim(), Lower(), Upper(), Title(), Split(), Join(), Boolean(inverted=True),
    Date(formats=("%d/%m/%Y", "%b %d, %Y %I:%M %p", "iso"), timezone="Europe/Berlin"),
    Epoch(unit="ms", result="date"), Phone(region="DE"), Drop(), Since(),
    Lookup(table={"a": "b"}),
    Default(value="x"), Constant(value="yes"), Regex(pattern="(.*)-(.*)"), Base32(notation="hex"),
    AccountState(means="disabled", active_words=("fine",), asks=True, blanks="ask"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("transform", "value", "expected"),
    [
        (Trim(), "  Ann \t", "Ann"),
        (Trim(), 7, 7),
        (Lower(), "ANN", "ann"),
        (Lower(), None, None),
        (Split(), "a, b,,c ", ["a", "b", "c"]),
        (Split(delimiter="/"), "a,b/c", ["a,b", "c"]),
        (Split(), ["a"], ["a"]),
        (Boolean(), " Yes ", True),
        (Boolean(), "0", False),
        (Boolean(), 1, True),
        (Boolean(inverted=True), "true", False),
        (Boolean(inverted=True), False, True),
        (Boolean(true_words=("Ja",), false_words=("Nein",)), "NEIN", False),
        (Boolean(true_words=("0",)), "0", True),
        (Boolean(), "maybe", "maybe"),
        (Default(value="x"), "", "x"),
        (Default(value="x"), None, "x"),
        (Default(value="x"), "y", "y"),
        (Default(value="x"), False, False),
        (Base32(), " Hi ", "JBUQ===="),
        (Base32(notation="hex"), "4869", "JBUQ===="),
        (Base32(notation="hex"), "no hex", "no hex"),
        (Base32(), 7, 7),
    ],
)
def test_transform_gives_the_expected_value(transform, value, expected):
    assert transform.apply(value) == expected


@pytest.mark.parametrize(
    ("transform", "value", "expected"),
    [
        (Upper(), "straße", "STRASSE"),
        (Title(), "ANN-MARIE O'NEIL", "Ann-Marie O'Neil"),
        (Lower(), ["A", "B"], ["a", "b"]),
        (Join(delimiter=", "), ["a", 1, None, True], "a, 1, true"),
        (Join(), [{"a": 1}], [{"a": 1}]),
        (Join(), "a", "a"),
        (Drop(), " N/A ", None),
        (Drop(values=("0",)), 0, None),
        (Drop(), ["a", "-", "b"], ["a", "b"]),
        (Lookup(table={"Adm": "admin"}), "ADM ", "admin"),
        (Lookup(table={"true": "yes"}), True, "yes"),
        (Lookup(table={"a": "b"}), "c", "c"),
        (Lookup(table={"a": "b"}, otherwise="drop"), ["a", "c"], ["b"]),
        (Constant(value="vip"), "whatever", "vip"),
        (Regex(pattern=r"(\w+),\s*(\w+)", result="{2} {1}"), "Lee, Ann", "Ann Lee"),
        (Regex(pattern=r"(?P<id>\d+)@old", result="{id}"), "17@old", "17"),
        (Regex(pattern=r"a", result="{0}"), "ab", "ab"),
        (Regex(pattern=r"a", result="{0}", otherwise="drop"), "ab", None),
        (Regex(pattern=r"a*", result="x"), "a" * 4097, "a" * 4097),
        (Phone(region="de"), "0170 123 45 67", "+491701234567"),
        (Phone(region="DE"), "+44 1632 960001", "+441632960001"),
        (Phone(region="GB"), 1632960001, "+441632960001"),
        (Phone(region="GB"), "nobody", "nobody"),
        (Phone(region="US"), "415 555 0100 ext. 9", "415 555 0100 ext. 9"),
    ],
)
def test_transform_changes_the_value_as_documented(transform, value, expected):
    assert transform.apply(value) == expected


@pytest.mark.parametrize(
    ("formats", "text", "expected"),
    [
        (("%d/%m/%Y",), "03/04/2021", "2021-04-03T00:00:00+00:00"),
        (("%m/%d/%Y",), "03/04/2021", "2021-03-04T00:00:00+00:00"),
        (("%d.%m.%Y %H:%M", "%d.%m.%Y"), "31.12.2020", "2020-12-31T00:00:00+00:00"),
        (("iso",), "2020-12-31T10:00:00+02:00", "2020-12-31T08:00:00+00:00"),
        (("%d/%m/%Y",), "2020", "2020"),
        (("%d/%m/%Y",), "31/02/2020", "31/02/2020"),
    ],
)
def test_date_is_read_by_the_first_format_that_fits(formats, text, expected):
    assert Date(formats=formats).apply(text) == expected


def test_date_without_an_offset_is_in_the_time_zone_that_was_chosen():
    read = Date(formats=("%d/%m/%Y %H:%M",), timezone="Europe/Berlin")
    assert read.apply("01/07/2020 10:00") == "2020-07-01T08:00:00+00:00"


def test_date_alone_is_the_one_in_the_text():
    read = Date(timezone="Asia/Tokyo", result="date")
    assert read.apply("01/07/2020") == "2020-07-01"


@pytest.mark.parametrize(
    ("unit", "value", "expected"),
    [
        ("s", 1_600_000_000, "2020-09-13T12:26:40+00:00"),
        ("ms", "1600000000000", "2020-09-13T12:26:40+00:00"),
        ("us", 1_600_000_000_000_000, "2020-09-13T12:26:40+00:00"),
        ("s", 1e300, 1e300),
        ("s", "soon", "soon"),
        ("s", True, True),
    ],
)
def test_epoch_is_read_in_its_unit(unit, value, expected):
    assert Epoch(unit=unit).apply(value) == expected


@pytest.mark.parametrize("pattern", ["(", r"(a)\1", "(?=a)b", "a++"])
def test_pattern_that_is_none_or_could_take_very_long_is_refused(pattern):
    with pytest.raises(ValidationError):
        Regex(pattern=pattern, result="{0}")


@pytest.mark.parametrize("pattern", [r"(\w+)\s+(\w+)", "(?:cn=)?([^,]+),.*", "(a|ab)*", "[a|b]+"])
def test_ordinary_pattern_is_accepted(pattern):
    Regex(pattern=pattern, result="{0}")


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "regex", "pattern": "(a)", "result": "{2}"},
        {"kind": "date", "formats": ["dd/mm/yyyy"]},
        {"kind": "date", "formats": ["%d/%m"]},
        {"kind": "date", "formats": []},
        {"kind": "date", "timezone": "Mars/Olympus"},
        {"kind": "phone", "region": "XX"},
        {"kind": "split", "delimiter": ""},
        {"kind": "nonsense"},
    ],
)
def test_options_that_cannot_work_are_refused(options):
    with pytest.raises(ValidationError):
        ADAPTER.validate_python(options)


def test_every_transform_is_offered_and_can_be_stored():
    assert {type(step) for step in EXAMPLES} == set(TRANSFORMS.values())
    for step in EXAMPLES:
        assert ADAPTER.validate_json(ADAPTER.dump_json(step)) == step
        assert step.label
        assert step.describe()


@pytest.mark.parametrize("kind", TRANSFORMS)
def test_every_transform_is_documented(kind):
    table = DOCUMENT.read_text("utf-8").partition("\n## Transforms\n")[2].partition("\n\n**")[0]
    assert f"`{kind}`" in table


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(value=JSON)
def test_no_transform_raises_on_any_value(value):
    for step in EXAMPLES:
        step.apply(value)


@given(st.text(alphabet="a(b)+*?|{2,3}[].^$\\w", max_size=12))
def test_no_pattern_breaks_the_check_of_patterns(pattern):
    with suppress(ValidationError):
        Regex(pattern=pattern, result="x").apply("a" * 30 + "b")


@pytest.mark.parametrize(
    ("texts", "formats"),
    [
        (["31/12/2020", "01/01/2021"], ("%d/%m/%Y",)),
        (["12/31/2020"], ("%m/%d/%Y",)),
        (["03/04/2021"], ("%d/%m/%Y", "%m/%d/%Y")),
        (["2020-01-01"], ("iso",)),
        (["31.12.2020 10:00"], ("%d.%m.%Y %H:%M",)),
        (["soon"], ()),
        ([], ()),
    ],
)
def test_formats_of_dates_are_found_from_all_values(texts, formats):
    assert find_date_formats(texts) == formats
    assert is_ambiguous(formats) is (len(formats) > 1)


def test_unit_of_an_epoch_is_found_from_its_size():
    assert find_number_unit(["1600000000", "1300000000"]) == "s"
    assert find_number_unit(["1600000000000"]) == "ms"
    assert find_number_unit(["17", "1600000000"]) == ""


@pytest.mark.parametrize(
    ("unit", "value", "expected"),
    [
        ("filetime", "133500000000000000", "2024-01-17T21:20:00+00:00"),
        ("filetime", 133_500_000_012_345_678, "2024-01-17T21:20:01.234567+00:00"),
        ("ticks", "638500000000000000", "2024-04-29T15:06:40+00:00"),
        ("excel", "45321.5", "2024-01-30T12:00:00+00:00"),
        ("excel", 45_321, "2024-01-30T00:00:00+00:00"),
        ("excel", "45321.416666", "2024-01-30T10:00:00+00:00"),
        ("ticks", 10**19, 10**19),
        ("excel", "1e300", "1e300"),
        ("s", 10**400, 10**400),
    ],
)
def test_number_of_another_kind_is_read_as_a_date(unit, value, expected):
    assert Epoch(unit=unit).apply(value) == expected


@pytest.mark.parametrize(
    ("texts", "unit"),
    [
        (["133500000000000000", "132000000000000000"], "filetime"),
        (["638500000000000000"], "ticks"),
        (["1600000000000000"], "us"),
        (["45321.5", "11111"], "excel"),
        (["20240531", "19991231"], "%Y%m%d"),
        (["20240531", "20241331"], ""),
        (["45321", "1600000000"], ""),
        (["1e999"], ""),
    ],
)
def test_kind_of_number_is_found_from_its_size(texts, unit):
    assert find_number_unit(texts) == unit


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-05-31 09:30:00", True),
        ("31/05/2024", True),
        (1717140605, True),
        ("true", True),
        (True, True),
        ("t", True),
        ("false", False),
        (False, False),
        (0, False),
        ("0000-00-00 00:00:00", False),
        ("Never", False),
        ("\\N", False),
        (" ", False),
        ([], False),
        ("pending", "pending"),
        ([1], [1]),
    ],
)
def test_filled_date_means_true_and_a_word_is_not_taken_for_one(value, expected):
    assert Since().apply(value) == expected
