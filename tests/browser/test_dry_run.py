"""From a dry run that finds trouble to a run that does what the last dry run said, in a browser."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Role, User
from imports.models import ImportJob
from tests.browser.importing import make_csv, upload
from tests.browser.signing_in import ADMINISTRATOR, PASSWORD, sign_in

COLUMNS = ["id", "email", "last_login", "active", "roles", "shoe"]
ROLES = ["editor", "author", "legacy", ""]


def write_row(number: int) -> list[str]:
    """Return one of 40 users: ten were not seen since 2019, one has no address but nonsense."""
    email = "nonsense" if number == 40 else f"person{number}@example.org"
    seen = "2019-05-31" if number <= 10 else "2024-05-31"
    active = "no" if number in {11, 12} else "yes"
    return [f"u{number}", email, seen, active, ROLES[number % 4], "38"]


def read_stats(page: Page) -> dict[str, str]:
    """Return the figures at the top of the dry run or run page by what they are called."""
    stats = page.locator(".uf-stat").all()
    return {
        stat.locator("dt").inner_text().split()[-1].lower(): stat.locator("dd").first.inner_text()
        for stat in stats
    }


@pytest.mark.browser
def test_what_the_dry_run_finds_is_decided_on_and_the_run_comes_to_its_counts(
    page: Page, site: str
) -> None:
    Role.objects.create(key="writer")
    sign_in(page, site, ADMINISTRATOR, PASSWORD, "/admin/imports/upload/")
    upload(page, make_csv("people.csv", COLUMNS, map(write_row, range(1, 41))))
    page.get_by_role("button", name="Save and start dry run").click()

    expect(page.get_by_text("30 of 40 records will fail")).to_be_visible()
    expect(page.get_by_text("row 40, nonsense")).to_be_visible()
    page.get_by_label("Decision for the role “editor”").select_option("create")
    page.get_by_label("Decision for the role “author”").select_option("rename")
    page.get_by_label("Replacement for the role “author”").fill("writer")
    page.get_by_label("All others").select_option("ignore")
    page.get_by_role("button", name="Save decisions").click()

    expect(page.get_by_text("1 of 40 records will fail")).to_be_visible()
    expect(page.get_by_role("row", name="Role legacy")).to_be_visible()
    page.get_by_text("Exclude records:").click()
    page.get_by_label("Last sign-in before").fill("2020-01-01")
    page.get_by_label("Disabled accounts (2)").check()
    page.get_by_role("button", name="Exclude records").click()

    expect(page.get_by_text("27 will be created, 12 skipped.")).to_be_visible()
    predicted = read_stats(page)
    page.get_by_role("button", name="Import everything").click()

    expect(page.get_by_text("The result matches the dry run.")).to_be_visible()
    done = read_stats(page)
    assert (done["created"], done["skipped"], done["failed"]) == ("27", "12", "1")
    assert (predicted["created"], predicted["skipped"], predicted["fail"]) == ("27", "12", "1")
    assert list(User.objects.get(subject_id="u13").roles.values_list("key", flat=True)) == [
        "writer"
    ]
    assert not Role.objects.filter(key="legacy").exists()
    assert ImportJob.objects.get().mapping["roles"] == {"author": "writer", "legacy": ""}
