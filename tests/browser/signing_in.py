"""Who signs in at the site of the browser tests, how, and with which file."""

from playwright.sync_api import Page

from tests.workers import ROOT

SAMPLE = ROOT / "samples" / "native_users.json"
ADMINISTRATOR, PASSWORD = "admin@example.com", "First-Import-2026"
# Milliseconds; a busy machine may take long, and nothing is gained by giving up early.
PATIENCE = 60_000


def sign_in(page: Page, site: str, login: str, password: str, path: str = "/") -> None:
    page.goto(f"{site}/accounts/login/?next={path}")
    page.get_by_label("Login").or_(page.locator("[name=login]")).first.fill(login)
    page.locator("[name=password]").fill(password)
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(f"{site}{path}")
