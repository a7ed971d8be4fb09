"""Seamless migration in a browser: set up a directory, try it, switch it on, and people come."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.fixtures import Settings

from tests.browser.signing_in import ADMINISTRATOR, PASSWORD, PATIENCE, sign_in
from tests.imports.directory_client.conftest import (
    PASSWORD as OLD_PASSWORD,
)
from tests.imports.directory_client.conftest import (
    TOKEN,
    Reference,
    running_app,
)


@pytest.fixture
def old_system(tmp_path: Path, settings: Settings) -> Iterator[Reference]:
    settings.LEGACY_DIRECTORY_HOSTS = ["127.0.0.1"]
    found = Reference(tmp_path / "old.sqlite3")
    with running_app(found) as found.url:
        yield found


@pytest.mark.browser
def test_directory_is_set_up_tried_switched_on_and_moves_a_user_on_the_migration_progress(
    page: Page, browser: Browser, idle_site: str, old_system: Reference
) -> None:
    ada, bob = old_system.add("ada"), old_system.add("bob")

    sign_in(page, idle_site, ADMINISTRATOR, PASSWORD, "/admin/directories/")
    page.get_by_role("link", name="Add directory").click()
    page.get_by_label("Name:", exact=True).fill("Old shop")
    page.get_by_label("Source name").fill("shop")
    page.get_by_label("URL:", exact=True).fill(old_system.url)
    page.get_by_label("Secret").fill(TOKEN)
    page.get_by_role("button", name="Save", exact=True).click()

    page.get_by_role("link", name="Test console").click()
    page.get_by_label("Sign-in name").fill(ada)
    page.get_by_label("Password").fill(OLD_PASSWORD)
    page.get_by_role("button", name="Send query").click()
    expect(page.get_by_text("Correct password.")).to_be_visible()
    expect(page.get_by_text(OLD_PASSWORD)).to_have_count(0)

    page.get_by_role("link", name="Back to the directory").click()
    page.get_by_label("Mode").select_option("on")
    page.get_by_role("button", name="Change mode").click()
    expect(page.get_by_text("Mode changed to “on”.")).to_be_visible()

    arrive(browser, idle_site, ada)
    assert read_returned(page, idle_site) == "1"
    arrive(browser, idle_site, bob)
    assert read_returned(page, idle_site) == "2"

    page.goto(f"{idle_site}/admin/directories/")
    page.get_by_role("link", name="Old shop").click()
    page.get_by_role("link", name="Migrated users and failures").click()
    expect(page.locator("tbody", has_text="ada@example.com")).to_be_visible()


def arrive(browser: Browser, site: str, login: str) -> None:
    """Sign in as somebody who has never been here, in a browser of their own."""
    with browser.new_context() as context:
        own = context.new_page()
        own.set_default_timeout(PATIENCE)
        sign_in(own, site, login, OLD_PASSWORD)


def read_returned(page: Page, site: str) -> str:
    """Count the users now and return how many of the source came back."""
    page.goto(f"{site}/admin/imports/sources/")
    page.get_by_role("button", name="Count now").click()
    expect(page.get_by_text("All users counted.")).to_be_visible()
    page.get_by_role("link", name="shop").click()
    stat = page.locator(".uf-stat", has_text="Signed in").locator("dd").first
    return stat.inner_text()
