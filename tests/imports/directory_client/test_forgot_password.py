"""“Forgot password” for people who have never signed in here."""

import re

from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from imports.models import DirectoryAttempt, DirectoryMode, LegacyDirectory
from imports.selectors.directories import get_activity
from imports.services.directories.marking import mark_moved
from tests.imports.directory_client.conftest import (
    FOR_EVER,
    PASSWORD,
    MakeDirectory,
    Reference,
    is_signed_in,
    sign_in,
)


def forget(email: str) -> Client:
    browser = Client()
    browser.last = browser.post(reverse("account_reset_password"), {"email": email})
    return browser


def follow_mail(browser: Client, password: str) -> None:
    link = re.search(r"http://testserver(\S+)", mail.outbox[-1].body)[1]
    page = browser.get(link, follow=True)
    browser.post(page.request["PATH_INFO"], {"password1": password, "password2": password})


def test_user_who_never_signed_in_here_resets_the_password_by_mail(
    directory: LegacyDirectory, reference: Reference
) -> None:
    email = reference.add("ada")

    browser = forget(email)

    assert [message.to for message in mail.outbox] == [[email]]
    user = User.objects.get(email=email)
    assert not user.has_usable_password()
    follow_mail(browser, "Chosen-By-Mail-55")
    assert is_signed_in(sign_in(email, "Chosen-By-Mail-55"))
    assert not is_signed_in(sign_in(email, PASSWORD))


def test_user_who_was_looked_up_can_still_sign_in_with_the_old_password(
    directory: LegacyDirectory, reference: Reference
) -> None:
    email = reference.add("ada")
    forget(email)

    assert is_signed_in(sign_in(email))


def test_directory_is_told_once_the_user_has_chosen_a_password(
    directory: LegacyDirectory, reference: Reference
) -> None:
    browser = forget(reference.add("ada"))
    assert mark_moved() == 0

    follow_mail(browser, "Chosen-By-Mail-55")

    assert mark_moved() == 1


def test_unknown_address_gets_no_mail_and_the_same_page(
    directory: LegacyDirectory, reference: Reference
) -> None:
    unknown, known = forget("nobody@example.com"), forget(reference.add("ada"))

    assert len(mail.outbox) == 1
    assert (unknown.last.status_code, unknown.last["Location"]) == (
        known.last.status_code,
        known.last["Location"],
    )


def test_blocked_and_deleted_users_get_no_mail(
    directory: LegacyDirectory, reference: Reference
) -> None:
    blocked = reference.add("ada", LockoutEnd=FOR_EVER)
    deleted = reference.add("bob")
    sign_in(deleted)
    User.objects.get(email=deleted).delete()

    forget(blocked)
    forget(deleted)

    assert mail.outbox == []
    assert not User.objects.filter(email__in=[blocked, deleted]).exists()


def test_outage_is_not_shown_and_sends_nothing(
    directory: LegacyDirectory, reference: Reference
) -> None:
    reference.status = 500

    assert forget(reference.add("ada")).last.status_code == 302
    assert mail.outbox == []
    assert DirectoryAttempt.objects.get().is_look_up


def test_user_who_is_here_is_not_looked_up(
    directory: LegacyDirectory, reference: Reference
) -> None:
    email = reference.add("ada")
    sign_in(email)
    reference.requests.clear()

    forget(email)

    assert len(mail.outbox) == 1
    assert reference.requests == []


def test_draining_looks_nobody_up(make_directory: MakeDirectory, reference: Reference) -> None:
    make_directory(url=reference.url, mode=DirectoryMode.DRAINING)

    forget(reference.add("ada"))

    assert reference.requests == []


def test_looking_up_many_addresses_is_stopped(
    directory: LegacyDirectory, reference: Reference, settings: object
) -> None:
    settings.LEGACY_DIRECTORY_ADDRESS_LIMIT = 3
    settings.ACCOUNT_RATE_LIMITS = False

    for number in range(10):
        forget(reference.add(f"person{number}"))

    assert reference.requests == ["/look-up"] * 3


def test_look_ups_are_not_counted_as_migrated(
    directory: LegacyDirectory, reference: Reference
) -> None:
    forget(reference.add("ada"))
    sign_in(reference.add("bob"))

    activity = get_activity(directory)

    assert (activity.asked, activity.migrated, activity.looked_up) == (2, 1, 1)
