"""Passwords that are kept encrypted until they are hashed: who signs in, and what hashes them."""

from __future__ import annotations

import base64
from typing import Any

import psycopg
import pytest
from allauth.account.forms import default_token_generator
from django.db import connection
from pytest_django.fixtures import Settings

from accounts import hashers, hashing
from accounts.models import User
from accounts.passwords import background, sealing
from accounts.passwords.background import WaitingPasswords, count_waiting, hash_for_a_while
from accounts.passwords.sealing import seal, store_passwords
from tests.workers import write_database_url

pytestmark = pytest.mark.django_db

PASSWORD = "a horse, correct"
OTHER_KEY = f"other:{base64.b64encode(bytes(32)).decode()}"


def make_user(password: str = PASSWORD) -> User:
    return User.objects.create(username=f"user{User.objects.count()}", password=seal(password))


def is_hashed(user: User) -> bool:
    user.refresh_from_db()
    return user.password.startswith("argon2$argon2id$")


def test_one_password_alone_is_hashed_at_once() -> None:
    (stored,) = store_passwords([PASSWORD])
    assert stored.startswith("argon2$argon2id$")


def test_several_passwords_are_sealed_each_in_its_own_way() -> None:
    stored = store_passwords([PASSWORD, PASSWORD])
    assert all(each.startswith("sealed$") and PASSWORD not in each for each in stored)
    assert len(set(stored)) == 2


@pytest.mark.parametrize("length", [1, 40, 62])
def test_sealed_password_does_not_tell_its_length(length: int) -> None:
    assert len(seal("p" * length)) == len(seal("p" * 63))


