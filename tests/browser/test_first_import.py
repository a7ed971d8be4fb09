"""A newcomer's first import, from the upload to the sign-in of an imported user, in a browser."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.importing import wait_for_attempt
from tests.browser.signing_in import ADMINISTRATOR, PASSWORD, SAMPLE, sign_in

# Its users 4 and 5 belong to groups, and the second of them has a role, that do not exist.
CAN_BE_CREATED = ["group “support”", "group “engineering”", "role “editor”"]


def count_of(page: Page, status: str) -> str:
    return page.locator(".uf-tabs a", has_text=status).locator(".uf-count").inner_text()


@pytest.mark.browser
def test_a_file_is_uploaded_mapped_dry_run_run_reviewed_and_retried(page: Page, site: str) -> None:
    sign_in(page, site, ADMINISTRATOR, PASSWORD, "/admin/imports/")

    page.get_by_role("link", name="Upload a file").click()
    page.locator("[name=file]").set_input_files(SAMPLE)
    page.get_by_role("button", name="Upload", exact=True).click()

    expect(page.locator("strong", has_text="Userferry record format")).to_be_visible()
    page.get_by_role("button", name="Save and start dry run").click()

    expect(page.get_by_text("2 of 25 records will fail")).to_be_visible()
    page.get_by_role("button", name="Run pilot (20)").click()

    expect(page.get_by_text("The pilot has finished.")).to_be_visible()
    page.get_by_role("button", name="Import the rest").click()

    expect(page.get_by_text("The import has finished. 2 records failed.")).to_be_visible()
    page.get_by_role("link", name="See results").click()
    assert count_of(page, "Created") == "23"

    for attempt, missing in enumerate(CAN_BE_CREATED, start=2):
        page.get_by_role("button", name=f"Create and retry the {missing}").click()
        wait_for_attempt(page, attempt)
    assert count_of(page, "Created") == "25"
    page.get_by_role("link", name="Created").click()
    page.get_by_role("link", name="5", exact=True).click()
    expect(page.get_by_text("Attempt 1:")).to_be_visible()
    page.get_by_role("link", name="Open user").click()
    expect(page.get_by_role("heading", name="Import history")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    before = User.objects.get(email="native05@example.org").password
    sign_in(page, site, "native05@example.org", "Native-05-Harbour")
    after = User.objects.get(email="native05@example.org").password
    assert before.startswith("bcrypt")
    assert after.startswith("argon2$argon2id$")
