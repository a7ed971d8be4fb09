"""Outages, slow directories and guessing: what reaches a directory, and what people are told."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import authenticate
from django.db import connection
from django.test import RequestFactory

from accounts.models import User
from imports.directory_client import breaker, limits
from imports.directory_client.breaker import BreakerState, read_breaker
from imports.models import DirectoryAttempt, ImportRecord, LegacyDirectory
from imports.selectors import get_totals
from tests.imports.conftest import MakeJob
from tests.imports.directory_client.conftest import (
    PASSWORD,
    MakeDirectory,
    Reference,
    is_signed_in,
    read_error,
    sign_in,
)


@pytest.fixture
def no_other_limits(settings: object) -> None:
    """Let the limits of directories be the only ones: allauth's would come first."""
    settings.ACCOUNT_RATE_LIMITS = False


def try_password(login: str, password: str, address: str = "192.0.2.1") -> User | None:
    """Ask the authentication backend, as the sign-in page does."""
    request = RequestFactory().post("/", REMOTE_ADDR=address)
    return authenticate(request, username=login, email=login, password=password)


def test_outage_is_told_and_keeps_nobody_else_out(
    directory: LegacyDirectory, reference: Reference, run_job: MakeJob
) -> None:
    email = reference.add("ada")
    own = {"password": {"plaintext": PASSWORD}}
    profile = {"email": "bob@example.com"}
    run_job([{"subject_id": "bob", "profile": profile, "authenticators": own}])
    reference.status = 500

    browser = sign_in(email)

    assert "cannot be reached at the moment" in read_error(browser)
    assert is_signed_in(sign_in("bob@example.com"))
    assert "status 500" in DirectoryAttempt.objects.get().error


def test_what_is_said_in_an_outage_does_not_tell_who_is_here(
    directory: LegacyDirectory, reference: Reference, run_job: MakeJob
) -> None:
    own = {"password": {"plaintext": PASSWORD}}
    profile = {"email": "bob@example.com"}
    run_job([{"subject_id": "bob", "profile": profile, "authenticators": own}])
    reference.status = 500

    unknown = sign_in("nobody@example.com")
    known = sign_in("bob@example.com", "Wrong-Guess-1")

    assert read_error(unknown) == read_error(known)


def test_directory_that_is_gone_is_told_and_user_migrated_when_it_is_back(
    make_directory: MakeDirectory, reference: Reference
) -> None:
    directory = make_directory(url="http://127.0.0.1:9")
    email = reference.add("ada")

    assert "cannot be reached" in read_error(sign_in(email))
    LegacyDirectory.objects.filter(pk=directory.pk).update(url=reference.url)
    assert is_signed_in(sign_in(email))


def test_slow_directory_is_given_up_after_its_time(
    make_directory: MakeDirectory, reference: Reference
) -> None:
    make_directory(url=reference.url, timeout=0.3)
    reference.delay = 2

    browser = sign_in(reference.add("ada"))

    assert "cannot be reached" in read_error(browser)
    assert "No response within 0.3 seconds" in DirectoryAttempt.objects.get().error


def test_breaker_opens_after_failures_in_a_row_and_nothing_is_sent(
    directory: LegacyDirectory, reference: Reference, no_other_limits: None
) -> None:
    reference.status = 500
    for number in range(breaker.FAILURES + 3):
        try_password(f"person{number}@example.com", PASSWORD)

    assert len(reference.requests) == breaker.FAILURES
    assert read_breaker(directory.pk).state is BreakerState.OPEN
    assert "circuit breaker" in DirectoryAttempt.objects.latest("id").error


