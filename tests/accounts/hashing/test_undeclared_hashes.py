"""The reading of a hash whose format nobody has declared: its own format, a choice, or a name."""

import base64

import pytest

from accounts import hashing
from accounts.hashing.ambiguity import list_readings
from accounts.hashing.outlines import find_outline
from accounts.hashing.settling import settle_format
from accounts.hashing.unsupported import LOOKS, find_look

# Formats whose values look like those of another, which is read unless one is declared.
HIDDEN = {
    *("meteor_bcrypt", "meteor_argon2", "bcrypt_peppered", "bcrypt_of_digest", "smf_bcrypt"),
    *("slow_of_digest", "slow_with_pepper", "flask_security", "woltlab_double_bcrypt"),
    *("lucia_scrypt_v1", "any_crypt", "request_tracker", "redwood", "fusionauth_password"),
}
BARE = set("0123456789abcdefABCDEF")


def is_told(vector) -> bool:
    """Return whether a value shows more than alphabet and length."""
    hash_format = hashing.FORMATS[vector.format_id]
    return hash_format.likelihood > hashing.Likelihood.SHAPED and not set(vector.value) <= BARE


def test_a_marked_hash_is_read_as_its_own_format_or_nobody_chooses_silently(vectors) -> None:
    wrong = [
        (vector.format_id, settled)
        for vector in vectors
        if vector.expected and is_told(vector) and vector.format_id not in HIDDEN
        if (settled := settle_format(vector.value, "", vector.params)[0])
        and settled != vector.format_id  # whose answers are known
        and not hashing.FORMATS[vector.format_id].looks_shared(vector.value)
        and not verifies(settled, vector)
    ]

    assert wrong == []


def verifies(format_id: str, vector) -> bool:
    try:
        stored = hashing.encode(format_id, vector.value, vector.params)
    except hashing.HashError:
        return False
    return hashing.verify(stored, vector.password)


@pytest.mark.parametrize("mark", ["e0", "e1", "e2", "e3"])
@pytest.mark.parametrize("size", [16, 20, 28, 32, 48, 64])
def test_a_digest_that_begins_like_base64_of_a_brace_is_not_of_ldap(mark, size) -> None:
    value = mark + "a7" * (size - 1)

    assert "ldap" not in hashing.candidates(value)
    assert len(list_readings(value)) > 1


@pytest.mark.parametrize(
    "scheme", ["{SSHA}igvD9lOiTXm16dmOw0YWRb9OjK2ThZvdQku2EQ==", "{crypt}$1$salt$" + "a" * 22]
)
def test_a_scheme_in_the_base64_of_ldif_is_of_ldap_in_either_case(scheme) -> None:
    for text in (scheme, scheme.swapcase()[:6] + scheme[6:]):
        assert hashing.candidates(base64.b64encode(text.encode()).decode())[0] == "ldap"


@pytest.mark.parametrize(
    ("value", "system"),
    [
        ("AK1FCIhM0IUIQVFJgcDFwLCMi7GppdwtRzMyDpFOFxdpH8=", "Fortinet FortiGate"),
        ("SH2lpcpFXM5QRlWYwY5vL9+5svfYyb+c79qENpxEoB3NtZpVxKwHjuq/9TH88U=", "Fortinet FortiGate"),
        ("(GDJ0nDZI8l8RJzlRbemg)", "HCL Domino (Notes 6)"),
        ("(HC34tD3KtDp4oCZWmCJ4qC30mC30mC3KmC30mCcA5ovrMLH9M)", "HCL Domino (Notes 8)"),
        ("$racf$*8481*6095E8FCA59F8E3E", "IBM RACF"),
        ("$krb5db$17$test$TEST.LOCAL$1c41586d6c060071e08186ee214e725e", "Kerberos"),
        ("$sspr$1$100000$NONE$5cd2aeb3adf2baeca485672f01486775a208a40e", "NetIQ SSPR"),
        ("$solarwinds$0$admin$fj4EBQewCQUZ7IYHl0qL8uj9kQSBb3m7N4u0crkKK0U", "SolarWinds"),
        ("nKjiFErqK7TPcZdFZsZMNWPtw4Pv8n:26506173", "Juniper NetScreen"),
        ("83377286015bcebb857b23b94331e2b316b6ecbe9fbf26c4fc", "ArubaOS"),
        ("86586886b8bd3c379d2e176243a7225e6aae969d293fe9a9", "macOS"),
    ],
)
def test_a_hash_of_an_unsupported_system_is_named_and_looks_like_a_hash(value, system) -> None:
    look = find_look(value)

    assert settle_format(value)[0] == ""
    assert list_readings(value) == ()
    assert look is not None
    assert look.system.startswith(system)
    assert find_outline(value) is not None


def test_no_supported_hash_looks_like_one_of_an_unsupported_system(vectors) -> None:
    taken = {
        (vector.format_id, look.system)
        for vector in vectors
        if (look := find_look(vector.value)) and settle_format(vector.value)[0] == vector.format_id
    }

    assert taken == set()


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.system)
def test_a_refusal_says_system_and_reason_without_the_hash(look) -> None:
    assert str(look).startswith(look.system)
    assert look.reason in str(look)


@pytest.mark.parametrize(
    "value",
    [
        "{CRAM-MD5}c4addf6b2ba36d1482221ba5a244349e36a67a80890feb12409631274e7a7413",
        "SCRAM-SHA-256$4096:IKfxzJ8Nq4PkLJCfgKcPmA==$iRw3qwTp18uaBnsTOEExbtgWdKeBMbSSnZvqD4sdqLQ="
        ":hPciC1CcnBna3szR8Mf3MVc8t0W7QPbIHoMMrh4zRV0=",
        "$y$j9T$gwg5jwVOWwsa2gSTKChYj.$gIwB3Sg.tptZlUau1TZkAjvYw08UvGG6HBfigPrxfy5",
        "md540c31989b20437833f697e485811254b",
        "1|$2y$06$q.54MQfhs0I.VfWWdDDGQ.FQJQgMXKSuhyjZro8Ty5uovUe0fS8lW",
    ],
)
def test_a_hash_of_a_marked_format_is_never_taken_for_a_password(value) -> None:
    outline = find_outline(value)

    assert outline is not None
    assert outline.format_id == hashing.candidates(value)[0]


@pytest.mark.parametrize(
    ("scheme", "reason"),
    [
        ("{SASL}ann@EXAMPLE.COM", "verified by SASL"),
        ("{OTP}sha1 1024 e8cd4e2f231474f5 184839a70502876f", "one-time passwords"),
        ("{RPA}5a1b2c3d4e5f60718293a4b5c6d7e8f9", "RPA"),
        ("{3DES}AAAAAHVpdm90ZXJlbmNpcGhlcnRleHQ=", "encrypted by the directory"),
    ],
)
def test_a_scheme_that_holds_no_hash_is_refused_by_what_it_is(scheme, reason) -> None:
    with pytest.raises(hashing.HashFormatError, match=reason):
        hashing.encode(settle_format(scheme)[0], scheme)


@pytest.mark.parametrize("params", [{}, {"salt": "c2FsdA=="}, {"salt": "x", "iterations": "1000"}])
def test_a_format_of_which_nothing_in_the_value_tells_is_never_chosen(params) -> None:
    assert settle_format("A" * 60 + "==", "", params)[0] == ""
