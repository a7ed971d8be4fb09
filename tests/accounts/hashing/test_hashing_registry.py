"""The registry: what every format must bring along, and what nothing may get past."""

import inspect
import re
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import hashing
from accounts.hashing.contract import NEVER
from accounts.hashing.document import PAGE, render_page

QUICK = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
HUGE = "99999999999"


def try_encode(format_id, value, params):
    """Return the stored string, or the message of the error that refused the value."""
    try:
        return hashing.encode(format_id, value, params), ""
    except hashing.HashError as error:
        return "", str(error)


def quotes_secret(message, value):
    """Tell whether a message repeats anything of a value that can be a salt or a hash."""
    runs = re.findall(r"(?=[A-Za-z+/=]*[0-9])[A-Za-z0-9+/=]{16,}", value)
    return any(run in message for run in runs)


def encode(vector, value=None, params=None):
    return hashing.encode(
        vector.format_id,
        vector.value if value is None else value,
        vector.params if params is None else params,
    )


def test_format_registered_has_matching_vector(format_id, vectors):
    assert any(vector.expected for vector in vectors if vector.format_id == format_id)


def test_format_registered_bounds_every_function(format_id):
    assert all(function.bounds for function in hashing.FORMATS[format_id].hashes)


def test_format_registered_names_source_of_every_bound(format_id):
    assert all(bound.source for bound in hashing.FORMATS[format_id].bounds)


def test_format_registered_has_documentation_row(format_id):
    assert f"\n| `{format_id}` |" in PAGE.read_text(encoding="utf-8")


def test_format_registered_declares_arguments_of_its_parser(format_id):
    hash_format = hashing.FORMATS[format_id]
    signature = inspect.signature(hash_format.parse)
    named = {
        name
        for name, parameter in signature.parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY and parameter.default is parameter.empty
    }
    assert named <= {parameter.name for parameter in hash_format.parameters}


def test_format_registered_has_id_without_dollar(format_id):
    assert re.fullmatch(r"[a-z0-9_]+", hashing.FORMATS[format_id].stored_prefix)


def test_documentation_of_formats_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == render_page()


def test_describe_matching_hash_names_its_format_and_costs(matching):
    summary = hashing.describe(encode(matching))
    prefix = hashing.FORMATS[matching.format_id].stored_prefix
    assert hashing.FORMATS[summary.format_id].stored_prefix == prefix
    assert summary.parameters


def test_describe_matching_hash_shows_no_part_of_it(matching):
    stored = encode(matching)
    shown = " ".join(hashing.describe(stored).parameters.values())
    assert not quotes_secret(shown, stored.partition("$")[2])


def test_encode_matching_hash_twice_gives_same_string(matching):
    assert encode(matching) == encode(matching)


def test_encode_value_with_space_around_it_ignores_the_space(matching):
    assert encode(matching, f" {matching.value}\n") == encode(matching)


def test_candidates_matching_value_include_its_format(format_id, vectors):
    shape = hashing.FORMATS[format_id].shape
    values = [each.value for each in vectors if each.format_id == format_id and each.expected]
    assert shape is NEVER or any(format_id in hashing.candidates(value) for value in values)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("$2b$10$fVH8e28OQRj9tqiDXs1e1uxpsjN0c7II7YPKXua2NAKYvM6iQk7dq", "bcrypt"),
        ("$2b$10$damaged", "bcrypt"),
        ("AQAAAAIAAYagAAAAEAABAgMEBQYHCAkKCwwNDg/Q8A0WMKbtHQJQ2DHCdoEeeFBrgNlldq6vH4qX/CGqGQ==",
         "aspnet_identity_v3"),
        ("$scrypt$ln=14,r=8,p=1$c2FsdA$aGFzaA", "scrypt_phc"),
        ("$scrypt$ln=16384,r=8,p=1$c2FsdA==$aGFzaA==", "kratos_scrypt"),
        ("{SSHA}igvD9lOiTXm16dmOw0YWRb9OjK2ThZvdQku2EQ==", "ldap"),
        ("{SHA-256}{c2FsdA==}a98efbaf59277bfd1837c33fd4fde67de5bcfd2205bcba0992f6fc32b03a8f88",
         "spring_delegating"),
        ("88a434c88cca4e900f7874cd98123f43", "ntlm"),
        ("bcrypt$$2a$10$fVH8e28OQRj9tqiDXs1e1uxpsjN0c7II7YPKXua2NAKYvM6iQk7dq", "django_bcrypt"),
    ],
)  # fmt: skip
def test_candidates_telling_value_put_its_format_first(value, expected):
    assert hashing.candidates(value)[0] == expected


