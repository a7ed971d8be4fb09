"""The front page leads a newcomer, and shows what runs, what waits and who came, in a browser."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.importing import make_csv, upload
from tests.browser.signing_in import ADMINISTRATOR, PASSWORD, sign_in

FRONT = "/admin/"
HASH = "$2b$10$hpMtJEhdKUpCTQx4oaSiLOB2mQ9E8IikzItHnM8cHrQFzzsvH2Vge"
PEOPLE = make_csv(
    "people.csv",
    ["id", "email", "password_hash"],
    [
        [f"p{number}", f"person{number}@example.org" if number > 1 else "nonsense", HASH]
        for number in range(1, 401)
    ],
)


def find_card(page: Page, heading: str) -> Locator:
    return page.locator(".uf-card", has=page.get_by_role("heading", name=heading, exact=True))


def go_to_step(page: Page, label: str) -> None:
    page.get_by_role("list", name="Steps").get_by_role("link", name=label).click()


@pytest.mark.browser
def test_front_page_shows_a_job_from_its_upload_to_what_it_left_to_do(
    page: Page, site: str
) -> None:
    sign_in(page, site, ADMINISTRATOR, PASSWORD, FRONT)

    expect(page.get_by_role("heading", name="No imports yet")).to_be_visible()
    page.locator(".uf-empty").get_by_role("link", name="Import jobs").click()
    expect(page.get_by_role("heading", name="No imports yet")).to_be_visible()
    page.get_by_role("link", name="Upload a file").click()
    upload(page, PEOPLE)

    # Whoever leaves the mapping and comes back finds it as it was.
    page.get_by_label("Update", exact=True).check()
    page.get_by_label("Batch size").fill("10")
    page.get_by_role("button", name="Edit policies").click()
    page.get_by_label("Records a second, at most").fill("1")
    page.get_by_role("button", name="Save policies").click()
    expect(page.get_by_role("heading", name="No dry run yet")).to_be_visible()
    page.goto(f"{site}{FRONT}")
    find_card(page, "Action required").get_by_role(
        "link", name="people.csv: start the dry run"
    ).click()
    page.get_by_role("button", name="Start dry run").click()
    expect(page.get_by_text("1 of 400 records will fail")).to_be_visible()
    go_to_step(page, "Mapping")
    expect(page.get_by_label("Update", exact=True)).to_be_checked()
    expect(page.get_by_label("Batch size")).to_have_value("10")
    go_to_step(page, "Dry run")
    expect(page.get_by_text("1 of 400 records will fail")).to_be_visible()

    # At ten records every ten seconds it runs until it is let go faster.
    page.get_by_role("button", name="Import everything").click()
    expect(page.locator("#live")).to_contain_text(re.compile("a second; about .+ left"))
    page.goto(f"{site}{FRONT}")
    running = find_card(page, "Running now")
    expect(running.get_by_role("progressbar")).to_be_visible()
    running.get_by_role("link", name="people.csv").click()
    expect(page.get_by_text("You can leave this page")).to_be_visible()
    page.get_by_label("Records a second, at most").fill("")
    page.get_by_role("button", name="Change limits").click()
    expect(page.get_by_text("The import has finished. 1 record failed.")).to_be_visible()

    page.goto(f"{site}/admin/imports/sources/")
    page.get_by_role("button", name="Count now").click()
    page.goto(f"{site}{FRONT}")
    expect(page.get_by_role("heading", name="Running now")).to_have_count(0)
    expect(find_card(page, "Recent jobs")).to_contain_text("399 created, 0 updated")
    expect(find_card(page, "Migration progress")).to_contain_text("0 of 399 signed in")
    expect(find_card(page, "Legacy hashes")).to_contain_text("bcrypt")
    find_card(page, "Action required").get_by_role("link", name="fix and retry").click()
    expect(page.locator(".uf-tabs [aria-current]")).to_have_text("Failed 1")
