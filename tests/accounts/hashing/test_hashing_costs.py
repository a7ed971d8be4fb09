"""What a verification costs: ordinary hashes are affordable, others are refused before any work."""

import base64
import hashlib
import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from passlib.hash import bigcrypt

from accounts import hashing
from accounts.hashing.costs import ORDINARY_PASSWORD_BYTES
from accounts.hashing.document import list_functions
from accounts.hashing.families.aix import AixPbkdf2
from accounts.hashing.families.argon2 import Argon2
from accounts.hashing.families.bcrypt import Bcrypt
from accounts.hashing.families.crypt import DesCrypt, Md5Crypt, ShaCrypt
from accounts.hashing.families.databases import CachingSha2, Oracle12
from accounts.hashing.families.digest import Digest
from accounts.hashing.families.firebase import FirebaseScrypt
from accounts.hashing.families.fusionauth import Pbkdf2ThenHmac
from accounts.hashing.families.magento import MagentoChain, Step
from accounts.hashing.families.pbkdf2 import Pbkdf2
from accounts.hashing.families.phpass import Phpass
from accounts.hashing.families.scram import Scram
from accounts.hashing.families.scrypt import ITOA64, Scrypt
from accounts.hashing.families.unix_crypt import LongDesCrypt, Sha1Crypt, SunMd5Crypt
from accounts.hashing.families.web_applications import ScryptFile
from accounts.hashing.families.woltlab import DoubleBcrypt
from accounts.hashing.families.yescrypt import Yescrypt
from accounts.hashing.families.zope import BcryptKdf

BCRYPT_END = "fVH8e28OQRj9tqiDXs1e1uxpsjN0c7II7YPKXua2NAKYvM6iQk7dq"
SALT, KEY = "c29tZXNhbHQ", "9qWtwbpyPd3vm1rB1GThgPzZ3/ydHL92zKL+15XZypg"
LONG_KEY = "A" * 85 + "Q"
MD5 = "88a434c88cca4e900f7874cd98123f43"


def argon2(memory, iterations, parallelism):
    return f"$argon2id$v=19$m={memory},t={iterations},p={parallelism}${SALT}${KEY}"


def seven(log_n, r, p=1):
    """Return a $7$ text of libxcrypt: numbers in its own base64, least significant first."""
    return f"$7${ITOA64[log_n]}{write(r)}{write(p)}saltsaltsalt${'a' * 42}."


def write(number):
    return "".join(ITOA64[number >> 6 * place & 63] for place in range(5))


def keycloak(algorithm, iterations):
    secret = {"value": LONG_KEY + "==", "salt": "c2FsdHNhbHRzYWx0cw=="}
    public = {"hashIterations": iterations, "algorithm": algorithm}
    return json.dumps({"secretData": secret, "credentialData": public})


def scrypt_file(log_n, r, p):
    """Return the header of a file of scrypt(1) in base64."""
    head = b"scrypt\0" + bytes([log_n]) + r.to_bytes(4, "big") + p.to_bytes(4, "big") + bytes(32)
    return base64.b64encode(head + hashlib.sha256(head).digest()[:16] + bytes(32)).decode()