@pytest.mark.parametrize("value", ["", "hello", "{" * 5000, "$$$", "\x00", "\ud800"])
def test_candidates_meaningless_value_are_none(value):
    assert hashing.candidates(value) == []


@given(text=st.text(max_size=80))
@settings(max_examples=100, deadline=None)
def test_candidates_any_text_are_registered_formats(text):
    assert set(hashing.candidates(text)) <= set(hashing.FORMATS)


@given(text=st.text(max_size=80))
@QUICK
def test_encode_any_text_raises_nothing_but_hash_errors(format_id, text):
    params = {parameter.name: text for parameter in hashing.FORMATS[format_id].needs_params}
    stored, message = try_encode(format_id, text, params)
    assert message.startswith(f"{format_id}: ") or len(stored) <= hashing.MAXIMUM_STORED_LENGTH


@given(share=st.floats(0, 1, exclude_max=True))
@QUICK
def test_encode_truncated_value_raises_nothing_but_hash_errors(matching, share):
    kept = matching.value[: int(len(matching.value) * share)]
    stored, message = try_encode(matching.format_id, kept, matching.params)
    assert hashing.describe(stored) if stored else not quotes_secret(message, kept)


@given(place=st.integers(0, 10_000), character=st.characters(codec="utf-8"))
@QUICK
def test_encode_garbled_value_raises_nothing_but_hash_errors(matching, place, character):
    place %= len(matching.value)
    garbled = matching.value[:place] + character + matching.value[place + 1 :]
    stored, message = try_encode(matching.format_id, garbled, matching.params)
    assert hashing.describe(stored) if stored else not quotes_secret(message, garbled)


@given(share=st.floats(0, 1, exclude_max=True))
@settings(QUICK, max_examples=4)
def test_verify_truncated_string_and_wrong_password_is_false(matching, share):
    stored = encode(matching)
    assert hashing.verify(stored[: int(len(stored) * share)], "wrong") is False


@given(place=st.integers(0, 10_000), character=st.characters(codec=None))
@settings(QUICK, max_examples=4)
def test_verify_garbled_string_and_wrong_password_is_false(matching, place, character):
    stored = encode(matching)
    place %= len(stored)
    assert hashing.verify(stored[:place] + character + stored[place + 1 :], "wrong") is False


@given(text=st.text(max_size=60))
@QUICK
def test_verify_any_text_behind_prefix_is_false(format_id, text):
    stored = f"{hashing.FORMATS[format_id].stored_prefix}${text}"
    assert hashing.verify(stored, "wrong") is False


def test_verify_matching_hash_and_wrong_password_is_false(matching):
    assert hashing.verify(encode(matching), "wrong") is False


@pytest.mark.parametrize("password", ["pass\0word", "\ud800", "é" * 5000, b"\xc8\xf4"])
def test_verify_strange_password_is_false(matching, password):
    assert hashing.verify(encode(matching), password) is False


def test_encode_huge_number_anywhere_keeps_costs_inside_limits(matching):
    """Put a huge number in place of every number of the value and its parameters in turn."""
    for value, params in list_inflated(matching):
        try:
            stored = encode(matching, value, params)
        except hashing.HashError:
            continue
        assert hashing.describe(stored).is_affordable


def list_inflated(vector):
    for found in re.finditer(r"\d+", vector.value):
        yield vector.value[: found.start()] + HUGE + vector.value[found.end() :], vector.params
    for name in vector.params:
        yield vector.value, {**vector.params, name: HUGE}