def test_password_too_long_to_be_stored_sealed_is_hashed() -> None:
    long = "é" * (hashing.MAXIMUM_PASSWORD_BYTES // 2)
    stored = store_passwords([long, PASSWORD])
    assert [each.partition("$")[0] for each in stored] == ["argon2", "sealed"]
    assert hashing.verify(stored[0], long)


def test_no_file_brings_a_sealed_password() -> None:
    stored = seal(PASSWORD)
    assert "sealed" not in hashing.candidates(stored)
    with pytest.raises(hashing.HashFormatError):
        hashing.encode("sealed", stored.partition("$")[2])


def test_right_password_signs_in_and_is_hashed_at_once() -> None:
    user = make_user()
    assert user.check_password(PASSWORD)
    assert is_hashed(user)
    assert user.check_password(PASSWORD)
    assert (user.password_changed_at, user.password_expires_at) == (None, None)


@pytest.mark.parametrize("wrong", ["", "a horse", f"{PASSWORD}\0", f"{PASSWORD} "])
def test_wrong_password_fails_and_stays_sealed(wrong: str) -> None:
    user = make_user()
    assert not user.check_password(wrong)
    assert not is_hashed(user)


def test_wrong_password_takes_as_long_as_for_an_unknown_user(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    user, runs = make_user(), list[str]()
    monkeypatch.setattr(hashers.Argon2idHasher, "encode", lambda *args: runs.append(args[1]))
    user.check_password("wrong")
    assert len(runs) == 1


def test_background_hashes_all_of_them() -> None:
    users = [make_user(f"{PASSWORD} {number}") for number in range(25)]
    assert count_waiting() == WaitingPasswords(25, 0)

    assert not hash_for_a_while(60)

    assert count_waiting() == WaitingPasswords(0, 0)
    assert all(is_hashed(user) for user in users)
    assert users[24].check_password(f"{PASSWORD} 24")


def test_background_goes_on_after_its_turn() -> None:
    make_user()
    assert hash_for_a_while(0)


def test_sign_in_and_background_store_the_same_hash() -> None:
    user = make_user()
    sealed = user.password
    user.check_password(PASSWORD)
    User.objects.filter(pk=user.pk).update(password=sealed)

    hash_for_a_while()

    assert User.objects.get(pk=user.pk).password == user.password


def hash_after(change: Any) -> None:
    """Hash what waits, of which something changes before it is stored."""
    rows = background._read_next(0, 10)
    change()
    with background.ThreadPoolExecutor(1) as pool:
        background._hash_rows(rows, pool)


def test_password_chosen_in_the_meantime_stays() -> None:
    user = make_user()
    user.set_password("another horse")
    hash_after(user.save)
    user.refresh_from_db()
    assert user.check_password("another horse")


def test_upgrade_at_sign_in_keeps_a_password_chosen_in_the_meantime() -> None:
    user = make_user()
    other = User.objects.get(pk=user.pk)
    other.set_password("another horse")
    other.save()

    assert user.check_password(PASSWORD)

    other.refresh_from_db()
    assert other.check_password("another horse")


def test_user_deleted_in_the_meantime_is_passed_over() -> None:
    user = make_user()
    hash_after(user.delete)
    assert not User.objects.exists()


def test_sessions_and_links_outlast_hashing_and_end_with_the_password() -> None:
    user = make_user()
    session, link = user.get_session_auth_hash(), default_token_generator.make_token(user)

    hash_for_a_while()

    user.refresh_from_db()
    assert user.get_session_auth_hash() == session
    assert default_token_generator.check_token(user, link)
    user.set_password(PASSWORD)
    assert user.get_session_auth_hash() != session
    assert not default_token_generator.check_token(user, link)


def test_password_of_a_former_key_is_hashed_as_long_as_the_key_is_configured(
    settings: Settings,
) -> None:
    user = make_user()
    settings.ENCRYPTION_KEYS = [OTHER_KEY, *settings.ENCRYPTION_KEYS]
    hash_for_a_while()
    assert is_hashed(user)


def test_password_whose_key_is_gone_waits_for_it(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    user, keys = make_user(), settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [OTHER_KEY]
    make_user()

    assert count_waiting() == WaitingPasswords(2, 1)
    hash_for_a_while()
    assert count_waiting() == WaitingPasswords(1, 1)
    assert not user.check_password(PASSWORD)
    assert "its key is not configured" in caplog.text
    assert PASSWORD not in caplog.text

    settings.ENCRYPTION_KEYS = keys
    assert user.check_password(PASSWORD)


def test_altered_password_stops_nobody_else() -> None:
    altered, other = make_user(), make_user()
    half = altered.password.rpartition(":")[0]
    User.objects.filter(pk=altered.pk).update(password=f"{half}:{'A' * 136}")

    assert not hash_for_a_while(60)

    assert is_hashed(other)
    altered.refresh_from_db()
    assert not altered.check_password(PASSWORD)


def test_only_one_process_hashes_at_a_time() -> None:
    make_user()
    with psycopg.connect(write_database_url()) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [background.LOCK])
        assert not hash_for_a_while()
    assert count_waiting().left == 1
    hash_for_a_while()
    assert count_waiting().left == 0


@pytest.mark.parametrize(
    ("share", "processor", "elapsed", "rest"),
    [(0.5, 1.0, 1.0, 0.0), (0.25, 1.0, 1.0, 1.0), (0.1, 1.0, 2.0, 3.0), (0.5, 2.0, 1.0, 1.0)],
)
def test_hashing_rests_until_its_share_of_two_cores_is_held(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    share: float,
    processor: float,
    elapsed: float,
    rest: float,
) -> None:
    settings.PASSWORD_HASHING_SHARE = share
    make_user()
    rows, rested = background._read_next(0, 1), list[float]()
    clock, used = iter([0.0, elapsed]), iter([0.0, processor])
    monkeypatch.setattr(background, "count_cores", lambda: 2)
    monkeypatch.setattr(background.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(background.time, "process_time", lambda: next(used))
    monkeypatch.setattr(background.time, "sleep", rested.append)

    class Pool:
        map = map

    background._hash_rows(rows, Pool())  # type: ignore[arg-type]

    assert rested == [pytest.approx(rest)]


def test_waiting_passwords_are_found_by_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for statement, arguments in (
            (background.NEXT, [["k:"], 0, 9]),
            (background.COUNT, [["k:"]]),
        ):
            cursor.execute(f"EXPLAIN {statement}", arguments)
            assert "user_password_sealed" in str(cursor.fetchall())


def test_long_key_id_leaves_room_for_an_ordinary_password(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [OTHER_KEY.replace("other", "k$" * 40)]
    user = make_user("p" * 63)
    hash_for_a_while()
    assert is_hashed(user)
    assert sealing.read_sealed(user.password) is None