ORDINARY = {
    **{f"libxcrypt scrypt 2^{n}, r 32": ("scrypt_crypt", seven(n, 32)) for n in range(14, 18)},
    "libxcrypt default": ("scrypt_crypt", seven(14, 32)),
    "passlib scrypt 2^17": ("scrypt_phc", f"$scrypt$ln=17,r=8,p=1${SALT}${KEY}"),
    "OWASP scrypt 2^13, p 10": ("scrypt_phc", f"$scrypt$ln=13,r=8,p=10${SALT}${KEY}"),
    "scrypt with 16 lanes": ("scrypt_phc", f"$scrypt$ln=14,r=8,p=16${SALT}${KEY}"),
    "argon2, 1 GiB in one pass": ("argon2", argon2(2**20, 1, 4)),
    "RFC 9106, second choice": ("argon2", argon2(65536, 3, 4)),
    "argon2 calibrated, 24 passes": ("argon2", argon2(65536, 24, 1)),
    "argon2 calibrated, 32 lanes": ("argon2", argon2(262144, 4, 32)),
    "PHP argon2": ("argon2", argon2(65536, 4, 1)),
    "Bitwarden argon2": ("argon2", argon2(65536, 3, 4)),
    "Vaultwarden admin token": ("argon2", argon2(65540, 3, 4)),
    "Django 5.2": ("django_pbkdf2_sha256", f"pbkdf2_sha256$1000000$salt${KEY}="),
    "Django 6.0": ("django_pbkdf2_sha256", f"pbkdf2_sha256$1200000$salt${KEY}="),
    "Bitwarden PBKDF2": ("pbkdf2_passlib", f"$pbkdf2-sha256$600000${SALT}${KEY}"),
    "Werkzeug 3": ("werkzeug", f"pbkdf2:sha256:1000000$salt${'ab' * 32}"),
    "Keycloak 24, SHA-1": ("keycloak", keycloak("pbkdf2", 1_300_000)),
    "Keycloak 24, SHA-256": ("keycloak", keycloak("pbkdf2-sha256", 600_000)),
    "Keycloak 24, SHA-512": ("keycloak", keycloak("pbkdf2-sha512", 210_000)),
    "passlib sha512_crypt": ("sha512_crypt", f"$6$rounds=656000$salt${'a' * 85}."),
    "bcrypt 15": ("bcrypt", f"$2b$15${BCRYPT_END}"),
    "WordPress": ("phpass", "$P$BIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0"),
    "phpass 2^18": ("phpass", "$P$GIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0"),
    "Drupal 7": ("drupal7", f"$S$Dabcdefgh{'a' * 43}"),
    "yescrypt of Debian": ("yescrypt", f"$y$j9T$saltsaltsalt${'a' * 43}"),
    "yescrypt with 2^16 blocks": ("yescrypt", f"$y$jDT$saltsaltsalt${'a' * 43}"),
    "Sun MD5": ("sun_md5_crypt", f"$md5,rounds=100000$salt$${'a' * 21}."),
    "BSDi": ("bsdi_crypt", "_J9..CCCCXBrJUJV154M"),
}

HOSTILE = {
    Bcrypt: ("bcrypt", f"$2b$16${BCRYPT_END}", {}),
    Argon2: ("argon2", argon2(2**20, 20, 1), {}),
    Pbkdf2: ("pbkdf2_raw", LONG_KEY, {
        "digest": "sha1", "iterations": 10_000_000, "salt": SALT}),
    Pbkdf2ThenHmac: ("fusionauth_pbkdf2_then_hmac", "AB" * 20, {
        "iterations": 10_000_000, "dklen": 512, "salt": SALT}),
    Scrypt: ("scrypt_phc", f"$scrypt$ln=17,r=8,p=10${SALT}${KEY}", {}),
    FirebaseScrypt: (
        "kratos_firescrypt", f"$firescrypt$ln=17,r=8,p=10${SALT}${KEY}$Bw==${KEY}", {}),
    ShaCrypt: ("sha512_crypt", f"$6$rounds=5000000$salt${'a' * 85}.", {}),
    DesCrypt: ("bsdi_crypt", "_zzzzCCCCXBrJUJV154M", {}),
    Phpass: ("phpass", "$P$IIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0".replace("$I", "$K"), {}),
    DoubleBcrypt: ("woltlab_double_bcrypt", f"$2a$15${BCRYPT_END}", {}),
    MagentoChain: ("magento2", f"{MD5 * 2}:salt:2:3_32_20_1073741824", {}),
    AixPbkdf2: ("aix_ssha", f"{{ssha256}}24$saltsalt${'a' * 43}", {}),
    Sha1Crypt: ("sha1_crypt", f"$sha1$9999999$salt${'a' * 28}", {}),
    SunMd5Crypt: ("sun_md5_crypt", f"$md5,rounds=9999999$salt$${'a' * 21}.", {}),
    CachingSha2: ("mysql_caching_sha2", f"$A$FFF${'s' * 20}{'a' * 43}", {}),
    Scram: ("scram_dovecot", f"{{SCRAM-SHA-256}}99999999,{SALT},{KEY},{KEY}", {}),
    ScryptFile: ("scrypt_kdf", scrypt_file(20, 8, 1), {}),
    Yescrypt: ("yescrypt", f"$y$jKT$saltsaltsalt${'a' * 43}", {}),
    BcryptKdf: ("zope_bcryptkdf", f"{{BCRYPTKDF}}400${SALT}${KEY}", {}),
    Digest: ("digest", MD5, {"algorithm": "md4", "rounds": 1_000_000}),
}  # fmt: skip


