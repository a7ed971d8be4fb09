"""An import is looked at, undone and imported again, in a browser and by a real worker."""

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.signing_in import ADMINISTRATOR, PASSWORD, PATIENCE, sign_in

LINES = [
    f'{{"subject_id": "s{number}", "profile": {{"email": "s{number}@example.com"}}}}'
    for number in range(3)
]


@pytest.mark.browser
def test_an_import_is_undone_but_for_who_signed_in_and_imported_again(
    page: Page, site: str, tmp_path: Path
) -> None:
    file = tmp_path / "users.ndjson"
    file.write_text("\n".join(LINES))
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    sign_in(page, site, ADMINISTRATOR, PASSWORD, "/admin/imports/upload/")
    page.locator("[name=file]").set_input_files(file)
    page.get_by_role("button", name="Upload", exact=True).click()
    page.get_by_role("button", name="Save and check").click()
    page.get_by_role("button", name="Import everything").click()
    expect(page.get_by_text("The import is finished, and no record failed.")).to_be_visible()
    User.objects.filter(subject_id="s0").update(last_login=timezone.now())

    page.get_by_role("link", name="Look at the results").click()
    page.get_by_role("link", name="Undo…").click()
    expect(page.get_by_label("Undo the 1 signed in since too")).to_be_visible()
    page.get_by_role("button", name="Undo 2 records").click()

    expect(page.get_by_role("heading", name="What the last undo came to")).to_be_visible()
    expect(page.locator(".uf-problem__title", has_text="Signed in since")).to_be_visible()
    assert set(User.objects.values_list("email", flat=True)) == {ADMINISTRATOR, "s0@example.com"}

    page.get_by_role("button", name="Import this file again").click()
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator(".uf-lead", has_text="2 will be created")).to_be_visible()
    page.get_by_role("button", name="Import everything").click()

    expect(page.get_by_text("The import is finished, and no record failed.")).to_be_visible()
    assert User.objects.filter(subject_id__startswith="s", source="native").count() == 3
