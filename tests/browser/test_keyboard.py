"""The main way, from the upload to the finished import, by keyboard alone, and focus in sight."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.signing_in import (
    ADMINISTRATOR,
    PASSWORD,
    SAMPLE,
    sign_in,
)

MOST_STOPS = 250
DESCRIBE_FOCUS = """() => {
  const focused = document.activeElement;
  const style = getComputedStyle(focused);
  const box = focused.getBoundingClientRect();
  const middle = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return {
    text: (focused.innerText || focused.name || "").trim(),
    outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    isSeen: middle !== null && (focused.contains(middle) || middle.contains(focused)),
  };
}"""


def tab_to(page: Page, text: str) -> None:
    """Press Tab until what reads `text` has the focus; every stop on the way shows that it has."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(DESCRIBE_FOCUS)
        if stop["text"] in {"", "body"}:
            continue
        assert stop["outline"] >= 1, f"“{stop['text']}” does not show that it has the focus"
        if stop["text"] == text:
            assert stop["isSeen"], f"“{text}” has the focus behind something else"
            return
    pytest.fail(f"Tab never reached “{text}” on {page.url}")


def press(page: Page, text: str) -> None:
    tab_to(page, text)
    page.keyboard.press("Enter")


@pytest.mark.browser
def test_a_file_is_imported_without_a_mouse(page: Page, site: str) -> None:
    sign_in(page, site, ADMINISTRATOR, PASSWORD, "/admin/imports/")

    press(page, "Upload a file")
    page.wait_for_url("**/upload/")
    # The browser has to know that the dialog is ours before a key can open it.
    with page.expect_file_chooser() as chosen:
        press(page, "file")
    chosen.value.set_files(SAMPLE)
    press(page, "Upload")

    page.wait_for_url("**/mapping/")
    press(page, "Save and start dry run")
    expect(page.get_by_text("2 of 25 records will fail")).to_be_visible()
    press(page, "Import everything")
    expect(page.get_by_text("The import has finished. 2 records failed.")).to_be_visible()
    press(page, "See results")
    expect(page.locator(".uf-tabs")).to_be_visible()
    press(page, "Skip to main content")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"