@pytest.fixture
def no_work(monkeypatch):
    """Fail when a hash function was entered, which `verify` by itself would only call wrong."""
    entered = []

    def note(self, password):
        entered.append(type(self))
        return False

    for function in list_functions():
        monkeypatch.setattr(function, "matches", note)
    yield entered
    assert entered == []


@pytest.fixture
def limits():
    """Set other limits for one test."""
    before = hashing.get_limits()
    yield lambda seconds, memory_mib: hashing.set_limits(hashing.Limits(seconds, memory_mib))
    hashing.set_limits(before)


@pytest.mark.parametrize(("spelling", "value"), ORDINARY.values(), ids=ORDINARY)
def test_encode_ordinary_parameters_are_accepted(spelling, value):
    assert hashing.describe(hashing.encode(spelling, value)).is_affordable


@pytest.mark.parametrize("function", list_functions(), ids=lambda function: function.__name__)
def test_function_has_a_hostile_example_unless_its_cost_is_fixed(function):
    assert function in HOSTILE or function in {Md5Crypt, LongDesCrypt, Oracle12}


@pytest.mark.parametrize(
    ("spelling", "value", "params"), HOSTILE.values(), ids=[each.__name__ for each in HOSTILE]
)
def test_encode_hostile_parameters_are_refused_with_cost_and_limits(
    spelling, value, params, no_work
):
    with pytest.raises(hashing.HashCostError) as caught:
        hashing.encode(spelling, value, params)
    assert re.search(
        r"about [\d,.]+ s of CPU time and [\d,]+ MiB; the limits are 2 s and 1,024 MiB",
        str(caught.value),
    )


@pytest.mark.parametrize("value", [argon2(2**21, 1, 1), argon2(2**20 + 1, 1, 1)])
def test_encode_memory_beyond_limit_is_refused(value, no_work):
    with pytest.raises(hashing.HashCostError, match="memory_kib"):
        hashing.encode("argon2", value)


def test_encode_many_scrypt_lanes_are_counted_as_memory(no_work):
    with pytest.raises(hashing.HashCostError):
        hashing.encode("scrypt_phc", f"$scrypt$ln=1,r=8,p=2000000${SALT}${KEY}")


def test_long_pbkdf2_costs_no_more_than_the_block_that_is_compared(no_work):
    params = {"digest": "sha1", "iterations": 4_000_000, "salt": SALT, "hash_encoding": "hex"}
    assert hashing.encode("pbkdf2_raw", "ab" * 20, params)
    assert hashing.encode("pbkdf2_raw", "ab" * 1024, params)


@pytest.mark.parametrize(
    ("spelling", "value"),
    [
        ("bcrypt", f"$2b$03${BCRYPT_END}"),
        ("bcrypt", f"$2b$32${BCRYPT_END}"),
        ("argon2", argon2(65536, 1, 256)),
        ("pbkdf2_passlib", f"$pbkdf2-sha256$0${SALT}${KEY}"),
        ("scrypt_phc", f"$scrypt$ln=14,r=0,p=1${SALT}${KEY}"),
    ],
)
def test_encode_number_that_function_does_not_have_is_a_format_error(spelling, value):
    with pytest.raises(hashing.HashFormatError, match=r"the (least|most) is"):
        hashing.encode(spelling, value)


def test_limits_raised_accept_what_was_refused(limits):
    limits(seconds=5, memory_mib=2048)
    assert hashing.encode("argon2", argon2(2**20, 4, 4))
    assert hashing.encode("argon2", argon2(2**21, 1, 1))


def test_limits_lowered_after_import_refuse_the_sign_in(limits, no_work):
    stored = hashing.encode("bcrypt", f"$2b$12${BCRYPT_END}")
    limits(seconds=0.1, memory_mib=1024)
    assert hashing.verify(stored, "test") is False
    assert not hashing.describe(stored).is_affordable


def test_verify_costly_string_is_false_without_computing(no_work):
    assert hashing.verify("argon2$" + argon2(99999999, 9999, 1)[1:], "x") is False


@pytest.mark.parametrize(
    ("spelling", "value"), [ORDINARY["passlib sha512_crypt"], ORDINARY["phpass 2^18"]]
)
def test_verify_password_too_long_for_the_rounds_is_false_without_computing(
    spelling, value, no_work
):
    stored = hashing.encode(spelling, value)
    assert hashing.verify(stored, "p" * 4096) is False
    assert no_work == []

    hashing.verify(stored, "p")
    assert no_work
    no_work.clear()


