"""An import that a second person has to approve, from its dry run to its report, in a browser."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from accounts.models import User
from tests.browser.importing import make_csv, upload
from tests.browser.signing_in import ADMINISTRATOR, PASSWORD, sign_in

APPROVER = "second@example.com"


@pytest.fixture(autouse=True)
def _approval_required(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have imports approved, on the site and by its workers."""
    settings.IMPORT_APPROVAL = "required"
    monkeypatch.setenv("IMPORT_APPROVAL", "required")


@pytest.mark.browser
def test_plan_that_has_changed_since_approval_is_refused_and_imported_once_it_is_approved_anew(
    page: Page, site: str
) -> None:
    User.objects.create_superuser(email=APPROVER, password=PASSWORD)
    people = [[f"u{number}", f"person{number}@example.org"] for number in range(1, 11)]
    sign_in(page, site, ADMINISTRATOR, PASSWORD, "/admin/imports/upload/")
    upload(page, make_csv("people.csv", ["id", "email"], people))
    page.get_by_role("button", name="Save and start dry run").click()
    expect(page.get_by_text("somebody else has to approve it")).to_be_visible()
    expect(page.get_by_role("button", name="Import everything")).to_have_count(0)
    dry_run = page.url.removeprefix(site)

    approve(page, site, dry_run, "Ten people, as agreed.")
    User.objects.create_user(subject_id="other", email="person7@example.org")
    page.get_by_role("button", name="Import everything").click()
    page.goto(f"{site}{dry_run}")
    expect(page.get_by_text("Row 7 (u7) was to be created, and would now fail")).to_be_visible()
    assert not User.objects.filter(subject_id="u1").exists()

    sign_out(page)
    sign_in(page, site, ADMINISTRATOR, PASSWORD, dry_run)
    page.get_by_role("button", name="Repeat dry run").click()
    expect(page.get_by_text("somebody else has to approve it")).to_be_visible()
    approve(page, site, dry_run, "One of them is here already.")
    page.get_by_role("button", name="Import everything").click()
    expect(page.get_by_text("The result matches the dry run.")).to_be_visible()

    page.get_by_role("link", name="Report").click()
    comment = page.get_by_role("cell", name="One of them is here already.", exact=True)
    expect(comment).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")


@pytest.mark.browser
def test_plan_that_is_rejected_is_not_imported_before_it_was_changed_and_approved(
    page: Page, site: str
) -> None:
    User.objects.create_superuser(email=APPROVER, password=PASSWORD)
    sign_in(page, site, ADMINISTRATOR, PASSWORD, "/admin/imports/upload/")
    people = [["u1", "person1@example.org"], ["u2", "nonsense"]]
    upload(page, make_csv("people.csv", ["id", "email"], people))
    page.get_by_role("button", name="Save and start dry run").click()
    expect(page.get_by_text("somebody else has to approve it")).to_be_visible()
    dry_run = page.url.removeprefix(site)

    # Without a reason nothing is rejected.
    sign_out(page)
    sign_in(page, site, APPROVER, PASSWORD, dry_run)
    page.get_by_role("button", name="Reject").click()
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    decide(page, "Reject", "Why does row 2 fail?")
    expect(page.get_by_role("button", name="Import everything")).to_have_count(0)

    # Whoever prepared it is told on the front page, and goes on from there.
    sign_out(page)
    sign_in(page, site, ADMINISTRATOR, PASSWORD, "/admin/")
    page.get_by_role("link", name="see why, change it and repeat the dry run").click()
    expect(page.get_by_text("rejected plan")).to_contain_text(APPROVER)
    page.goto(page.url.replace("dry-run/", "mapping/"))
    page.get_by_label("Update", exact=True).check()
    page.get_by_role("button", name="Save and start dry run").click()
    expect(page.get_by_text("somebody else has to approve it")).to_be_visible()
    approve(page, site, dry_run, "Row 2 is nobody.")
    page.get_by_role("button", name="Import everything").click()
    expect(page.get_by_text("The result matches the dry run.")).to_be_visible()
    assert User.objects.filter(subject_id="u1").exists()


def approve(page: Page, site: str, dry_run: str, comment: str) -> None:
    """Sign in as the second person and approve; they stay signed in."""
    sign_out(page)
    sign_in(page, site, APPROVER, PASSWORD, dry_run)
    decide(page, "Approve", comment)


def decide(page: Page, decision: str, comment: str) -> None:
    """Approve or reject the plan that the page shows."""
    page.get_by_label("Comment").fill(comment)
    page.get_by_role("button", name=decision).click()
    expect(page.get_by_text(comment)).to_be_visible()


def sign_out(page: Page) -> None:
    page.context.clear_cookies()
