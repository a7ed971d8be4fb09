"""The four answers of a directory to somebody who signs in, and what each does."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from accounts.models import Group, Role, User
from imports.core.planning.conflicts import Mode
from imports.models import DirectoryAttempt, ImportRecord, LegacyDirectory, Tombstone
from imports.selectors import get_totals
from imports.services.directories.marking import mark_moved
from samples.legacy_directory.app import make_record
from samples.legacy_directory.store import User as LegacyUser
from tests.imports.conftest import MakeJob, list_statuses
from tests.imports.directory_client.conftest import (
    FOR_EVER,
    PASSWORD,
    WEAK,
    Reference,
    is_signed_in,
    read_error,
    sign_in,
)


def test_new_user_with_the_right_password_is_created_and_signed_in(
    directory: LegacyDirectory, reference: Reference
) -> None:
    email = reference.add("ada", PhoneNumber="+441632960001")

    browser = sign_in(email)

    assert is_signed_in(browser)
    user = User.objects.get(email=email)
    assert (user.subject_id, user.username, user.phone) == ("old-ada", "ada", "+441632960001")
    assert user.password.startswith("argon2$argon2id$")
    assert user.password_changed_at is not None
    assert user.source == "old system"
    assert user.emailaddress_set.get().verified


def test_new_user_is_a_created_record_of_the_standing_job(
    directory: LegacyDirectory, reference: Reference
) -> None:
    sign_in(reference.add("ada"))

    record = ImportRecord.objects.get(job=directory.job)
    attempt = DirectoryAttempt.objects.get()
    assert (record.status, record.subject_id) == ("created", "old-ada")
    assert record.user_id == User.objects.get(subject_id="old-ada").pk
    assert (attempt.pk, attempt.verdict) == (record.row_number, "migrate")
    assert get_totals(directory.job) == {
        "created": 1,
        "updated": 0,
        "skipped": 0,
        "failed": 0,
        "pending": 0,
        "total": 1,
    }


def test_migrated_user_is_never_asked_for_again(
    directory: LegacyDirectory, reference: Reference
) -> None:
    email = reference.add("ada")
    sign_in(email)
    asked = len(reference.requests)

    assert is_signed_in(sign_in(email))
    assert not is_signed_in(sign_in(email, "something else"))
    assert len(reference.requests) == asked


def test_any_identifier_of_the_old_system_signs_in(
    directory: LegacyDirectory, reference: Reference
) -> None:
    reference.add("ada")

    assert is_signed_in(sign_in("ADA"))


def test_what_a_profile_says_of_a_password_counts_for_nothing_beside_the_proven_one(
    directory: LegacyDirectory, reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed = "$2b$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr."

    def make_record_with_hash(user: LegacyUser) -> dict[str, Any]:
        password = {"plaintext": hashed}
        return {**make_record(user), "authenticators": {"password": password}}

    monkeypatch.setattr("samples.legacy_directory.app.make_record", make_record_with_hash)
    email = reference.add("ada")

    assert is_signed_in(sign_in(email))
    assert not is_signed_in(sign_in(email, hashed))


def test_weak_password_is_taken_and_has_to_be_replaced_before_getting_in(
    directory: LegacyDirectory, reference: Reference
) -> None:
    email = reference.add("ada", WEAK)

    browser = sign_in(email, WEAK)

    assert not is_signed_in(browser)
    assert browser.last["Location"].startswith(reverse("account_password_expired"))
    browser.post(browser.last["Location"], {"password1": PASSWORD, "password2": PASSWORD})
    assert is_signed_in(browser)
    assert is_signed_in(sign_in(email, PASSWORD))


def test_directory_can_ask_for_a_new_password(
    directory: LegacyDirectory, reference: Reference
) -> None:
    email = reference.add("ada", MustChangePassword=1)

    browser = sign_in(email)

    assert browser.last["Location"].startswith(reverse("account_password_expired"))
    assert DirectoryAttempt.objects.get().verdict == "require_new_password"


def test_wrong_password_stores_nothing_and_says_the_same_as_for_unknown_users(
    directory: LegacyDirectory, reference: Reference
) -> None:
    email = reference.add("ada")

    wrong, unknown = sign_in(email, "Wrong-Guess-1"), sign_in("nobody@example.com")

    assert read_error(wrong) == read_error(unknown) != ""
    assert not User.objects.filter(email=email).exists()
    assert list_statuses(directory.job) == []
    verdicts = DirectoryAttempt.objects.order_by("id").values_list("verdict", flat=True)
    assert list(verdicts) == ["wrong_password", "unknown_user"]


def test_blocked_user_is_told_what_the_directory_says_and_not_created(
    directory: LegacyDirectory, reference: Reference
) -> None:
    email = reference.add("ada", LockoutEnd=FOR_EVER)

    browser = sign_in(email)

    assert "Your account was closed." in read_error(browser)
    assert not User.objects.filter(email=email).exists()


def test_words_of_a_directory_are_escaped(
    directory: LegacyDirectory, reference: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("samples.legacy_directory.app.BLOCKED", "<b>Closed</b>")

    browser = sign_in(reference.add("ada", LockoutEnd=FOR_EVER))

    assert "&lt;b&gt;Closed" in browser.last.content.decode()


def test_user_imported_without_password_gets_the_proven_one(
    directory: LegacyDirectory, reference: Reference, run_job: MakeJob
) -> None:
    email = reference.add("ada")
    run_job([{"subject_id": "old-ada", "profile": {"email": email, "given_name": "Ada"}}])

    assert is_signed_in(sign_in(email))

    user = User.objects.get(subject_id="old-ada")
    assert user.has_usable_password()
    assert (user.given_name, user.username) == ("Ada", "ada")
    assert ImportRecord.objects.get(job=directory.job).status == "updated"


def test_bulk_import_after_sign_in_keeps_the_password(
    directory: LegacyDirectory, reference: Reference, run_job: MakeJob
) -> None:
    email = reference.add("ada")
    sign_in(email)

    for mode in (Mode.UPDATE, Mode.SKIP):
        run_job(
            [
                {
                    "subject_id": "old-ada",
                    "profile": {"email": email, "given_name": "Ada"},
                    "authenticators": {"password": {"plaintext": "From-The-File-9"}},
                }
            ],
            mode=mode,
        )

    assert is_signed_in(sign_in(email))
    assert not is_signed_in(sign_in(email, "From-The-File-9"))


def test_user_who_changed_the_password_here_does_not_get_in_with_the_old_one(
    directory: LegacyDirectory, reference: Reference
) -> None:
    reference.add("ada")
    sign_in("ada@example.com")
    user = User.objects.get(subject_id="old-ada")
    user.set_password("Chosen-Here-77")
    user.save()
    # Under a name that is not known here, the directory still vouches for the old password.
    rename(reference, "old-ada", "ada.renamed")

    assert not is_signed_in(sign_in("ada.renamed"))
    user.refresh_from_db()
    assert user.username == "ada"
    assert is_signed_in(sign_in("ada@example.com", "Chosen-Here-77"))


def rename(reference: Reference, subject_id: str, name: str) -> None:
    with reference.store._open() as database:
        database.execute(
            "UPDATE AspNetUsers SET UserName = ?, NormalizedUserName = ? WHERE Id = ?",
            [name, name.upper(), subject_id],
        )


def test_shared_address_with_another_subject_is_a_conflict_and_not_a_merge(
    directory: LegacyDirectory, reference: Reference, run_job: MakeJob
) -> None:
    email = reference.add("ada")
    run_job([{"subject_id": "somebody-else", "profile": {"email": email}}])

    # Under the other name, which nobody has here.
    browser = sign_in("ada")

    record = ImportRecord.objects.get(job=directory.job)
    assert not is_signed_in(browser)
    assert (record.status, record.reason) == ("failed", "value_taken")
    assert f"{directory.job_id}-{record.row_number}" in read_error(browser)
    other = User.objects.get(subject_id="somebody-else")
    assert not other.has_usable_password()
    assert User.objects.filter(email=email).count() == 1


@pytest.mark.parametrize("power", [{}, {"is_staff": True}])
def test_user_name_that_is_an_address_here_is_a_conflict(
    directory: LegacyDirectory, reference: Reference, power: dict[str, bool]
) -> None:
    User.objects.create(subject_id="boss", email="boss@example.test", password="!", **power)
    email = reference.add("ada", UserName="Boss@example.test")

    browser = sign_in(email)

    record = ImportRecord.objects.get(job=directory.job)
    assert not is_signed_in(browser)
    assert (record.status, record.reason) == ("failed", "sign_in_name_taken")
    assert f"{directory.job_id}-{record.row_number}" in read_error(browser)
    assert not User.objects.filter(subject_id="old-ada").exists()


def test_deleted_user_is_not_migrated_again(
    directory: LegacyDirectory, reference: Reference
) -> None:
    email = reference.add("ada")
    sign_in(email)
    User.objects.get(subject_id="old-ada").delete()

    browser = sign_in(email)

    assert not is_signed_in(browser)
    assert not User.objects.filter(subject_id="old-ada").exists()
    latest = ImportRecord.objects.filter(job=directory.job).latest("row_number")
    assert (latest.status, latest.reason) == ("failed", "deleted_here")
    assert read_error(browser) == read_error(sign_in("nobody@example.com"))


def test_deleted_user_comes_back_once_the_tombstone_is_removed(
    directory: LegacyDirectory, reference: Reference
) -> None:
    email = reference.add("ada")
    sign_in(email)
    User.objects.get(subject_id="old-ada").delete()
    Tombstone.objects.get(subject_id="old-ada").delete()

    assert is_signed_in(sign_in(email))


@pytest.mark.parametrize("power", ["is_staff", "is_superuser"])
def test_administrator_is_never_asked_for_nor_given_a_password(
    directory: LegacyDirectory, reference: Reference, power: str
) -> None:
    email = reference.add("ada")
    User(subject_id="old-ada", email=email, password="!", **{power: True}).save()

    assert not is_signed_in(sign_in(email))
    assert not is_signed_in(sign_in("ada"))
    assert not User.objects.get(subject_id="old-ada").has_usable_password()


def test_disabled_user_without_password_is_not_asked_for(
    directory: LegacyDirectory, reference: Reference, run_job: MakeJob
) -> None:
    email = reference.add("ada")
    run_job([{"subject_id": "old-ada", "profile": {"email": email, "active": False}}])

    assert not is_signed_in(sign_in(email))
    assert reference.requests == []


def test_profile_that_cannot_be_imported_leaves_nothing_behind(
    directory: LegacyDirectory, reference: Reference
) -> None:
    email = reference.add("ada", PhoneNumber="not a number")

    browser = sign_in(email)

    assert not is_signed_in(browser)
    assert not User.objects.filter(subject_id="old-ada").exists()
    assert list_statuses(directory.job)[0][1:] == ("failed", "invalid_phone")
    assert "Your password is right" in read_error(browser)


@pytest.mark.parametrize("step", ["_tally", "_note"])
def test_failure_on_the_way_leaves_no_half_of_a_user(
    directory: LegacyDirectory,
    reference: Reference,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    def fail(*args: object, **fields: object) -> None:
        raise OperationalError("the connection broke")

    email = reference.add("ada")
    with monkeypatch.context() as broken:
        broken.setattr(f"imports.services.directories.migration.{step}", fail)
        with pytest.raises(OperationalError):
            sign_in(email)

    assert not User.objects.filter(subject_id="old-ada").exists()
    assert not ImportRecord.objects.filter(job=directory.job).exists()
    assert not EmailAddress.objects.filter(email=email).exists()
    assert is_signed_in(sign_in(email))


def test_roles_are_bounded_by_whoever_set_the_directory_up(
    make_directory, reference: Reference, monkeypatch: pytest.MonkeyPatch, db: None
) -> None:
    from django.contrib.auth.models import Permission

    role = Role.objects.create(key="powerful")
    role.permissions.add(Permission.objects.get(codename="delete_user"))
    Group.objects.create(key="readers")
    modest = User.objects.create_user(email="modest@example.com", is_staff=True)
    writing = Role.objects.create(key="writing")
    writing.permissions.set(Permission.objects.filter(codename__in=["add_user", "change_user"]))
    modest.roles.add(writing)
    directory = make_directory(url=reference.url, actor=modest)
    email = reference.add("ada")
    monkeypatch.setattr(
        "samples.legacy_directory.app.make_record",
        lambda user: {"subject_id": user["Id"], "memberships": {"roles": ["powerful"]}},
    )

    assert not is_signed_in(sign_in(email))
    assert list_statuses(directory.job)[0][1:] == ("failed", "role_not_grantable")


def test_directory_is_told_once_who_has_moved(
    directory: LegacyDirectory, reference: Reference
) -> None:
    sign_in(reference.add("ada"))

    assert mark_moved() == 1
    assert mark_moved() == 0
    assert reference.store.count_migrated() == 1


def test_marking_is_tried_again_after_a_failure(
    directory: LegacyDirectory, reference: Reference
) -> None:
    sign_in(reference.add("ada"))
    reference.status = 500
    assert mark_moved() == 0
    reference.status = 0

    assert mark_moved() == 1


def test_sign_in_page_works_without_any_directory(db: None) -> None:
    assert not is_signed_in(sign_in("nobody@example.com"))


def test_session_outlives_the_directory(directory: LegacyDirectory, reference: Reference) -> None:
    browser = sign_in(reference.add("ada"))
    LegacyDirectory.objects.update(mode="off")

    assert browser.get("/").status_code == 200


def test_password_is_in_no_table_but_hashed(
    directory: LegacyDirectory, reference: Reference, client: Client
) -> None:
    from django.db import connection

    sign_in(reference.add("ada"))
    sign_in(reference.add("bob", PhoneNumber="not a number"))
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(
                f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s',  # noqa: S608
                [f"%{PASSWORD}%"],
            )
            assert cursor.fetchone() == (0,), table
