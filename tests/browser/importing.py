"""The steps of an import as a person takes them in a browser."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import FilePayload, Page, expect

from tests.imports.conftest import to_csv


def make_csv(name: str, header: list[str], rows: Iterable[Iterable[str]]) -> FilePayload:
    """Return a file to choose in a form."""
    return {"name": name, "mimeType": "text/csv", "buffer": to_csv(header, rows)}


def upload(page: Page, file: Path | FilePayload) -> None:
    """Choose the file on the upload page, and open its mapping."""
    page.locator("[name=file]").set_input_files(file)
    page.get_by_role("button", name="Upload", exact=True).click()
    page.wait_for_url("**/mapping/")


def import_everything(page: Page) -> None:
    """Go on from the mapping to the end of the import, and look at the results."""
    page.get_by_role("button", name="Save and start dry run").click()
    page.get_by_role("button", name="Import everything").click()
    look_at_results(page)


def wait_for_attempt(page: Page, attempt: int) -> None:
    """Wait on the results, which a retry leads to, until it is over."""
    expect(page.get_by_text(f"Attempt {attempt} retried")).to_be_visible()


def look_at_results(page: Page) -> None:
    """Wait until the run is finished, and look at its results."""
    page.get_by_role("link", name="See results").click()
    expect(page.get_by_role("navigation", name="Status")).to_be_visible()