def test_breaker_lets_one_question_through_and_closes_on_an_answer(
    directory: LegacyDirectory,
    reference: Reference,
    monkeypatch: pytest.MonkeyPatch,
    no_other_limits: None,
) -> None:
    monkeypatch.setattr(breaker, "OPEN_SECONDS", 0)
    email = reference.add("ada")
    for _ in range(breaker.FAILURES):
        breaker.note_failure(directory.pk, "gone")
    assert read_breaker(directory.pk).state is BreakerState.HALF_OPEN
    assert breaker.may_ask(directory.pk)
    assert not breaker.may_ask(directory.pk)
    breaker.note_failure(directory.pk, "still gone")

    assert try_password(email, PASSWORD) is not None
    assert read_breaker(directory.pk).state is BreakerState.CLOSED


def test_right_answers_in_between_keep_the_breaker_closed(directory: LegacyDirectory) -> None:
    for _ in range(3):
        for _ in range(breaker.FAILURES - 1):
            breaker.note_failure(directory.pk, "gone")
        breaker.note_answer(directory.pk)

    assert read_breaker(directory.pk).state is BreakerState.CLOSED


def test_connection_that_breaks_is_tried_once_more(
    directory: LegacyDirectory, reference: Reference
) -> None:
    reference.status = 503
    sign_in(reference.add("ada"))

    assert len(reference.requests) == 2


def test_guessing_one_account_stops_reaching_the_directory(
    directory: LegacyDirectory, reference: Reference, settings: object, no_other_limits: None
) -> None:
    settings.LEGACY_DIRECTORY_ACCOUNT_LIMIT = 5
    email = reference.add("ada")

    for number in range(50):
        assert try_password(email, f"Guess-{number}", f"192.0.2.{number}") is None

    assert reference.requests.count("/verify") == 5
    # Not even the right password is asked for now: nobody could tell it from a lucky guess.
    assert try_password(email, PASSWORD, "192.0.2.200") is None
    assert try_password(reference.add("bob"), PASSWORD) is not None


def test_guessing_from_one_address_stops_reaching_the_directory(
    directory: LegacyDirectory, reference: Reference, settings: object, no_other_limits: None
) -> None:
    settings.LEGACY_DIRECTORY_ADDRESS_LIMIT = 8

    for number in range(40):
        try_password(f"person{number}@example.com", PASSWORD, "198.51.100.7")

    assert len(reference.requests) == 8
    assert try_password(reference.add("ada"), PASSWORD, "198.51.100.8") is not None


def test_addresses_of_one_ipv6_subscriber_count_as_one() -> None:
    assert limits.group_address("2001:db8::1") == limits.group_address("2001:db8::ffff:2")
    assert limits.group_address("2001:db8::1") != limits.group_address("2001:db8:1::1")


def test_guessing_from_everywhere_is_bounded_by_the_budget(
    make_directory: MakeDirectory,
    reference: Reference,
    settings: object,
    monkeypatch: pytest.MonkeyPatch,
    no_other_limits: None,
) -> None:
    monkeypatch.setattr("imports.directory_client.limits.time.time", lambda: 1_800_000_000.0)
    settings.LEGACY_DIRECTORY_BUDGET = 12
    make_directory(url=reference.url)

    for number in range(30):
        try_password(f"person{number}@example.com", PASSWORD, f"10.0.{number}.1")

    assert len(reference.requests) == 12


def test_budget_of_one_directory_is_its_own(
    make_directory: MakeDirectory,
    reference: Reference,
    monkeypatch: pytest.MonkeyPatch,
    no_other_limits: None,
) -> None:
    monkeypatch.setattr("imports.directory_client.limits.time.time", lambda: 1_800_000_000.0)
    make_directory(url=reference.url, per_minute=4)

    for number in range(10):
        try_password(f"person{number}@example.com", PASSWORD, f"10.0.{number}.1")

    assert len(reference.requests) == 4


def test_many_guesses_at_once_do_not_slip_through(
    directory: LegacyDirectory, reference: Reference, settings: object
) -> None:
    settings.LEGACY_DIRECTORY_ACCOUNT_LIMIT = 5
    barrier = threading.Barrier(20)

    def guess(number: int) -> bool:
        barrier.wait()
        try:
            limits.reserve(directory.pk, "ada", f"192.0.2.{number}", per_minute=1000)
        except limits.TooManyAttempts:
            return False
        return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(guess, range(20))) == 5


