"""What each transform makes of a value, and that it passes on what it cannot use."""

import pytest

from imports.core.transforms import Base32, Boolean, Default, Lower, Split, Trim


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
