"""A file that no preset knows is mapped by hand in a browser, and a second one by the template."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import AttributeDefinition, User
from imports.models import ImportJob, TemplateVersion
from tests.browser.importing import upload
from tests.browser.signing_in import ADMINISTRATOR, PASSWORD, sign_in

MAPPING, PREVIEW = "**/mapping/", "**/mapping/preview/"
HEADER = "Zeile;Kontakt;Vor;Nach;Seit;Raum;Anlage\n"
FIRST = (
    HEADER
    + "Z-1;Ann.Lee@example.com;ANN;LEE;31/12/2019;101;alt\n"
    + "Z-2;bob@example.com;BOB;EL;03/04/2020;102;alt\n"
)
SECOND = HEADER + "Z-3;cid@example.com;CID;OX;24/06/2021;103;neu\n"
CHOOSE_AND_ADD = """row => {
  const choice = row.querySelector(".uf-map__choose select");
  choice.selectedIndex = 1;
  choice.dispatchEvent(new Event("change", {bubbles: true}));
  const button = row.querySelector(".uf-map__choose button");
  button.focus();
  button.click();
}"""
UPLOAD = "/admin/imports/upload/"


def find_row(page: Page, column: str) -> Locator:
    heading = page.get_by_role("heading", name=column, exact=True)
    return page.locator(".uf-map__row").filter(has=heading)


def choose(page: Page, column: str, field: str) -> None:
    with page.expect_response(PREVIEW):
        find_row(page, column).locator(".uf-map__target").first.select_option(label=field)


def press(page: Page, button: Locator) -> None:
    with page.expect_response(MAPPING):
        button.click()


@pytest.mark.browser
def test_a_file_of_no_known_system_is_mapped_and_its_template_used_again(
    page: Page, site: str, tmp_path: Path
) -> None:
    (tmp_path / "first.csv").write_text(FIRST)
    (tmp_path / "second.csv").write_text(SECOND)
    sign_in(page, site, ADMINISTRATOR, PASSWORD, UPLOAD)

    upload(page, tmp_path / "first.csv")
    preview = page.locator("#mapping-preview")
    expect(preview).to_contain_text("ann.lee@example.com")
    choose(page, "Zeile", "Subject id")
    expect(preview).to_contain_text("Z-1")

    # A transform whose options are typed.
    choose(page, "Vor", "Given name")
    row = find_row(page, "Vor")
    row.get_by_text("Transform", exact=True).click()
    row.get_by_label("Transform for Vor").select_option(label="Title Case")
    press(page, row.get_by_role("button", name="Add", exact=True))
    expect(preview.get_by_text("Ann", exact=True)).to_be_visible()

    # One that the values ask for.
    choose(page, "Seit", "Created")
    press(page, find_row(page, "Seit").get_by_role("button", name="Apply"))
    expect(preview).to_contain_text("2019-12-31")

    # An attribute from a column, by the keyboard.
    button = find_row(page, "Raum").get_by_role("button", name="Create attribute “raum”")
    button.focus()
    page.keyboard.press("Enter")
    target = find_row(page, "Raum").locator(".uf-map__target")
    expect(target).to_have_value("profile.attributes.raum")
    assert AttributeDefinition.objects.get(name="raum").type == "integer"

    # Several columns together; a preview that finds a problem says so, at its column too.
    page.get_by_label("Template or path").fill("{Vor} {Nach}")
    page.get_by_label("Target field of New source").select_option(label="Display name")
    expect(preview).to_contain_text("ANN LEE")
    choose(page, "Anlage", "Phone")
    expect(page.locator("#mapping-summary")).to_contain_text("2 of the first 2 records would fail")
    expect(find_row(page, "Anlage")).to_contain_text("The phone number is not valid.")
    page.get_by_label("With problems").check()
    expect(find_row(page, "Anlage")).to_be_visible()
    expect(find_row(page, "Raum")).to_be_hidden()
    choose(page, "Anlage", "Do not import")
    expect(page.locator("#mapping-summary")).to_contain_text("the first 2 records are valid")
    page.get_by_label("All", exact=True).check()

    page.get_by_label("Mapping template").fill("Rooms")
    page.get_by_role("button", name="Save as template").click()
    expect(page.get_by_text("Mapping saved as Rooms, version 1")).to_be_visible()
    page.get_by_role("button", name="Save and start dry run").click()
    page.get_by_role("button", name="Import everything", exact=True).click()
    expect(page.get_by_text(re.compile("No record failed"))).to_be_visible()
    ann = User.objects.get(subject_id="Z-1")
    assert (ann.given_name, ann.display_name, ann.attributes) == ("Ann", "ANN LEE", {"raum": 101})

    page.goto(f"{site}{UPLOAD}")
    upload(page, tmp_path / "second.csv")
    expect(page.get_by_text("Rooms, version 1: the file has every column")).to_be_visible()
    page.get_by_role("button", name="Use template").click()
    expect(page.get_by_text("Rooms, version 1 applied.")).to_be_visible()
    page.get_by_role("button", name="Save and start dry run").click()
    page.get_by_role("button", name="Import everything", exact=True).click()
    expect(page.get_by_text(re.compile("No record failed"))).to_be_visible()
    cid = User.objects.get(subject_id="Z-3")
    assert (cid.given_name, cid.attributes) == ("Cid", {"raum": 103})
    assert ImportJob.objects.latest("id").template_version == TemplateVersion.objects.get()


@pytest.fixture
def mapping(page: Page, idle_site: str, tmp_path: Path) -> Page:
    """The page of a mapping."""
    (tmp_path / "first.csv").write_text(FIRST)
    sign_in(page, idle_site, ADMINISTRATOR, PASSWORD, UPLOAD)
    upload(page, tmp_path / "first.csv")
    return page


@pytest.mark.browser
def test_a_button_pressed_at_once_after_a_choice_changes_its_own_row_alone(mapping: Page) -> None:
    asked: list[str] = []
    mapping.on(
        "request", lambda sent: sent.method == "POST" and asked.append(urlsplit(sent.url).path)
    )
    # One after the other in the browser, faster than anybody is by hand on a machine at rest.
    with mapping.expect_response(PREVIEW), mapping.expect_response(MAPPING):
        find_row(mapping, "Vor").evaluate(CHOOSE_AND_ADD)

    path = urlsplit(mapping.url).path
    assert asked == [path, f"{path}preview/"]
    expect(find_row(mapping, "Vor").locator(".uf-map__step")).to_have_count(1)
    expect(mapping.locator(".uf-map__row")).to_have_count(7)


@pytest.mark.browser
def test_the_passwords_of_the_first_records_follow_the_mapping(mapping: Page) -> None:
    passwords = mapping.locator("#mapping-password_summary")
    expect(passwords).to_contain_text("None")

    choose(mapping, "Anlage", "Password (plain)")
    expect(passwords).to_contain_text("Plain password")

    choose(mapping, "Anlage", "Do not import")
    expect(passwords).not_to_contain_text("Plain password")


@pytest.mark.browser
def test_the_mapping_page_fits_a_narrow_screen(mapping: Page) -> None:
    mapping.set_viewport_size({"width": 360, "height": 740})
    assert mapping.evaluate("document.documentElement.scrollWidth") == 360
