"""Results are searched, filtered, downloaded, corrected and retried, in a browser."""

import csv
import hashlib
import io
import json
import re

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from playwright.sync_api import Download, Page, expect

from accounts.models import AttributeDefinition, Role, User
from imports.core.planning.conflicts import Mode
from imports.models import ImportRecord
from tests.browser.importing import import_everything, make_csv, upload, wait_for_attempt
from tests.browser.signing_in import ADMINISTRATOR, PASSWORD, sign_in
from tests.imports.conftest import MakeJob

HASH = "$2b$10$hpMtJEhdKUpCTQx4oaSiLOB2mQ9E8IikzItHnM8cHrQFzzsvH2Vge"
PEOPLE = make_csv(
    "people.csv",
    ["id", "username", "email", "given_name", "password_hash", "colour", "roles"],
    [
        ["p1", "ada", "ada@example.org", "Ada", HASH, "red", ""],
        ["p2", "bea", "bea@example.org", "Bea", HASH, "", ""],
        ["p3", "cid", "cid@example.org", "Cid", HASH, "blue", ""],
        ["p4", "dot", "dot@example.org", "Dot", HASH, " red", ""],
        ["p5", "eva", "eva@example.org", "Eva", HASH, "BLUE", ""],
        ["p6", "fay", "fay@example.org", "Fay", HASH, "Red", ""],
        ["p7", "gus", "gus@example.org", "Gus", HASH, "", "authors"],
        ["p8", "hal", "hal@example.org", "Hal", HASH, "", "editors"],
        ["p9", "ida", "ida@example.org", "Ida", HASH, "", "editors"],
        ["p10", "jan", "nonsense", "Jan", HASH, "", ""],
        ["p11", "kay", "taken@example.org", "Kay", HASH, "", ""],
        ["p12", "lea", "lea@example.org", "Lea", "$2b$31$" + HASH[7:], "", ""],
    ],
)
COLOUR, ROLE = "The attribute's value is not allowed", "The role does not exist"


@pytest.fixture
def met(transactional_db: None) -> None:
    """What the import meets: a colour has to be one of two, one role exists, and two users do."""
    AttributeDefinition.objects.create(name="colour", choices=["red", "blue"])
    Role.objects.create(key="writer")
    ada = {"subject_id": "p1", "source": "generic", "given_name": "Adelheid"}
    User.objects.create(email="ada@example.org", password="!", **ada)
    User.objects.create(subject_id="other", email="taken@example.org", password="!")


def expect_counts(page: Page, *labels: str) -> None:
    expect(page.locator(".uf-tabs a")).to_have_text(list(labels))


def expect_rows(page: Page, *rows: int) -> None:
    """See that the page lists these records and no others."""
    numbers = page.get_by_role("region", name="Records").locator("tbody th")
    expect(numbers).to_have_text([str(row) for row in rows])


def search(page: Page, results: str, status: str, fields: dict[str, str]) -> None:
    """Fill in the form above the records of a status, and send it."""
    page.goto(f"{results}?status={status}")
    for name, value in fields.items():
        field = page.get_by_role("search").locator(f"[name={name}]")
        if name in {"reason", "stage"}:
            field.select_option(label=value)
        else:
            field.fill(value)
    page.get_by_role("search").get_by_role("button", name="Search").click()


def download(page: Page, syntax: str) -> Download:
    """Download what the results page shows."""
    page.get_by_role("link", name="Download…").click()
    page.get_by_label("Format").select_option(syntax)
    with page.expect_download() as started:
        page.get_by_role("button", name="Download").click()
    return started.value


def open_record(page: Page, results: str, row: int) -> None:
    page.goto(f"{results}{row}/")


