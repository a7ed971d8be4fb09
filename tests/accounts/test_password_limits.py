"""What verifying passwords may take: settings, checks at the start, and turns for sign-ins."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.urls import reverse

from accounts import checks as password_limits
from accounts import hashing
from accounts.models import User
from accounts.passwords import turns
from accounts.passwords.turns import TooManyVerifications, take_turn
from accounts.selectors.sign_in import summarise_password
from tests.accounts.conftest import PASSWORD

ROOT = Path(__file__).parents[2]
COSTLY = "bcrypt$$2b$16$fVH8e28OQRj9tqiDXs1e1uxpsjN0c7II7YPKXua2NAKYvM6iQk7dq"


@pytest.fixture
def no_turn(monkeypatch, settings):
    """Have every turn taken by somebody else."""
    settings.PASSWORD_WAIT_SECONDS = 0.01
    monkeypatch.setattr(turns, "get_places", lambda: taken)
    taken = threading.BoundedSemaphore(1)
    taken.acquire()


@pytest.mark.parametrize(
    "name",
    [
        "PASSWORD_CPU_SECONDS",
        "PASSWORD_MEMORY_MIB",
        "PASSWORD_CHECKS_AT_ONCE",
        "PASSWORD_WAIT_SECONDS",
    ],
)
@pytest.mark.parametrize("text", ["0", "-1", "many", "nan", "inf"])
def test_setting_that_is_not_a_number_above_zero_stops_the_start(name, text):
    started = subprocess.run(
        [sys.executable, "-c", "import importer_site.settings"],
        env={**os.environ, name: text},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"{name} is “{text}”. Set it to a number above zero." in started.stderr


def test_limits_of_the_settings_hold_in_the_process(settings):
    limits = hashing.Limits(settings.PASSWORD_CPU_SECONDS, settings.PASSWORD_MEMORY_MIB)
    assert hashing.get_limits() == limits


def test_limits_by_default_pass_the_checks():
    assert not [each for each in run_checks() if each.id.startswith("accounts.")]


def test_limits_below_the_preferred_hash_are_an_error(settings):
    settings.PASSWORD_COST_PROFILE = "django"
    settings.PASSWORD_MEMORY_MIB = 99
    assert [each.id for each in run_checks()] == ["accounts.E001"]


def test_more_memory_than_the_machine_has_is_a_warning(settings, monkeypatch):
    monkeypatch.setattr(password_limits, "read_memory_mib", lambda: 1500)
    settings.PASSWORD_MEMORY_MIB, settings.PASSWORD_CHECKS_AT_ONCE = 1024, 2
    (found,) = run_checks()
    assert found.id == "accounts.W001"
    assert "2,048 MiB" in found.msg


def test_turn_taken_within_a_turn_needs_no_other(monkeypatch):
    one = threading.BoundedSemaphore(1)
    monkeypatch.setattr(turns, "get_places", lambda: one)
    with take_turn(), take_turn():
        assert not one.acquire(blocking=False)
    assert one.acquire(blocking=False)


def test_turn_is_given_back_after_an_error(monkeypatch):
    one = threading.BoundedSemaphore(1)
    monkeypatch.setattr(turns, "get_places", lambda: one)
    with pytest.raises(ZeroDivisionError), take_turn():
        raise ZeroDivisionError
    assert one.acquire(blocking=False)


def test_no_more_verifications_run_at_once_than_there_are_places(monkeypatch, settings):
    settings.PASSWORD_WAIT_SECONDS = 60
    places = threading.BoundedSemaphore(2)
    monkeypatch.setattr(turns, "get_places", lambda: places)
    inside, most, lock = [], [], threading.Lock()
    meeting = threading.Barrier(2, timeout=60)

    def verify():
        with take_turn():
            with lock:
                inside.append(1)
                most.append(len(inside))
            meeting.wait()
            with lock:
                inside.pop()

    threads = [threading.Thread(target=verify) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 2


def test_waiting_too_long_for_a_turn_raises(no_turn):
    with pytest.raises(TooManyVerifications), take_turn():
        pass


@pytest.mark.django_db
@pytest.mark.usefixtures("quick_sign_in")
class TestPages:
    def post(self, client, name):
        form = {"login": name, "password": PASSWORD}
        return client.post(reverse("account_login"), form)

    def test_sign_in_without_a_turn_is_told_to_try_again(self, client, make_user, no_turn):
        page = self.post(client, "ada")
        assert (page.status_code, page["Retry-After"]) == (503, "5")
        assert "Wait a few seconds" in page.content.decode()

    def test_sign_in_without_a_turn_says_nothing_about_who_exists(
        self, client, make_user, no_turn, monkeypatch
    ):
        make_user(username="ada", password=PASSWORD)
        make_user(username="waiting")
        monkeypatch.setattr("django.contrib.auth.hashers.verify_password", None)
        answers = {self.post(client, name).content for name in ("ada", "waiting", "nobody")}
        assert len(answers) == 1

    def test_sign_in_turned_away_is_no_failed_attempt(self, client, make_user, monkeypatch):
        make_user(username="ada", password=PASSWORD)
        with monkeypatch.context() as busy:
            taken = threading.BoundedSemaphore(1)
            taken.acquire()
            busy.setattr(turns, "get_places", lambda: taken)
            busy.setattr("django.conf.settings.PASSWORD_WAIT_SECONDS", 0.01)
            for _ in range(12):
                assert self.post(client, "ada").status_code == 503
        self.post(client, "ada")
        assert "_auth_user_id" in client.session

    def test_admin_says_of_a_costly_hash_that_its_user_cannot_sign_in(self, make_user):
        user = make_user(username="ada")
        User.objects.filter(pk=user.pk).update(password=COSTLY)
        user.refresh_from_db()
        summary = summarise_password(user)
        assert not summary.is_readable
        assert "exceeds the cost limits of this site" in summary.label