def test_bigcrypt_is_not_computed_for_a_password_of_more_blocks(monkeypatch):
    stored = hashing.encode("ldap", "{CRYPT}" + bigcrypt.hash("p" * 16))
    assert hashing.verify(stored, "p" * 16)

    entered = []
    monkeypatch.setattr(bigcrypt, "verify", lambda *given: entered.append(given))
    assert hashing.verify(stored, "p" * 17) is False
    assert entered == []


def test_every_known_hash_is_affordable(matching):
    stored = hashing.encode(matching.format_id, matching.value, matching.params)
    parsed = hashing.registry.read_stored(stored)[1]
    cost = parsed.estimate(ORDINARY_PASSWORD_BYTES)
    assert 0 < cost.seconds < 2


BASES = [
    (Argon2("id", 0x13, 64, 1, 1, bytes(16), bytes(32)), ("memory_kib", "iterations")),
    (Bcrypt("2b", 4, "", ""), ("cost",)),
    (DoubleBcrypt("2a", 4, "", ""), ("cost",)),
    (Pbkdf2("sha256", 1, b"", bytes(32)), ("iterations",)),
    (Pbkdf2ThenHmac("sha256", 1, b"", bytes(32), length=64), ("iterations", "length")),
    (Scrypt(2, 1, 1, b"", bytes(32)), ("r", "p")),
    (FirebaseScrypt(2, 1, 1, b"", bytes(32), signer_key=bytes(32)), ("r", "p")),
    (ShaCrypt(None, "", 1000), ("rounds",)),
    (DesCrypt(None, "", 1), ("rounds",)),
    (LongDesCrypt(None, "", 50), ("rounds",)),
    (Sha1Crypt(None, "", 1), ("rounds",)),
    (SunMd5Crypt(None, "", 4096), ("rounds",)),
    (CachingSha2(1000, bytes(20), ""), ("rounds",)),
    (Scram("sha256", 1, b"", bytes(32), "stored"), ("iterations",)),
    (Yescrypt("yescrypt", "", 64, 1, 1, 0), ("n", "r", "p", "t")),
    (BcryptKdf(1, b"salt", bytes(32)), ("rounds",)),
    (Phpass("md5", 128, "", ""), ("rounds",)),
    (Digest("sha1", bytes(20), bytes, rehashed_salt=8), ("rounds", "rehashed_salt")),
]


@given(data=st.data(), less=st.integers(4, 400), more=st.integers(0, 400))
@pytest.mark.parametrize(("base", "names"), BASES, ids=[type(base).__name__ for base, _ in BASES])
def test_estimate_grows_with_every_parameter(base, names, data, less, more):
    name = data.draw(st.sampled_from(names))
    smaller, larger = (
        replace(base, **{name: number * (64 if name == "memory_kib" else 1)})
        for number in (less, less + more)
    )
    low, high = smaller.estimate(64), larger.estimate(64)
    assert low.seconds <= high.seconds
    assert low.memory_kib <= high.memory_kib


def test_estimate_of_magento_counts_every_argon2_of_the_chain():
    digest, slow = Step("sha256"), Step(size=32, iterations=2, memory_kib=65536)
    once, twice = (
        MagentoChain(steps, b"salt", bytes(32)).estimate(64)
        for steps in ((digest, slow), (digest, slow, slow))
    )
    assert twice.seconds == pytest.approx(2 * once.seconds)
    assert twice.memory_kib == once.memory_kib == 65536


@given(exponent=st.integers(1, 40))
def test_estimate_of_scrypt_grows_with_n(exponent):
    low, high = (
        Scrypt(2**power, 8, 1, b"", bytes(32)).estimate(64) for power in (exponent, exponent + 1)
    )
    assert low.seconds < high.seconds
    assert low.memory_kib < high.memory_kib


@given(length=st.integers(0, 4096), more=st.integers(0, 4096))
@pytest.mark.parametrize("base", [base for base, _ in BASES], ids=lambda base: type(base).__name__)
def test_estimate_grows_with_the_password(base, length, more):
    assert base.estimate(length).seconds <= base.estimate(length + more).seconds
