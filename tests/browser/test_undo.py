"""An import is looked at, undone whole or in part, and imported again, in a browser."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from tests.browser.importing import import_everything, make_csv, upload
from tests.browser.signing_in import ADMINISTRATOR, PASSWORD, sign_in
from tests.imports.conftest import MakeJob
from tests.workers import running_worker

LINES = [
    f'{{"subject_id": "s{number}", "profile": {{"email": "s{number}@example.com"}}}}'
    for number in range(3)
]
UPLOAD = "/admin/imports/upload/"
HEADER = ["id", "email", "given_name"]
PEOPLE = [f"p{number}" for number in range(1, 6)]


@pytest.mark.browser
def test_an_import_is_undone_but_for_who_signed_in_and_imported_again(
    page: Page, site: str, tmp_path: Path
) -> None:
    file = tmp_path / "users.ndjson"
    file.write_text("\n".join(LINES))
    sign_in(page, site, ADMINISTRATOR, PASSWORD, UPLOAD)
    upload(page, file)
    import_everything(page)
    User.objects.filter(subject_id="s0").update(last_login=timezone.now())

    page.get_by_role("link", name="Undo…").click()
    expect(page.get_by_label("Undo the 1 signed in since too")).to_be_visible()
    page.get_by_role("button", name="Undo 2 records").click()

    expect(page.get_by_role("heading", name="Last undo")).to_be_visible()
    expect(page.locator(".uf-problem__title", has_text="Signed in since")).to_be_visible()
    assert set(User.objects.values_list("email", flat=True)) == {ADMINISTRATOR, "s0@example.com"}

    page.get_by_role("link", name="upload it again").click()
    upload(page, file)
    import_everything(page)

    assert User.objects.filter(subject_id__startswith="s", source="native").count() == 3


@pytest.mark.browser
def test_undo_is_stopped_before_anything_is_undone_and_taken_up_again(
    page: Page, idle_site: str, run_job: MakeJob
) -> None:
    job = run_job("\n".join(LINES).encode(), name="users.ndjson")
    sign_in(page, idle_site, ADMINISTRATOR, PASSWORD, reverse("imports:results", args=[job.pk]))
    page.get_by_role("link", name="Undo…").click()
    page.get_by_role("button", name="Undo 3 records").click()
    expect(page.get_by_role("heading", name="Undo in progress")).to_be_visible()

    page.get_by_role("button", name="Stop undo").click()
    expect(page.get_by_text("The undo ended early.")).to_be_visible()
    assert User.objects.filter(subject_id__startswith="s").count() == len(LINES)

    page.get_by_role("button", name="Undo 3 records").click()
    with running_worker():
        expect(find_stat(page, "Users removed")).to_contain_text("3")
    assert not User.objects.filter(subject_id__startswith="s").exists()


@pytest.mark.browser
def test_updates_are_undone_one_and_then_all_but_those_touched_since_unless_chosen(
    page: Page, site: str
) -> None:
    for person in PEOPLE:
        User.objects.create(
            subject_id=person, source="generic", email=f"{person}@example.com", given_name="Old"
        )
    sign_in(page, site, ADMINISTRATOR, PASSWORD, UPLOAD)
    update(page, site, "New", PEOPLE)
    first = page.url
    update(page, site, "Later", ["p1"])
    User.objects.filter(subject_id="p2").update(
        given_name="Edited", updated_at=timezone.now() + timedelta(seconds=1)
    )

    # One that is ticked: what it was comes back, and the job stays as it is.
    page.goto(first)
    page.get_by_role("checkbox", name="Row 5").check()
    page.get_by_role("button", name="Undo selected…").click()
    expect(page.get_by_text("1 chosen record: undo preview.")).to_be_visible()
    page.get_by_role("button", name="Undo 1 record").click()
    expect(page.get_by_text("for 1 chosen record.")).to_be_visible()
    assert list_names() == ["Later", "Edited", "New", "New", "Old"]

    # All: those touched since are left unless that is chosen.
    page.goto(first)
    expect(page.get_by_role("row").filter(has_text="undone")).to_have_count(1)
    page.get_by_role("link", name="Undo…").click()
    expect(find_stat(page, "Users to be restored")).to_contain_text("2")
    expect(page.locator(".uf-card", has_text="Updated fields")).to_contain_text("4 users")
    expect(page.get_by_label("Undo the 1 changed since too")).to_be_visible()
    page.get_by_label("Undo the 1 changed by a later job too").check()
    page.get_by_role("button", name="Update preview").click()
    expect(find_stat(page, "Users to be restored")).to_contain_text("3")
    page.get_by_role("button", name="Undo 3 records").click()
    expect(page.locator(".uf-problem__title", has_text="Changed since")).to_be_visible()
    expect(find_stat(page, "Users restored")).to_contain_text("3")
    assert list_names() == ["Old", "Edited", "Old", "Old", "Old"]


def update(page: Page, site: str, name: str, people: list[str]) -> None:
    """Import a given name for people who exist, and open the results."""
    page.goto(f"{site}{UPLOAD}")
    rows = [[person, f"{person}@example.com", name] for person in people]
    upload(page, make_csv(f"{name}.csv", HEADER, rows))
    page.get_by_label("Update", exact=True).check()
    import_everything(page)
    expect(page.get_by_role("link", name=f"Updated {len(people)}")).to_be_visible()


def find_stat(page: Page, label: str) -> Locator:
    return page.locator(".uf-stat", has_text=label)


def list_names() -> list[str]:
    people = User.objects.filter(subject_id__in=PEOPLE).order_by("subject_id")
    return list(people.values_list("given_name", flat=True))
