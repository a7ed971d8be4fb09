"""Failing records are corrected on the way to the run, and the run imports all of them."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import AttributeDefinition, User
from tests.browser.importing import look_at_results, make_csv, upload
from tests.browser.signing_in import ADMINISTRATOR, PASSWORD, sign_in

HEADER = ["id", "email", "phone", "department"]
PEOPLE = [
    ["p1", "ada@example.org", "+442079460958", "Sales"],
    ["p2", "bea@example.org", "+442079460959", ""],
    ["p3", "cid@example.org", "+442079460960", ""],
    ["p4", "dan@example.org", "extension 12", "Sales"],
]


@pytest.mark.browser
def test_what_would_fail_is_corrected_before_the_run_and_all_become_users(
    page: Page, site: str
) -> None:
    AttributeDefinition.objects.create(name="department", required=True)
    sign_in(page, site, ADMINISTRATOR, PASSWORD, "/admin/imports/upload/")
    upload(page, make_csv("people.csv", HEADER, PEOPLE))
    page.get_by_role("button", name="Save and start dry run").click()
    expect(page.get_by_text("3 of 4 records will fail")).to_be_visible()

    # One value for the whole error group.
    page.get_by_role("link", name="Fix… ").filter(has_text="department").click()
    page.get_by_label("where it is empty").fill("Unknown")
    page.get_by_role("button", name="Set", exact=True).click()
    corrections = page.locator("#corrections")
    expect(corrections.get_by_text("Not in this dry run yet.")).to_be_visible()

    # The button of a correction that asks nothing, added and removed again, then added for good.
    for attempt in range(2):
        page.get_by_role("link", name="Fix… ").filter(has_text="phone").click()
        page.get_by_role("button", name="Import without “Phone”").click()
        expect(corrections.get_by_role("listitem")).to_have_count(2)
        if attempt == 0:
            corrections.get_by_role("button", name="Remove Phone").click()
            expect(corrections.get_by_role("listitem")).to_have_count(1)

    page.get_by_role("button", name="Repeat dry run").click()
    expect(page.get_by_text("All 4 records are valid.")).to_be_visible()
    expect(corrections.get_by_text("2 records: all will be created.")).to_be_visible()
    page.get_by_role("button", name="Import everything").click()
    look_at_results(page)

    expect(page.get_by_role("link", name="Failed 0")).to_be_visible()
    found = User.objects.filter(subject_id__in=["p1", "p2", "p3", "p4"]).order_by("subject_id")
    departments = [user.attributes["department"] for user in found]
    assert departments == ["Sales", "Unknown", "Unknown", "Sales"]
    assert [bool(user.phone) for user in found] == [True, True, True, False]
