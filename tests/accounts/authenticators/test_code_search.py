"""The search for how codes are made: what goes in comes out."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.authenticators.code_search import CodeReading, search_code
from accounts.authenticators.totp import Parameters, generate_code

WRITE = {
    "base32": lambda raw: base64.b32encode(raw).decode().rstrip("="),
    "hex": bytes.hex,
    "text": bytes.decode,
}


@given(
    notation=st.sampled_from(list(WRITE)),
    raw=st.text("abcdefghijklmnopqrstuvwxyz0189", min_size=16, max_size=32).map(str.encode),
    parameters=st.builds(
        Parameters,
        st.sampled_from(["SHA1", "SHA256", "SHA512"]),
        st.sampled_from([6, 7, 8]),
        st.sampled_from([30, 60]),
    ),
    drift=st.integers(-5, 5),
    now=st.integers(1_000_000_000, 2_000_000_000),
)
def test_the_reading_that_made_a_code_is_found(notation, raw, parameters, drift, now):
    code = generate_code(raw, now // parameters.period + drift, parameters)

    found = search_code(WRITE[notation](raw), code, now)

    assert CodeReading(notation, parameters, drift) in found


def test_the_vector_of_the_standard_is_found():
    """RFC 6238 appendix B: the secret is the text itself, at 59 seconds."""
    found = search_code("12345678901234567890", "94287082", 59)

    assert found[0] == CodeReading("text", Parameters("SHA1", 8, 30), 0)


@pytest.mark.parametrize("code", ["", "12345", "123456789", "abcdef", 6 * "\uff11"])
def test_what_is_no_code_finds_nothing(code):
    assert search_code("JBSWY3DPEHPK3PXP", code, 1_700_000_000) == []


@given(st.text(), st.from_regex(r"[0-9]{6,8}", fullmatch=True))
def test_no_secret_raises(secret, code):
    search_code(secret, code, 1_700_000_000)
