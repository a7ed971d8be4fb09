"""Django's side: identification, upgrade, even timing, and nothing that raises."""

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.utils.module_loading import import_string

from accounts import hashers, hashing

BCRYPT = "bcrypt$$2y$04$mIJxfrCaEI3GukZe11CiXublhEFanu5.ododkll1WphfSp6pn4zIu"
MD5 = "md5$123abcdef$c8272612932975ee80e8a35995708e80"
OTHER_ARGON2 = "argon2$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$YC9+jJCrQhs5R6db7LlN8Q"
DAMAGED = [
    "argon2$",
    "argon2$argon2id",
    "argon2$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$!!!",
    "argon2$argon2id$v=19$m=4294967297,t=1,p=1$c2FsdHNhbHQ$YC9+jJCrQhs5R6db7LlN8Q",
    "bcrypt$$2b$12$bad",
    "bcrypt$",
    "bcrypt_sha256$$2b$99$" + "." * 53,
    "pbkdf2_sha256$many$salt$hash",
    "scrypt$1$2$3",
    "md5$",
    "keycloak${",
    "digest$algorithm=md5$",
    "no hash at all",
    "",
]


@pytest.fixture
def preferred_runs(monkeypatch):
    """Count how often the preferred hasher does its work."""
    runs = []
    encode = hashers.Argon2idHasher.encode

    def count(hasher, password, salt):
        runs.append(salt)
        return encode(hasher, password, salt)

    monkeypatch.setattr(hashers.Argon2idHasher, "encode", count)
    return runs


@pytest.mark.each_case("path", hashing.django_hasher_paths())
def test_hasher_path_names_a_class(path):
    assert import_string(path).algorithm


def test_make_password_uses_argon2id():
    assert make_password("secret").startswith("argon2$argon2id$")


def test_identify_hasher_stored_string_finds_its_prefix(matching):
    stored = hashing.encode(matching.format_id, matching.value, matching.params)
    assert identify_hasher(stored).algorithm == stored.partition("$")[0]


@pytest.mark.each_case("prefix", [each for each in hashing.PREFIXES if each != "argon2"])
def test_make_password_foreign_prefix_raises_type_error(prefix):
    with pytest.raises(TypeError, match="never created"):
        make_password("secret", "salt", prefix)


def test_check_password_foreign_hash_and_right_password_upgrades():
    upgraded = []
    assert check_password("test", BCRYPT, upgraded.append)
    assert upgraded == ["test"]


def test_check_password_argon2_of_other_costs_upgrades():
    upgraded = []
    assert check_password("secret", OTHER_ARGON2, upgraded.append)
    assert upgraded == ["secret"]


def test_check_password_own_hash_does_not_upgrade():
    upgraded = []
    assert check_password("secret", make_password("secret"), upgraded.append)
    assert upgraded == []


@pytest.mark.parametrize("stored", DAMAGED)
def test_check_password_damaged_hash_is_false(stored):
    assert check_password("secret", stored) is False


@pytest.mark.parametrize("stored", [MD5, OTHER_ARGON2, *DAMAGED])
def test_check_password_failing_runs_preferred_hasher_once(stored, preferred_runs):
    check_password("wrong", stored)
    assert len(preferred_runs) == 1


def test_check_password_succeeding_runs_no_decoy(preferred_runs):
    assert check_password("test", BCRYPT)
    assert preferred_runs == []


@pytest.mark.parametrize("password", ["nul\0byte", "lone \ud800", "é" * 100])
def test_check_password_strange_password_round_trips_through_own_hash(password):
    assert check_password(password, make_password(password))


@pytest.mark.parametrize("password", ["nul\0byte", "lone \ud800", "é" * 100])
def test_check_password_strange_password_on_bcrypt_is_false(password):
    assert check_password(password, BCRYPT) is False


def test_safe_summary_masks_hash_and_shows_costs(matching):
    stored = hashing.encode(matching.format_id, matching.value, matching.params)
    summary = identify_hasher(stored).safe_summary(stored)
    assert set(summary["hash"]) == {"*"}


@pytest.mark.parametrize("stored", ["bcrypt$$2b$12$bad", "argon2$argon2id"])
def test_safe_summary_damaged_hash_shows_algorithm(stored):
    assert identify_hasher(stored).safe_summary(stored)["algorithm"] == stored.partition("$")[0]


@pytest.mark.parametrize(("elapsed", "expected"), [(0.2, 0.8), (0.999, 0.001), (1.3, 0.7)])
def test_failed_sign_in_is_stretched_to_whole_tick(elapsed, expected, monkeypatch):
    slept = []
    monkeypatch.setattr(hashers.time, "monotonic", lambda: 100 + elapsed)
    monkeypatch.setattr(hashers.time, "sleep", slept.append)
    hashers.wait_out_failed_sign_in(100)
    assert slept == [pytest.approx(expected)]
