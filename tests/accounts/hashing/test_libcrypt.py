"""The system's libcrypt: what it computes, and what is said where there is none."""

import logging
from concurrent.futures import ThreadPoolExecutor

import bcrypt
import pytest

from accounts import hashing
from accounts.hashing import libcrypt

YESCRYPT = "$y$j75$LdJMENpBABJJ3hIHjB1Bi.$eu0Cv.K1Z.X3P4bdX7.yd4Ej0Yz6aQ9IA5AViQFF5q8"
PASSWORD = "Ångström"
SIGNED = "$2x$05$6bNw2HLQYeqHYyBfLMsv/OiwqTymGIGzFsA4hOTWebfehXHNprcAS"


@pytest.fixture
def no_libcrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system such as Alpine Linux or macOS."""
    monkeypatch.setattr(libcrypt, "find_libcrypt", lambda: None)
    monkeypatch.setattr("accounts.hashing.families.bcrypt.find_libcrypt", lambda: None)


@pytest.mark.parametrize(
    ("spelling", "value"),
    [
        ("yescrypt", YESCRYPT),
        ("gost_yescrypt", "$gy$j75$.......$wwJfCZTFWLC/oCJshdYocDGXBG4zayaAYYnaqQy6O.7"),
        ("sun_md5_crypt", "$md5$zrdhpMlZ$$wBvMOEqbSjU.hu5T2VEP01"),
        ("ldap", f"{{CRYPT}}{YESCRYPT}"),
    ],
)
def test_without_libcrypt_an_import_is_refused_with_what_to_install(
    no_libcrypt: None, spelling: str, value: str
) -> None:
    with pytest.raises(hashing.HashFormatError, match=r"libxcrypt.*libcrypt1 on Debian"):
        hashing.encode(spelling, value)


def test_a_web_server_without_libcrypt_logs_why_nobody_can_sign_in(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stored = hashing.encode("yescrypt", YESCRYPT)
    monkeypatch.setattr(libcrypt, "find_libcrypt", lambda: None)

    with caplog.at_level(logging.ERROR):
        assert hashing.verify(stored, PASSWORD) is False
    assert "libxcrypt" in caplog.text
    assert "LdJMENpBABJJ3hIHjB1Bi" not in caplog.text


def test_several_threads_verify_at_once() -> None:
    stored = hashing.encode("yescrypt", YESCRYPT)

    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda at: hashing.verify(stored, PASSWORD + "!" * (at % 2)), range(64))

    assert list(answers) == [True, False] * 32


def test_the_sign_bug_of_bcrypt_is_repeated_where_libcrypt_has_it() -> None:
    assert hashing.verify(hashing.encode("bcrypt", SIGNED), "ё")


def test_without_libcrypt_the_sign_bug_is_that_of_today(no_libcrypt: None) -> None:
    assert hashing.verify(hashing.encode("bcrypt", SIGNED), "ё") is False
    ascii_only = SIGNED[:29] + hash_ascii()
    assert hashing.verify(hashing.encode("bcrypt", ascii_only), "test")


def hash_ascii() -> str:
    return bcrypt.hashpw(b"test", f"$2b${SIGNED[4:29]}".encode()).decode()[29:]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ("j9", "not a"),
        ("jzz.z.z.", "lack N or r"),
        ("j9TU", "do not have the numbers"),
        ("jzzzzzzz", "end within a number"),
        ("j75.", "do not have the numbers"),
    ],
)
def test_damaged_parameters_of_yescrypt_are_refused(parameters: str, message: str) -> None:
    with pytest.raises(hashing.HashFormatError, match=message):
        hashing.encode("yescrypt", f"$y${parameters}$salt${'a' * 43}")


def test_costs_of_yescrypt_are_read_from_its_parameters() -> None:
    summary = hashing.describe(hashing.encode("yescrypt", f"$y$j9T$salt${'a' * 43}"))

    assert summary.parameters == {
        "scheme": "yescrypt",
        "n": "4096",
        "r": "32",
        "p": "1",
        "t": "0",
    }
    assert not summary.weak
