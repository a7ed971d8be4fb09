"""Patterns that people write: which are accepted, what they match, and that none runs for ever."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.attributes import AttributeRule, AttributeValueError, check_rule, clean_value
from accounts.patterns import TEXT_LIMIT, PatternError, read_pattern


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(", "not a regular expression"),
        ("(?=a)b", "Lookarounds"),
        ("(?<!a)b", "Lookarounds"),
        (r"(a)\1", "Backreferences"),
        ("a++", "Possessive"),
        (r"\bword\b", "not supported"),
        (r"[\W]", "in brackets"),
        ("a{1001}", "repetition"),
        (r"(?:\w{40}){25}", "repeats too much"),
        ("a" * 501, "at most 500"),
        ("\ud800", "not text"),
    ],
)
def test_pattern_that_cannot_be_bounded_is_refused_with_the_reason(pattern, said):
    with pytest.raises(PatternError, match=said):
        read_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "text", "is_match"),
    [
        (r"\w+", "Müller", True),
        (r"[\w-]+", "Ødegård-Ç", True),
        (r"[\w-]{3,40}", "Ünal-1", True),
        (r"\W", "é", False),
        (r"\d+", "٣٤", True),
        (r"[^\d]+", "٣", False),
        (r"a\sb", "a\u00a0b", True),
        (r"a\Z", "a", True),
        (r"[]a]+", "]a", True),
        (r"[^]a]", "]", False),
        (r"[\]\\]+", "]\\", True),
        (r"\[\w\]", "[é]", True),
        ("(?P<id>[0-9]+)@old", "17@old", True),
        ("a", "ab", False),
    ],
)
def test_pattern_matches_as_it_does_in_python(pattern, text, is_match):
    assert (read_pattern(pattern).match_whole(text) is not None) is is_match
    assert (re.fullmatch(pattern, text) is not None) is is_match


@given(st.text(st.sampled_from("ab1_é-] \n"), max_size=8))
def test_classes_and_repetitions_agree_with_python(text):
    for pattern in (r"\w*", r"[\w\s]*", r"(?:a|ab)*1?", r"[^\d-]+", r"\S+\s?\S*", r".*", "(?s).*"):
        found = read_pattern(pattern).match_whole(text) is not None
        assert found is (re.fullmatch(pattern, text) is not None), pattern


def test_nested_repetitions_take_a_bounded_number_of_steps_on_a_text_that_does_not_match():
    # Python's matcher would double its steps with each letter; here the longest text is as easy.
    pattern = read_pattern("(a+)+")

    assert pattern.match_whole("a" * (TEXT_LIMIT - 1) + "b") is None
    assert pattern.match_whole("a" * TEXT_LIMIT) is not None
    assert pattern.match_whole("a" * (TEXT_LIMIT + 1)) is None


def test_text_that_cannot_be_encoded_does_not_match():
    assert read_pattern(".*").match_whole("\ud800") is None


def test_attribute_is_checked_by_the_same_patterns():
    rule = AttributeRule("code", pattern="(a+)+")

    assert clean_value("aaa", rule) == "aaa"
    with pytest.raises(AttributeValueError):
        clean_value("a" * 40 + "b", rule)
    assert "Lookarounds" in check_rule(AttributeRule("code", pattern="(?=a)a"))["pattern"]
