"""Users who are missing from an export are reviewed, disabled and enabled again, in a browser."""

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from tests.browser.importing import import_everything, make_csv, upload
from tests.browser.signing_in import ADMINISTRATOR, PASSWORD, sign_in

UPLOAD = "/admin/imports/upload/"
HEADER = ["id", "email", "given_name"]
PEOPLE = [[f"p{number}", f"p{number}@example.com", f"Person {number}"] for number in range(10)]


@pytest.mark.browser
def test_missing_users_are_reviewed_disabled_and_enabled_again(page: Page, site: str) -> None:
    sign_in(page, site, ADMINISTRATOR, PASSWORD, UPLOAD)
    upload(page, make_csv("monday.csv", HEADER, PEOPLE))
    import_everything(page)
    page.goto(f"{site}{UPLOAD}")
    upload(page, make_csv("tuesday.csv", HEADER, PEOPLE[3:]))
    import_everything(page)

    page.get_by_role("link", name="Review missing users").click()
    expect(page.get_by_text("3 of the 10 active users of")).to_be_visible()
    page.get_by_role("link", name="Disable all missing…").click()

    # What speaks against it comes first; the browser holds the button back until it is confirmed.
    expect(page.get_by_text("which is more than 20%.")).to_be_visible()
    page.get_by_role("button", name="Disable 3 users").click()
    assert list_inactive() == []
    page.get_by_label("I have checked that the file has all users").check()
    page.get_by_role("button", name="Disable 3 users").click()

    expect(page.get_by_role("heading", name="Last decision")).to_be_visible()
    expect(find_stat(page, "Disabled").first).to_contain_text("3")
    assert list_inactive() == ["p0", "p1", "p2"]

    page.get_by_role("link", name="Enable them again…").click()
    page.get_by_role("button", name="Enable 3 users").click()
    expect(page.get_by_role("heading", name="Last undo")).to_be_visible()
    expect(find_stat(page, "Users enabled again")).to_contain_text("3")
    assert list_inactive() == []


def find_stat(page: Page, label: str) -> Locator:
    return page.locator(".uf-stat", has_text=label)


def list_inactive() -> list[str]:
    users = User.objects.filter(is_active=False).order_by("subject_id")
    return list(users.values_list("subject_id", flat=True))
