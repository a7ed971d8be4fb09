"""Pages that only a form or an e-mail leads to: what was refused, or found, and where links go."""

from __future__ import annotations

import time
from base64 import b32decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import FilePayload, Page

from accounts.authenticators import recovery_codes, totp
from accounts.models import User
from imports.core.mapping.drafts import name_column
from imports.models import ImportJob
from tests.browser import tour
from tests.browser.importing import make_csv
from tests.browser.signing_in import PASSWORD
from tests.imports.conftest import MakeJob
from tests.imports.connecting import create_connection

PICTURE: FilePayload = {
    "name": "people.png",
    "mimeType": "image/png",
    "buffer": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
}
# Of the user "native01" of samples/native_users.json.
SAMPLE_SECRET = b32decode("GRLNIX6SYCOL62EYBQMEVUADHVBHCXZA")
# A browser would keep most of what is wrong to itself.
SEND_ALL = "document.querySelectorAll('form').forEach(form => { form.noValidate = true; })"
OPEN_ALL = "document.querySelectorAll('details').forEach(each => { each.open = true; })"


@dataclass(frozen=True, slots=True)
class Answer:
    """A form filled in by the names of its fields and sent, and words of what comes back.

    It is sent by a button, or by Enter in the last field; without an address, on the page that
    the answer before has led to.
    """

    address: str
    says: str
    fields: Mapping[str, str | FilePayload] = field(default_factory=dict)
    button: str = ""


# By a name that a file can have, each following on the one before.
Answers = dict[str, Answer]


def send(page: Page, answer: Answer) -> None:
    """Bring a window to an answer."""
    if answer.address:
        page.goto(answer.address)
    page.evaluate(SEND_ALL)
    page.evaluate(OPEN_ALL)
    for name, value in answer.fields.items():
        _fill(page, name, value)
    with page.expect_navigation():
        if answer.button:
            page.get_by_role("button", name=answer.button, exact=True).click()
        else:
            page.keyboard.press("Enter")


def _fill(page: Page, name: str, value: str | FilePayload) -> None:
    found = page.locator(f"main [name='{name}'], #content [name='{name}']").first
    if not isinstance(value, str):
        found.set_input_files(value)
    elif found.evaluate("each => each.tagName") == "SELECT":
        found.select_option(value)
    else:
        found.fill(value)
        found.focus()


def list_staff_answers(operator: User, make_job: MakeJob, run_job: MakeJob) -> Answers:
    """Return what staff are told about what they have sent."""
    draft = tour.upload(tour.SAMPLES / "aspnet_identity_users.csv", operator)
    finished = run_job((tour.SAMPLES / "mistakes.csv").read_bytes(), name="mistakes.csv")
    own = _list_answers_before(draft) | _list_tests(draft, operator) | _list_answers_after(finished)
    return own | _list_refused_forms() | _list_answers_of_a_connection(operator)


def _list_answers_before(draft: ImportJob) -> Answers:
    mapping = reverse("imports:mapping", args=[draft.pk])
    return {
        "upload-refused": Answer(
            reverse("imports:upload"),
            "not CSV, JSON, NDJSON or LDIF",
            {"file": PICTURE},
            button="Upload",
        ),
        "template-refused": Answer(
            reverse("imports:import_template"),
            "not a mapping template",
            {"file": PICTURE},
            button="Import",
        ),
        "mapping-refused": Answer(
            mapping,
            "The mapping cannot be used yet.",
            {f"{name_column('NormalizedUserName')}-0": "profile.email"},
            button="Save",
        ),
        "reading-refused": Answer(
            mapping, "Expected a JSON array", {"syntax": "json"}, button="Read file again"
        ),
        "policies-refused": Answer(
            reverse("imports:policies", args=[draft.pk]),
            "Nothing was saved",
            {"rate_limit": "-1", "failure_threshold": "101"},
            button="Save policies",
        ),
    }


