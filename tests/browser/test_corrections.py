"""From a file with a dozen kinds of mistakes to all users imported, without leaving the browser."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from accounts.models import AttributeDefinition, User
from imports.models import ImportRecord, RecordEdit
from tests.browser.importing import (
    import_everything,
    look_at_results,
    make_csv,
    upload,
    wait_for_attempt,
)
from tests.browser.signing_in import ADMINISTRATOR, PASSWORD, sign_in
from tests.imports.conftest import MakeJob

MISTAKES = Path(__file__).resolve().parents[2] / "samples" / "mistakes.csv"
# Rows that came apart, as they were meant.
WHOLE = {
    "4": {"id": "m4", "username": "dmitri", "email": "dmitri@example.net", "email_verified": "true",
          "phone": "", "given_name": "Dmitri", "family_name": "Dvořák", "password_hash": "",
          "active": "true", "created_at": "2024-01-08", "roles": ""},
    "6": {"id": "m6", "username": "farah", "email": "farah@example.net", "email_verified": "true",
          "phone": "", "given_name": "Farah", "family_name": "Fontaine, Jr.", "password_hash": "",
          "active": "true", "created_at": "2024-01-10", "roles": ""},
    "7": {"id": "m7", "username": "goran", "email": "goran@example.net", "email_verified": "true",
          "phone": "", "given_name": "Goran", "family_name": "Grünwald", "password_hash": "",
          "active": "true", "created_at": "2024-01-11", "roles": ""},
}  # fmt: skip


def wait_for_retry(page: Page) -> None:
    """See on the results, which a retry leads to from another page, that it is over."""
    expect(page.get_by_text(re.compile(r"Attempt \d+ retried"))).to_be_visible()


def correct_group(page: Page, error_group: str, act: Callable[[Page], None]) -> None:
    """Open the corrections of an error group, apply one and return to the results."""
    row = page.get_by_role("row").filter(has_text=error_group)
    row.get_by_role("link", name="Fix…").click()
    act(page)
    wait_for_retry(page)


def replace_value(old: str, new: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.get_by_label(f"New value for “{old}”").fill(new)
        page.get_by_role("button", name="Replace and retry").click()

    return act


def press(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("button", name=name).click()


def edit(page: Page, row: int, values: dict[str, str]) -> None:
    """Edit a record in place: see that it would be imported, then retry it."""
    page.get_by_role("link", name=str(row), exact=True).click()
    page.get_by_role("link", name="Edit record").click()
    for label, value in values.items():
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("It would be created.")).to_be_visible()
    page.get_by_role("button", name="Save and retry").click()
    wait_for_retry(page)


def correct_in_a_spreadsheet(page: Page) -> None:
    """Download what is left, correct it and upload it again."""
    page.get_by_role("link", name="Download…").click()
    page.get_by_label("Format").select_option("csv")
    page.get_by_label("Include password hashes").check()
    with page.expect_download() as started:
        page.get_by_role("button", name="Download").click()
    rows = list(csv.DictReader(io.StringIO(started.value.path().read_text("utf-8-sig"))))
    for row in rows:
        row.update(WHOLE.get(row["userferry_row"], {}))
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    page.get_by_label("Corrected file").set_input_files(
        {"name": "corrected.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode()}
    )
    page.get_by_role("button", name="Upload").click()
    expect(page.locator(".uf-badge.is-created")).to_have_count(len(WHOLE))
    page.get_by_role("button", name=f"Retry {len(WHOLE)} records").click()
    wait_for_retry(page)


@pytest.mark.browser
def test_a_file_with_a_dozen_mistakes_is_imported_whole(page: Page, site: str) -> None:
    sign_in(page, site, ADMINISTRATOR, PASSWORD, "/admin/imports/upload/")
    page.locator("[name=file]").set_input_files(MISTAKES)
    page.get_by_role("button", name="Upload", exact=True).click()
    page.get_by_role("button", name="Save and start dry run").click()
    page.get_by_label("“verified in both rows”").select_option("apart")
    page.get_by_label("“no e-mail address, user name").select_option("skip")
    page.get_by_role("button", name="Save decisions").first.click()
    page.get_by_role("button", name="Import everything").click()
    look_at_results(page)
    expect(page.locator(".uf-tabs [aria-current]")).to_have_text("Failed 15")

    page.get_by_role("button", name="Create and retry the role “wizards”").click()
    expect(page.get_by_text("Attempt 2 retried 1 record: 1 created.")).to_be_visible()
    correct_group(
        page, "not an e-mail address", replace_value("chloe.example.net", "chloe@example.net")
    )
    correct_group(page, "Expected true or false", replace_value("maybe", "false"))
    correct_group(page, "Expected a date and time", replace_value("31.02.2024", "2024-02-29"))
    correct_group(page, "international phone number", press("Import without “Phone”"))
    for error_group in ("bcrypt text of 60", "costs too much"):
        correct_group(page, error_group, press("Import without “Password”"))
    edit(page, 2, {"id": "m2"})
    edit(page, 14, {"email": "nils@example.net"})
    edit(page, 16, {"username": "priya"})
    edit(page, 17, {"given_name": "Quentin"})
    edit(page, 18, {})
    correct_in_a_spreadsheet(page)

    expect(page.get_by_role("link", name="Failed 0")).to_be_visible()
    assert ImportRecord.objects.filter(status="created").count() == 18
    assert RecordEdit.objects.filter(file_name="corrected.csv").count() == len(WHOLE)
    assert User.objects.get(subject_id="m6").family_name == "Fontaine, Jr."
    assert User.objects.get(subject_id="m11").has_usable_password() is False


@pytest.mark.browser
def test_two_people_with_one_id_and_one_whose_row_came_apart_all_become_users(
    page: Page, site: str
) -> None:
    columns = ["id", "email", "username", "given_name"]
    people = [["p1", "ada@example.org", "ada", "Ada"], ["p1", "bea@example.org", "bea", "Bea"],
              ["p3", "cid@example.org", "cid", "Cid", "Parking 14"]]  # fmt: skip
    sign_in(page, site, ADMINISTRATOR, PASSWORD, "/admin/imports/upload/")
    upload(page, make_csv("people.csv", columns, people))
    page.get_by_role("button", name="Save and start dry run").click()
    page.get_by_role("button", name="Save decisions").click()
    page.get_by_role("button", name="Import everything").click()
    look_at_results(page)

    edit(page, 3, dict(zip(columns, people[2], strict=False)))
    edit(page, 2, {"id": "p2"})

    expect(page.get_by_role("link", name="Created 3")).to_be_visible()
    found = User.objects.filter(email__endswith="@example.org").order_by("subject_id")
    assert list(found.values_list("subject_id", "username")) == [
        ("p1", "ada"), ("p2", "bea"), ("p3", "cid")
    ]  # fmt: skip


@pytest.mark.browser
def test_value_that_people_must_have_is_given_to_all_who_lack_it(page: Page, site: str) -> None:
    AttributeDefinition.objects.create(name="department", required=True)
    people = [["p1", "ada@example.org", "Sales"], ["p2", "bea@example.org", ""],
              ["p3", "cid@example.org", ""]]  # fmt: skip
    sign_in(page, site, ADMINISTRATOR, PASSWORD, "/admin/imports/upload/")
    upload(page, make_csv("people.csv", ["id", "email", "department"], people))
    import_everything(page)
    expect(page.locator(".uf-tabs [aria-current]")).to_have_text("Failed 2")

    page.get_by_role("link", name="Fix…").click()
    page.get_by_label("where it is empty").fill("Unknown")
    page.get_by_role("button", name="Set and retry").click()
    wait_for_retry(page)

    expect(page.get_by_role("link", name="Failed 0")).to_be_visible()
    found = User.objects.filter(subject_id__in=["p1", "p2", "p3"]).order_by("subject_id")
    departments = [user.attributes["department"] for user in found]
    assert departments == ["Sales", "Unknown", "Unknown"]


@pytest.mark.browser
def test_rows_with_too_many_cells_are_put_right_without_typing_one_of_them(
    page: Page, site: str
) -> None:
    lines = (
        "id,name,email\nw1,Ada,ada@example.org,\nw2,Berg, Bea,bea@example.org\n"
        "w3,Cid,cid@example.org\nw4,Dorn, Dan,dan@example.org\n"
    )
    sign_in(page, site, ADMINISTRATOR, PASSWORD, "/admin/imports/upload/")
    upload(page, {"name": "wide.csv", "mimeType": "text/csv", "buffer": lines.encode()})
    import_everything(page)
    expect(page.locator(".uf-tabs [aria-current]")).to_have_text("Failed 3")

    page.get_by_role("link", name="Fix…").click()
    expect(page.get_by_text("What they hold is lost.")).to_be_visible()
    page.get_by_label("Column of the split value").select_option("name")
    page.get_by_role("button", name="Join and retry").click()
    wait_for_attempt(page, 2)
    page.get_by_role("link", name="Fix…").click()
    page.get_by_role("button", name="Drop empty cells").click()
    wait_for_attempt(page, 3)

    expect(page.get_by_role("link", name="Failed 0")).to_be_visible()
    found = User.objects.filter(email__endswith="@example.org").order_by("subject_id")
    assert list(found.values_list("subject_id", "email", "display_name")) == [
        ("w1", "ada@example.org", "Ada"),
        ("w2", "bea@example.org", "Berg, Bea"),
        ("w3", "cid@example.org", "Cid"),
        ("w4", "dan@example.org", "Dorn, Dan"),
    ]
    page.get_by_role("link", name="invited to choose one").click()
    expect(page.get_by_role("heading", name="New invitation campaign")).to_be_visible()


def correct_workbook(path: Path) -> bytes:
    """Give the second column of the source, in every row, the address that its id stands for."""
    book, corrected = load_workbook(io.BytesIO(path.read_bytes())), io.BytesIO()
    sheet = book.active
    head = [cell.value for cell in sheet[1]]
    for row in range(2, sheet.max_row + 1):
        name = sheet.cell(row, head.index("id") + 1).value
        sheet.cell(row, head.index("email") + 1).value = f"{name}@example.org"
    book.save(corrected)
    return corrected.getvalue()


def correct_lines(path: Path) -> bytes:
    """Do the same to lines of JSON."""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    lines = [json.dumps(row | {"email": f"{row['id']}@example.org"}) for row in rows]
    return "\n".join(lines).encode()


@pytest.mark.browser
@pytest.mark.parametrize("syntax", ["xlsx", "ndjson"])
def test_failures_are_corrected_in_the_format_that_they_were_downloaded_in(
    page: Page, site: str, run_job: MakeJob, syntax: str
) -> None:
    people = [
        [f"p{number}", "nonsense" if number > 1 else "p1@example.org"] for number in (1, 2, 3)
    ]
    job = run_job(make_csv("people.csv", ["id", "email"], people)["buffer"], name="people.csv")
    sign_in(page, site, ADMINISTRATOR, PASSWORD, reverse("imports:results", args=[job.pk]))
    page.get_by_role("link", name="Download…").click()
    page.get_by_label("Format").select_option(syntax)
    with page.expect_download() as started:
        page.get_by_role("button", name="Download").click()
    correct = {"xlsx": correct_workbook, "ndjson": correct_lines}[syntax]
    corrected = correct(started.value.path())
    page.get_by_label("Corrected file").set_input_files(
        {"name": f"corrected.{syntax}", "mimeType": "application/octet-stream", "buffer": corrected}
    )
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("button", name="Retry 2 records").click()
    wait_for_retry(page)

    expect(page.get_by_role("link", name="Failed 0")).to_be_visible()
    found = User.objects.filter(email__endswith="@example.org").values_list("subject_id", flat=True)
    assert sorted(found) == ["p1", "p2", "p3"]