@pytest.mark.browser
def test_records_are_found_looked_at_and_downloaded_as_they_are_found(
    page: Page, idle_site: str, met: None, run_job: MakeJob
) -> None:
    job = run_job(PEOPLE["buffer"], name="people.csv", mode=Mode.UPDATE, chunk_rows=4)
    path = reverse("imports:results", args=[job.pk])
    sign_in(page, idle_site, ADMINISTRATOR, PASSWORD, path)
    results = page.url
    expect_counts(page, "Failed 9", "Skipped 0", "Created 2", "Updated 1", "All 12")
    expect_rows(page, *range(4, 13))

    for text, row in [("bea@", 2), ("p10", 10), ("HAL", 8), ("12", 12)]:
        search(page, results, "all", {"q": text})
        expect_rows(page, row)
    search(page, results, "all", {"chunk": "3"})
    expect_rows(page, 9, 10, 11, 12)
    search(page, results, "failed", {"stage": "Authenticators"})
    expect_rows(page, 12)
    search(page, results, "failed", {"reason": ROLE, "to": "8"})
    expect_rows(page, 7, 8)
    search(page, results, "failed", {"reason": COLOUR, "from": "5"})
    expect_rows(page, 5, 6)

    sheet = load_workbook(io.BytesIO(download(page, "xlsx").path().read_bytes())).active
    head, *rows = sheet.iter_rows(values_only=True)
    assert [row[head.index("userferry_row")] for row in rows] == ["5", "6"]
    assert [row[head.index("colour")] for row in rows] == ["BLUE", "Red"]
    assert {row[head.index("userferry_code")] for row in rows} == {"attribute_invalid"}
    assert "colour" in rows[0][head.index("userferry_reason")]
    assert "password_hash" not in head

    search(page, results, "failed", {"q": "p10"})
    lines = download(page, "ndjson").path().read_text().splitlines()
    assert [json.loads(line)["email"] for line in lines] == ["nonsense"]
    search(page, results, "created", {"q": "p"})
    text = download(page, "csv").path().read_text("utf-8-sig")
    assert [row["subject_id"] for row in csv.DictReader(io.StringIO(text))] == ["p2", "p3"]

    look_at_one_that_was_updated(page, results)
    look_at_one_that_failed(page, results)


def look_at_one_that_was_updated(page: Page, results: str) -> None:
    page.goto(results)
    page.get_by_role("link", name="Updated 1").click()
    page.get_by_role("link", name="1", exact=True).click()
    name = page.get_by_role("region", name="Changes").get_by_role("row", name="Given name")
    expect(name.locator("del")).to_have_text("Adelheid")
    expect(name.locator("ins")).to_have_text("Ada")
    page.get_by_role("link", name="Open user").click()
    expect(page.get_by_role("heading", name="Import history")).to_be_visible()


def look_at_one_that_failed(page: Page, results: str) -> None:
    open_record(page, results, 12)
    problem = page.locator(".uf-problem", has_text="Verifying the password hash costs too much")
    expect(problem).to_contain_text("password_hash")
    expect(page.get_by_role("region", name="Stages")).to_contain_text("Authenticators")
    source = page.get_by_role("region", name="Source row")
    expect(source.get_by_role("row", name="email")).to_contain_text("lea@example.org")
    expect(source.get_by_role("row", name="password_hash")).to_contain_text("Masked")
    expect(page.get_by_role("heading", name="Mapped record")).to_be_visible()
    expect(page.get_by_text(HASH[7:])).to_have_count(0)


