"""A file of plain passwords and hashes: asked about, answered by keyboard, imported, signed in."""

import bcrypt
import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.importing import look_at_results, make_csv, upload
from tests.browser.signing_in import ADMINISTRATOR, PASSWORD, sign_in

HASHED = bcrypt.hashpw(b"Maple-river-4", bcrypt.gensalt(4)).decode()
ROWS = [
    ["1", "ada@example.org", "Blue-River-42"],
    ["2", "ben@example.org", "Green-River-43"],
    ["3", "cyd@example.org", HASHED],
    ["4", "dee@example.org", "$xy$" + "q" * 43],
]


@pytest.mark.browser
def test_hashes_among_plain_passwords_stop_the_run_until_it_is_said_what_they_are(
    page: Page, site: str
) -> None:
    sign_in(page, site, ADMINISTRATOR, PASSWORD, "/admin/imports/upload/")
    upload(page, make_csv("mixed.csv", ["id", "email", "password"], ROWS))
    page.get_by_role("button", name="Save and start dry run").click()

    expect(page.get_by_role("heading", name="Action required")).to_be_visible()
    expect(page.get_by_role("button", name="Import everything")).to_have_count(0)
    assert HASHED not in page.content()
    expect(page.get_by_text("Certain", exact=True)).to_have_count(1)
    expect(page.get_by_label("“bcrypt”")).to_have_value("hash")
    expect(page.get_by_label("characters”")).to_have_value("none")
    page.get_by_label("“bcrypt”").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Save decisions")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_text("All decisions are made")).to_be_visible()
    page.get_by_role("button", name="Import everything").click()
    look_at_results(page)
    page.context.clear_cookies()
    sign_in(page, site, "cyd@example.org", "Maple-river-4")
    page.context.clear_cookies()
    sign_in(page, site, "ada@example.org", "Blue-River-42")
    assert not User.objects.get(subject_id="4").has_usable_password()
