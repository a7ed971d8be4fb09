"""The pages of legacy directories: who may open them, what they show and change."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from imports.directory_client.breaker import FAILURES, note_failure
from imports.directory_client.registry import KINDS
from imports.models import DirectoryMode, ImportJob, LegacyDirectory
from imports.selectors import count_reasons
from imports.services.directories.directories import save_directory
from imports.services.directories.shown import write_directory
from imports.views.directories.urls import urlpatterns
from tests.imports.directory_client.conftest import (
    PASSWORD,
    TOKEN,
    MakeDirectory,
    Reference,
    sign_in,
)
from tests.imports.views.conftest import SignIn
from tests.imports.views.posting import read_form

VIEW, CHANGE = "imports.view_legacydirectory", "imports.change_legacydirectory"
MATRIX = [
    ("list", "get", VIEW),
    ("directory", "get", VIEW),
    ("mode", "post", CHANGE),
    ("close_breaker", "post", CHANGE),
    ("try", "get", CHANGE),
    ("try", "post", CHANGE),
]


def find_page(name: str, directory: LegacyDirectory) -> str:
    return reverse(f"directories:{name}", args=[] if name == "list" else [directory.pk])


def test_every_address_is_in_the_matrix() -> None:
    assert {pattern.name for pattern in urlpatterns} == {name for name, _, _ in MATRIX}


@pytest.mark.parametrize(("name", "method", "taken"), MATRIX)
def test_page_takes_its_permission(
    staff: SignIn, directory: LegacyDirectory, name: str, method: str, taken: str
) -> None:
    address = find_page(name, directory)
    others = [permission for permission in (VIEW, CHANGE) if permission != taken]

    anonymous = getattr(Client(), method)(address)
    lacking = getattr(staff(*others), method)(address)
    holding = getattr(staff(taken), method)(address)
    outsider = getattr(staff(VIEW, CHANGE, is_staff=False), method)(address)

    assert anonymous["Location"].startswith(reverse("account_login"))
    assert (lacking.status_code, outsider.status_code) == (403, 403)
    assert taken in lacking.content.decode()
    assert holding.status_code in {200, 302}


@pytest.mark.parametrize("name", ["mode", "close_breaker"])
def test_nothing_is_changed_by_following_a_link(
    admin: Client, directory: LegacyDirectory, name: str
) -> None:
    assert admin.get(find_page(name, directory)).status_code == 405


def test_directory_is_set_up_in_the_admin_and_its_secret_never_shown(
    admin: Client, reference: Reference
) -> None:
    form = {
        "name": "Old shop",
        "source": "shop",
        "kind": "http",
        "position": 1,
        "email_domains": "@Example.com, example.org",
        "url": reference.url,
        "new_secret": TOKEN,
        "timeout": 3,
        "per_minute": 60,
    }

    response = admin.post(reverse("admin:imports_legacydirectory_add"), form)

    directory = LegacyDirectory.objects.get(name="Old shop")
    assert response["Location"] == find_page("directory", directory)
    assert directory.mode == DirectoryMode.OFF
    assert directory.email_domains == ["example.com", "example.org"]
    assert TOKEN not in directory.secret
    change = reverse("admin:imports_legacydirectory_change", args=[directory.pk])
    assert TOKEN not in admin.get(change).content.decode()
    # Saved again without the secret, it keeps it.
    admin.post(change, {**form, "new_secret": "", "timeout": 4})
    directory.refresh_from_db()
    assert (directory.timeout, bool(directory.secret)) == (4, True)


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"url": "https://elsewhere.example"}, "url", "LEGACY_DIRECTORY_HOSTS"),
        ({"url": "ftp://127.0.0.1"}, "url", "begin with https"),
        ({"url": "http://user:pass@127.0.0.1"}, "url", "not contain a user name or password"),
        ({"new_secret": ""}, "new_secret", "requires a value"),
        ({"token_url": "https://elsewhere.example/token"}, "token_url", "LEGACY_DIRECTORY_HOSTS"),
        ({"mapping_text": "{"}, "mapping_text", "not JSON"),
        ({"mapping_text": '{"rulez": []}'}, "mapping_text", "rulez"),
        (
            {"mapping_text": '{"rules": [{"source": "a", "target": "profile.nothing"}]}'},
            "mapping_text",
            "no target field",
        ),
    ],
)
def test_settings_that_cannot_work_are_refused_with_what_to_do(
    admin: Client,
    reference: Reference,
    changed: dict[str, str],
    field: str,
    words: str,
) -> None:
    form = {
        "name": "Old shop",
        "source": "shop",
        "kind": "http",
        "position": 1,
        "url": reference.url,
        "new_secret": TOKEN,
        "timeout": 3,
        "per_minute": 60,
    }

    response = admin.post(reverse("admin:imports_legacydirectory_add"), {**form, **changed})

    errors = response.context["adminform"].form.errors
    assert words in " ".join(errors[field])
    assert not LegacyDirectory.objects.exists()


def test_mode_is_changed_and_noted(admin: Client, directory: LegacyDirectory) -> None:
    admin.post(find_page("mode", directory), {"mode": "draining"})

    directory.refresh_from_db()
    assert directory.mode == DirectoryMode.DRAINING
    event = directory.job.events.latest("id")
    assert (event.action, event.detail) == (
        "change mode",
        {"before": "on", "after": "draining"},
    )


def test_closing_has_to_be_confirmed_and_erases_the_secret(
    admin: Client, directory: LegacyDirectory
) -> None:
    admin.post(find_page("mode", directory), {"mode": "closed"})
    directory.refresh_from_db()
    assert directory.mode == DirectoryMode.ON

    admin.post(find_page("mode", directory), {"mode": "closed", "sure": "on"})

    directory.refresh_from_db()
    assert (directory.mode, directory.secret) == (DirectoryMode.CLOSED, "")
    assert directory.job.state == "completed"
    # Without a secret it cannot be asked again.
    admin.post(find_page("mode", directory), {"mode": "on"})
    directory.refresh_from_db()
    assert directory.mode == DirectoryMode.CLOSED


def test_console_shows_the_exchange_with_every_secret_masked_and_creates_nobody(
    admin: Client, directory: LegacyDirectory, reference: Reference
) -> None:
    email = reference.add("ada")

    page = admin.post(find_page("try", directory), {"identifier": email, "password": PASSWORD})

    text = page.content.decode()
    assert "Correct password" in text
    assert "POST" in text
    assert "/verify" in text
    assert "old-ada" in text
    assert TOKEN not in text
    assert PASSWORD not in text
    assert page.context["foreseen"].status == "created"
    assert not User.objects.filter(email=email).exists()


def test_console_looks_up_when_there_is_no_password(
    admin: Client, directory: LegacyDirectory, reference: Reference
) -> None:
    email = reference.add("ada")

    page = admin.post(find_page("try", directory), {"identifier": email})

    assert "User found" in page.content.decode()
    assert reference.requests == ["/look-up"]


def test_console_shows_what_went_wrong(
    admin: Client, directory: LegacyDirectory, reference: Reference
) -> None:
    reference.status = 500

    page = admin.post(find_page("try", directory), {"identifier": "ada", "password": "x"})

    assert "status 500" in page.content.decode()


def test_console_is_no_way_to_guess(
    admin: Client, directory: LegacyDirectory, reference: Reference, settings: object
) -> None:
    settings.LEGACY_DIRECTORY_ACCOUNT_LIMIT = 3
    email = reference.add("ada")
    for number in range(5):
        page = admin.post(
            find_page("try", directory), {"identifier": email, "password": f"Guess-{number}"}
        )

    assert len(reference.requests) == 3
    assert "The query was not sent" in page.content.decode()


def test_page_shows_the_breaker_and_lets_it_be_closed(
    admin: Client, directory: LegacyDirectory
) -> None:
    for _ in range(FAILURES):
        note_failure(directory.pk, "No response within 5 seconds.")

    text = admin.get(find_page("directory", directory)).content.decode()
    assert "the circuit breaker has been open since" in text
    assert "No response within 5 seconds." in text
    assert "Unreachable" in admin.get(find_page("list", directory)).content.decode()
    admin.post(find_page("close_breaker", directory))
    assert "breaker is open" not in admin.get(find_page("directory", directory)).content.decode()


def test_results_of_the_standing_job_list_who_came(
    admin: Client, directory: LegacyDirectory, reference: Reference
) -> None:
    sign_in(reference.add("ada"))
    sign_in(reference.add("bob", PhoneNumber="not a number"))

    text = admin.get(reverse("imports:results", args=[directory.job_id])).content.decode()

    assert count_reasons(directory.job, "failed") == [("invalid_phone", 1)]
    assert "bob@example.com" in text
    assert "Retry" not in text


@pytest.mark.parametrize("page", ["mapping", "dry_run", "run", "results", "job"])
def test_pages_of_the_standing_job_open(
    admin: Client, directory: LegacyDirectory, page: str
) -> None:
    address = reverse(f"imports:{page}", args=[directory.job_id])

    assert admin.get(address, follow=True).status_code == 200


def test_list_of_jobs_shows_the_standing_job(admin: Client, directory: LegacyDirectory) -> None:
    assert "Open for sign-ins" in admin.get(reverse("imports:job_list")).content.decode()


def test_closed_directory_can_be_deleted_and_its_job_stays(
    admin: Client, directory: LegacyDirectory
) -> None:
    delete = reverse("admin:imports_legacydirectory_delete", args=[directory.pk])
    assert admin.post(delete, {"post": "yes"}).status_code == 403
    admin.post(find_page("mode", directory), {"mode": "closed", "sure": "on"})

    admin.post(delete, {"post": "yes"})

    assert not LegacyDirectory.objects.exists()
    assert ImportJob.objects.get(pk=directory.job_id).state == "completed"


def test_tombstones_are_listed_and_can_be_removed(
    admin: Client, make_directory: MakeDirectory, make_gone: Callable[[], str]
) -> None:
    page = admin.get(reverse("admin:imports_tombstone_changelist"))

    assert make_gone() in admin.get(reverse("admin:imports_tombstone_changelist")).content.decode()
    assert page.status_code == 200


@pytest.fixture
def make_gone(db: None) -> Callable[[], str]:
    def make() -> str:
        user = User(subject_id="gone-for-good", password="!")
        user.save()
        user.delete()
        return "gone-for-good"

    return make


def test_page_of_a_waiting_user_says_where_the_password_is_checked(
    admin: Client, directory: LegacyDirectory, reference: Reference
) -> None:
    waiting = User(subject_id="old-ada", email=reference.add("ada"), password="!")
    waiting.save()
    address = reverse("admin:accounts_user_change", args=[waiting.pk])
    assert "Not migrated yet" in admin.get(address).content.decode()

    sign_in("ada@example.com")

    assert "Not migrated yet" not in admin.get(address).content.decode()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("mode", {"mode": "draining"}),
        ("close_breaker", {}),
        ("try", {"identifier": "ada", "password": PASSWORD}),
    ],
)
def test_button_of_an_old_page_of_a_directory_is_refused_by_name(
    admin: Client, directory: LegacyDirectory, operator: User, name: str, data: dict[str, str]
) -> None:
    shown = write_directory(directory)
    ben = User.objects.create(subject_id="ben", display_name="Ben", is_staff=True)
    directory.timeout = 7
    save_directory(directory, KINDS[directory.kind].mapping, actor=ben)
    attempts = directory.attempts.count()

    page = admin.post(find_page(name, directory), {**data, "as_shown": shown}, follow=True)

    directory.refresh_from_db()
    assert (directory.mode, directory.attempts.count()) == ("on", attempts)
    assert "Ben changed the settings of the directory at" in page.content.decode()
    assert "Nothing was" in page.content.decode()


def test_settings_typed_over_others_are_refused_by_name(
    admin: Client, directory: LegacyDirectory, operator: User
) -> None:
    change = reverse("admin:imports_legacydirectory_change", args=[directory.pk])
    form = read_form(admin.get(change).content.decode(), "legacydirectory_form")
    ben = User.objects.create(subject_id="ben", display_name="Ben", is_staff=True)
    directory.timeout = 7
    save_directory(directory, KINDS[directory.kind].mapping, actor=ben)

    refused = admin.post(change, {**form, "timeout": 9})

    directory.refresh_from_db()
    assert directory.timeout == 7
    assert "Ben changed the settings of the directory at" in refused.content.decode()


def test_directory_is_bounded_by_all_who_saved_it_until_one_takes_it_over(
    admin: Client, directory: LegacyDirectory, operator: User
) -> None:
    clerk = User.objects.create(subject_id="clerk", is_staff=True)
    save_directory(directory, KINDS[directory.kind].mapping, actor=clerk)
    save_directory(directory, KINDS[directory.kind].mapping, actor=operator)
    bounded = ImportJob.objects.get(pk=directory.job_id).preparers

    change = reverse("admin:imports_legacydirectory_change", args=[directory.pk])
    form = read_form(admin.get(change).content.decode(), "legacydirectory_form")
    admin.post(change, {**form, "takes_over": "on"})

    assert bounded == [operator.pk, clerk.pk]
    assert ImportJob.objects.get(pk=directory.job_id).preparers == [operator.pk]


@pytest.mark.parametrize("mode", [DirectoryMode.ON, DirectoryMode.DRAINING])
@pytest.mark.parametrize("held", [(), ("accounts.add_user",), ("accounts.change_user",)])
def test_who_may_not_write_users_has_no_directory_write_them(
    staff: SignIn,
    make_directory: MakeDirectory,
    reference: Reference,
    mode: DirectoryMode,
    held: tuple[str, ...],
) -> None:
    directory = make_directory(url=reference.url, mode=DirectoryMode.OFF)
    client = staff(CHANGE, VIEW, *held)

    answer = client.post(find_page("mode", directory), {"mode": mode}, follow=True)

    directory.refresh_from_db()
    assert directory.mode == DirectoryMode.OFF
    page = answer.content.decode()
    for needed in {"accounts.add_user", "accounts.change_user"} - set(held):
        assert needed in page


def test_who_may_write_users_has_a_directory_write_them(
    staff: SignIn, make_directory: MakeDirectory, reference: Reference
) -> None:
    directory = make_directory(url=reference.url, mode=DirectoryMode.OFF)
    client = staff(CHANGE, VIEW, "accounts.add_user", "accounts.change_user")

    client.post(find_page("mode", directory), {"mode": DirectoryMode.ON})

    directory.refresh_from_db()
    assert directory.mode == DirectoryMode.ON


def test_who_may_not_write_users_does_not_change_a_directory_that_writes_them(
    staff: SignIn, directory: LegacyDirectory
) -> None:
    address = reverse("admin:imports_legacydirectory_change", args=[directory.pk])

    answer = staff(CHANGE, VIEW).post(address, {"name": "Mine", "url": "https://mine.example"})

    assert "accounts.add_user" in answer.content.decode()
    directory.refresh_from_db()
    assert directory.name != "Mine"