def test_right_passwords_use_up_no_limit(
    directory: LegacyDirectory, reference: Reference, settings: object, no_other_limits: None
) -> None:
    settings.LEGACY_DIRECTORY_ADDRESS_LIMIT = 2

    for number in range(6):
        assert try_password(reference.add(f"person{number}"), PASSWORD) is not None


def test_unknown_user_is_not_asked_for_again_at_once(
    directory: LegacyDirectory, reference: Reference, no_other_limits: None
) -> None:
    for _ in range(4):
        try_password("nobody@example.com", PASSWORD)

    assert reference.requests == ["/look-up"]


def test_cache_holds_neither_names_nor_passwords(
    directory: LegacyDirectory, reference: Reference, settings: object, no_other_limits: None
) -> None:
    import redis

    try_password(reference.add("ada"), "Wrong-Guess-1")
    try_password("nobody@example.com", "Wrong-Guess-1")
    client = redis.Redis.from_url(settings.REDIS_URL)
    held = b"".join(key + (client.dump(key) or b"") for key in client.keys("*legacy*"))

    assert held
    assert b"example.com" not in held
    assert b"Wrong-Guess-1" not in held


def test_log_holds_no_password(
    directory: LegacyDirectory,
    reference: Reference,
    caplog: pytest.LogCaptureFixture,
    no_other_limits: None,
) -> None:
    caplog.set_level("DEBUG")
    email = reference.add("ada")
    try_password(email, "Wrong-Guess-1")
    reference.status = 500
    try_password(email, PASSWORD)
    reference.status = 0
    try_password(email, PASSWORD)

    assert PASSWORD not in caplog.text
    assert "Wrong-Guess-1" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_same_person_arriving_many_times_at_once_is_created_once(
    make_directory: MakeDirectory, reference: Reference, settings: object, no_other_limits: None
) -> None:
    settings.LEGACY_DIRECTORY_ACCOUNT_LIMIT = 50
    directory = make_directory(url=reference.url)
    email = reference.add("ada")
    barrier = threading.Barrier(12)

    def arrive(number: int) -> User | None:
        barrier.wait()
        try:
            return try_password(email, PASSWORD, f"192.0.2.{number}")
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        users = list(pool.map(arrive, range(12)))

    assert {user.subject_id for user in users if user} == {"old-ada"}
    assert None not in users
    assert ImportRecord.objects.filter(job=directory.job, status="created").count() == 1
    assert not ImportRecord.objects.filter(job=directory.job, status="failed").exists()
    totals = get_totals(directory.job)
    assert totals["total"] == ImportRecord.objects.filter(job=directory.job).count()


@pytest.mark.django_db(transaction=True)
def test_many_new_users_sign_in_at_once(
    make_directory: MakeDirectory, reference: Reference, settings: object, no_other_limits: None
) -> None:
    directory = make_directory(url=reference.url, per_minute=10_000, timeout=30)
    settings.LEGACY_DIRECTORY_BUDGET = 10_000
    emails = [reference.add(f"person{number}") for number in range(200)]

    def arrive(email: str) -> bool:
        try:
            return try_password(email, PASSWORD) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(24) as pool:
        arrived = list(pool.map(arrive, emails))

    assert all(arrived)
    assert User.objects.filter(source="old system").count() == len(emails)
    assert get_totals(directory.job)["created"] == len(emails)
    assert reference.requests.count("/verify") == len(emails)


@pytest.mark.parametrize("name", ["ada", "nobody"])
def test_password_that_is_too_long_reaches_no_directory(
    directory: LegacyDirectory, reference: Reference, name: str
) -> None:
    reference.add("ada", password="é" * 2049)

    browser = sign_in(f"{name}@example.com", "é" * 2049)

    assert read_error(browser) == "The e-mail address or the password is incorrect."
    assert reference.requests == []
    assert not DirectoryAttempt.objects.exists()