BCRYPT_END = "fVH8e28OQRj9tqiDXs1e1uxpsjN0c7II7YPKXua2NAKYvM6iQk7dq"
KEY = "9qWtwbpyPd3vm1rB1GThgPzZ3/ydHL92zKL+15XZypg"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ("m=1024,t=2,p=1,data=YWJj", "associated data"),
        ("m=1024,t=2,t=3", "each once"),
        ("m=1024,t=2", "each of m, t and p once"),
    ],
)
def test_encode_unreadable_argon2_parameters_says_why(parameters, message):
    value = f"$argon2id$v=19${parameters}$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAA"

    with pytest.raises(hashing.HashFormatError, match=message):
        hashing.encode("argon2", value)


def test_encode_bcrypt_of_unknown_variant_is_refused():
    with pytest.raises(hashing.HashFormatError, match="v of a"):
        hashing.encode("bcrypt_phc", f"$bcrypt$v=99$r=10${'A' * 22}${'A' * 31}")


@pytest.mark.parametrize(
    ("scheme", "mark", "size"), [("sha256_crypt", 5, 43), ("sha512_crypt", 6, 86)]
)
def test_encode_crypt_text_of_rounds_and_salt_alone_is_refused(scheme, mark, size):
    with pytest.raises(hashing.HashFormatError, match="not a text of rounds, salt and hash"):
        hashing.encode(scheme, f"${mark}$rounds=5000${'a' * size}")


def test_encode_unknown_format_is_refused():
    with pytest.raises(hashing.HashFormatError):
        hashing.encode("rot13", "value")


def test_encode_missing_parameter_is_named():
    with pytest.raises(
        hashing.HashFormatError, match=r"'salt' is needed .*Password hash parameters"
    ):
        hashing.encode("pbkdf2_raw", KEY, {"digest": "sha256", "iterations": 1000})


def test_encode_misspelt_parameter_is_named():
    with pytest.raises(hashing.HashFormatError, match="no parameter 'slat'"):
        hashing.encode("digest", "88a434c88cca4e900f7874cd98123f43", {"slat": "x"})


def test_encode_value_too_long_for_column_is_refused():
    with pytest.raises(hashing.HashFormatError, match="1024"):
        hashing.encode("werkzeug", f"pbkdf2:sha256:1000${'s' * 1000}${'ab' * 32}")


def test_encode_parameter_with_special_characters_survives_storage():
    params = {"algorithm": "sha256", "salt": "a$b&c=d+e%f é", "salt_position": "suffix"}
    value = "3ec3c5e5b5d2c1a4e1f1fce0b1bbd1c3f7b1d0d8a5e3b8a9b7f5e4d3c2b1a090"
    stored = hashing.encode("digest", value, params)
    assert (
        hashing.registry.read_query(hashing.FORMATS["digest"], stored.split("$")[1])["salt"]
        == params["salt"]
    )


def test_encode_plaintext_of_spring_stores_no_plaintext():
    assert "open sesame" not in hashing.encode("spring_delegating", "{noop}open sesame")


def test_describe_weak_cost_is_flagged():
    assert hashing.describe(f"bcrypt$$2b$09${BCRYPT_END}").weak


def test_describe_sound_cost_is_not_flagged():
    assert not hashing.describe(f"bcrypt$$2b$10${BCRYPT_END}").weak


def test_describe_aspnet_hash_shows_function_and_iterations():
    value = "AQAAAAIAAYagAAAAEAABAgMEBQYHCAkKCwwNDg/Q8A0WMKbtHQJQ2DHCdoEeeFBrgNlldq6vH4qX/CGqGQ=="
    summary = hashing.describe(hashing.encode("aspnet_identity_v3", value))
    assert summary.parameters == {"prf": "HMAC-SHA512", "iterations": "100000"}


def test_parsed_hash_repr_shows_no_part_of_it(matching):
    stored = encode(matching)
    parsed = hashing.registry.read_stored(stored)[1]
    assert not quotes_secret(repr(parsed), stored)


@pytest.mark.parametrize(
    "part", ['{"algorithm"', '"hash"', '["a",[', "]", "{", "$", "e0", " ", "A="]
)
def test_candidates_repetitive_value_take_no_time(part):
    started = time.process_time()
    hashing.candidates(part * (4096 // len(part)))
    # A shape that backtracks over all of it would take hours.
    assert time.process_time() - started < 10