def _list_tests(draft: ImportJob, operator: User) -> Answers:
    """Return what tests of a password and of a code find."""
    native = tour.upload(tour.SAMPLES / "native_users.json", operator)
    password = reverse("imports:test_sign_in_password", args=[draft.pk])
    code = reverse("imports:test_sign_in_code", args=[native.pk])
    usual = totp.Parameters()
    right = totp.generate_code(SAMPLE_SECRET, int(time.time()) // usual.period, usual)
    return {
        "test-sign-in-password-right": Answer(
            password, "works with this mapping", {"record": "1", "password": "Ferry-01-Crossing"}
        ),
        "test-sign-in-password-wrong": Answer(
            password,
            "The password does not match the hash",
            {"record": "1", "password": "Guessed-Wrongly"},
        ),
        "test-sign-in-password-refused": Answer(
            password, "No such record was found", {"record": "nobody", "password": "Whatever-2026"}
        ),
        "test-sign-in-code-right": Answer(
            code, "The code of row 1 is correct", {"record": "native01@example.org", "code": right}
        ),
        "test-sign-in-code-refused": Answer(
            code, "Enter the digits", {"record": "1", "code": "abc"}
        ),
    }


def _list_answers_after(finished: ImportJob) -> Answers:
    of_job = [finished.pk]
    results = reverse("imports:results", args=of_job)
    other_file = make_csv("other.csv", ["id", "email"], [["1", "a@example.com"]])
    return {
        "retry-refused": Answer(results, "Select the records to retry", button="Retry selected"),
        "undo-refused": Answer(
            results + "?status=created",
            "Select the records to undo first",
            button="Undo selected…",
        ),
        "edit-refused": Answer(
            reverse("imports:edit", args=[*of_job, 9]),
            "With these values it would still fail.",
            button="Check values",
        ),
        "corrected-refused": Answer(
            reverse("imports:corrected_files", args=of_job),
            "has no column",
            {"file": other_file},
            button="Upload",
        ),
    }


def _list_answers_of_a_connection(operator: User) -> Answers:
    connection = create_connection(operator)
    page = reverse("connections:connection", args=[connection.pk])
    form = reverse("admin:imports_connection_change", args=[connection.pk])
    return {
        "connection-secret": Answer(page, "It is shown only once.", button="Create token"),
        "connection-refused": Answer(form, "not JSON", {"mapping_text": "{"}, button="Save"),
    }


def _list_refused_forms() -> Answers:
    """Return forms of the admin, of invitations and of one's own account, with errors."""
    return {
        "campaign-refused": Answer(
            reverse("invitations:new"),
            "needs {link}",
            {"body": "Hello"},
            button="Create campaign",
        ),
        "directory-refused": Answer(
            reverse("admin:imports_legacydirectory_add"),
            "Please correct the errors below.",
            {"url": "nowhere", "mapping_text": "{"},
            button="Save",
        ),
        "user-refused": Answer(
            reverse("admin:accounts_user_add"),
            "Please correct the error",
            {"email": "nobody"},
            button="Save",
        ),
        "new-password-refused": Answer(
            reverse("account_change_password"),
            "password",
            {"oldpassword": "Wrong-2026", "password1": "short", "password2": "other"},
        ),
        "step-up-refused": Answer(
            reverse("account_reauthenticate"), "ncorrect", {"password": "Wrong-2026"}
        ),
    }


def list_sign_in_answers() -> list[Answers]:
    """Return what somebody sees on the ways to sign in, each way in a window of its own."""
    login = reverse("account_login")
    ada = _make_person("ada")
    Authenticator.objects.create(user=ada, type="totp", data=totp.build_data("JBSWY3DPEHPK3PXP"))
    Authenticator.objects.create(
        user=ada, type="recovery_codes", data=recovery_codes.build_data(["ABCD-1234"])
    )
    eve = _make_person("eve")
    eve.password_expires_at = timezone.now() - timedelta(days=1)
    eve.save()
    return [
        {
            "sign-in-refused": Answer(
                login, "incorrect", {"login": "nobody", "password": "Wrong-2026"}
            )
        },
        {
            "sign-in-code": Answer(
                reverse("account_request_login_code"), "code", {"email": eve.email}
            ),
            "sign-in-code-refused": Answer("", "ncorrect", {"code": "AAAA-AAAA"}),
        },
        {
            "second-factor": Answer(
                login, "Multi-factor authentication", {"login": ada.username, "password": PASSWORD}
            ),
            "second-factor-refused": Answer("", "ncorrect", {"code": "000000"}),
        },
        {
            "expired-password": Answer(
                login, "Choose a new password", {"login": eve.username, "password": PASSWORD}
            ),
            "expired-password-refused": Answer(
                "",
                "other than the expired one",
                {"password1": PASSWORD, "password2": PASSWORD},
            ),
        },
    ]


def list_links_of_mails() -> tour.Addresses:
    """Return where the links lead that people get by e-mail, each with what a used one shows."""
    user = _make_person("kim")
    reset, confirm = "account_reset_password_from_key", "account_confirm_email"
    address = EmailAddress.objects.create(user=user, email="new@example.com")
    token = default_token_generator.make_token(user)
    return {
        "reset-link": reverse(reset, args=[user_pk_to_url_str(user), token]),
        "reset-link-used": reverse(reset, args=["1", "used"]),
        "confirm-link": reverse(confirm, args=[EmailConfirmationHMAC(address).key]),
        "confirm-link-used": reverse(confirm, args=["used"]),
    }


def _make_person(name: str) -> User:
    user = User.objects.create_user(
        PASSWORD, subject_id=name, username=name, email=f"{name}@example.com"
    )
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user
