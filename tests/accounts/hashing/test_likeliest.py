"""One look at a value finds what trying every format's shape finds."""

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.hashing import FORMATS
from accounts.hashing.ambiguity import DIGEST, is_named_digest, list_readings
from accounts.hashing.contract import NEVER
from accounts.hashing.likeliest import find_likeliest
from accounts.hashing.registry import candidates
from accounts.hashing.settling import choose_likeliest, is_guess

SHAPES = [each.shape for each in FORMATS.values() if each.shape is not NEVER]
PARAMS = [
    {},
    {"salt": "a1"},
    {"salt": ""},
    {"algorithm": "md5"},
    {"algorithm": "sha256", "salt": "a1"},
    {"pepper": "x"},
    {"iterations": 5, "digest": "sha1"},
]


def try_every_shape(value, params):
    """Return what `choose_likeliest` has to: the reference that looks at all candidates."""
    found = candidates(value)
    if is_named_digest(value.strip(), params):
        return DIGEST
    if not found or is_guess(found[0]):
        return ""
    return "" if list_readings(value, params, found=found) else found[0]


def expect_the_same(value):
    assert find_likeliest(value) == next(iter(candidates(value)), "")
    for params in PARAMS:
        assert choose_likeliest(value, params) == try_every_shape(value, params)


def damage(value, other, chance):
    """Return values that are nearly those of one format, or parts of two."""
    place = chance.randrange(len(value))
    character = chance.choice("$:{}+/=._|* \n0aZ" + other)
    yield value[:place] + character + value[place + 1 :]
    yield value[:place] + value[place + 1 :]
    yield value[:place]
    yield value[place:]
    yield value[:place] + other[place:]
    yield f" {value}\n"
    yield value.swapcase()


def test_every_known_hash_has_one_likeliest_format(vectors):
    for value in dict.fromkeys(vector.value for vector in vectors):
        expect_the_same(value)


def test_damaged_hashes_have_one_likeliest_format(vectors):
    chance = random.Random(5)  # noqa: S311 - the same damage each time
    values = [vector.value for vector in vectors if vector.value]
    for value in chance.sample(values, 200):
        for damaged in damage(value, chance.choice(values), chance):
            expect_the_same(damaged)


@settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(SHAPES).flatmap(lambda shape: st.from_regex(shape, fullmatch=True)))
def test_whatever_has_the_shape_of_a_format_has_one_likeliest_format(value):
    expect_the_same(value)


@settings(deadline=None, max_examples=200)
@given(st.text(alphabet='$:{}[]"+/=._|*-,a0bAfZ21yié\u0660\n ', max_size=80))
def test_any_text_has_one_likeliest_format_or_none(value):
    expect_the_same(value)