@pytest.mark.browser
def test_failures_are_retried_in_every_way_and_their_history_is_kept(
    page: Page, site: str, met: None
) -> None:
    sign_in(page, site, ADMINISTRATOR, PASSWORD, reverse("imports:upload"))
    upload(page, PEOPLE)
    page.get_by_label("Update", exact=True).check()
    import_everything(page)
    results = page.url.partition("?")[0]

    # One, once what it failed for was corrected elsewhere.
    User.objects.filter(subject_id="other").update(email="free@example.org")
    open_record(page, results, 11)
    page.get_by_role("button", name="Retry record").click()
    wait_for_attempt(page, 2)
    expect_counts(page, "Failed 8", "Skipped 0", "Created 3", "Updated 1", "All 12")

    # Those that are ticked, and those that a filter finds.
    Role.objects.create(key="editors")
    page.get_by_role("checkbox", name="Row 8", exact=True).check()
    page.get_by_role("button", name="Retry selected").click()
    wait_for_attempt(page, 3)
    search(page, results, "failed", {"reason": ROLE, "from": "8"})
    page.get_by_role("button", name="Retry all matches").click()
    wait_for_attempt(page, 4)
    expect_counts(page, "Failed 6", "Skipped 0", "Created 5", "Updated 1", "All 12")

    # One by one, with a look at what would come of it.
    open_record(page, results, 10)
    page.get_by_role("link", name="Edit record").click()
    page.get_by_label("email", exact=True).fill("jan.example.org")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("With these values it would still fail.")).to_be_visible()
    page.get_by_label("email", exact=True).fill("jan@example.org")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_text("It would be created.")).to_be_visible()
    page.get_by_role("button", name="Save and retry").click()
    wait_for_attempt(page, 5)

    # All of one error group, by corrections that fit only some, and by another value.
    corrections = [(6, "Trim spaces", 4), (7, "Convert to lowercase", 2)]
    for attempt, correction, rest in corrections:
        open_error_group(page, "colour")
        page.get_by_role("button", name=correction).click()
        wait_for_attempt(page, attempt)
        expect(page.get_by_role("link", name=f"Failed {rest}")).to_be_visible()
    open_error_group(page, "There is no role “authors”")
    page.get_by_label("Use instead").fill("writer")
    page.get_by_role("button", name="Replace and retry").click()
    wait_for_attempt(page, 8)

    # All that failed; the last one still does.
    page.get_by_role("button", name="Retry all failed (1)").click()
    wait_for_attempt(page, 9)
    expect_counts(page, "Failed 1", "Skipped 0", "Created 10", "Updated 1", "All 12")
    page.get_by_role("link", name="12", exact=True).click()
    expect(page.get_by_text("Attempt 1:")).to_contain_text("Failed")

    assert set(
        ImportRecord.objects.filter(row_number__in=[4, 5, 6]).values_list("status", flat=True)
    ) == {"created"}
    assert User.objects.get(subject_id="p5").attributes == {"colour": "blue"}
    assert User.objects.get(subject_id="p7").roles.get().key == "writer"
    look_at_the_activity_log(page, results)
    look_at_the_report(page)


def open_error_group(page: Page, error_group: str) -> None:
    row = (
        page.get_by_role("region", name="Error groups")
        .get_by_role("row")
        .filter(has_text=error_group)
    )
    row.get_by_role("link", name=re.compile("[Ff]ix")).click()


def look_at_the_activity_log(page: Page, results: str) -> None:
    page.goto(results)
    page.get_by_role("link", name="Activity log").click()
    for said in ["uploaded the file", "started the import", "edited records: row 10"]:
        line = page.locator(".uf-timeline li", has_text=said).first
        expect(line).to_contain_text(ADMINISTRATOR)
    expect(page.get_by_text(hashlib.sha256(PEOPLE["buffer"]).hexdigest())).to_be_visible()
    expect(page.get_by_text(f"{len(PEOPLE['buffer']):,} bytes")).to_be_visible()
    options = page.locator(".uf-facts", has_text="Batch size")
    expect(options).to_contain_text("Existing users")
    expect(page.get_by_role("img", name=re.compile("Records written from"))).to_be_visible()
    page.get_by_text("Table by minute").click()
    expect(page.get_by_role("region", name="Records by minute").locator("td").first).to_be_visible()
    page.get_by_role("button", name="Undo The role “authors” becomes “writer”").click()
    expect(page.locator("del", has_text="The role “authors” becomes “writer”")).to_be_visible()


def look_at_the_report(page: Page) -> None:
    page.get_by_role("link", name="Back to the results").click()
    page.get_by_role("link", name="Report").click()
    headings = page.locator(".uf-report h2")
    for heading in ["The file", "Attempts", "Why records failed", "Passwords", "Signatures"]:
        expect(headings.filter(has_text=heading)).to_be_visible()
    expect(page.locator(".uf-stat", has_text="Created")).to_contain_text("10")
    expect(page.get_by_text("Accepted by the business")).to_be_visible()
