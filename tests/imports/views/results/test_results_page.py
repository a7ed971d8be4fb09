"""The results: tabs, reasons, search, pages, one record, and another try."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from imports.core.planning.conflicts import Mode
from imports.models import ImportJob, ImportRecord, InvitationCampaign
from imports.selectors import list_error_groups
from imports.services.jobs import retention
from imports.services.runs import runs
from imports.views.results import results
from tests.imports.conftest import MakeJob, drain
from tests.imports.views.conftest import SignIn

HASH = "$2b$10$hpMtJEhdKUpCTQx4oaSiLOB2mQ9E8IikzItHnM8cHrQFzzsvH2Vge"


def show(client: Client, job: ImportJob, query: str = "") -> str:
    return client.get(reverse("imports:results", args=[job.pk]) + query).content.decode()


def show_record(client: Client, job: ImportJob, row: int) -> str:
    return client.get(reverse("imports:record", args=[job.pk, row])).content.decode()


def list_rows(page: str, job: ImportJob) -> list[int]:
    """Return the row numbers that a results page lists."""
    start = reverse("imports:results", args=[job.pk])
    links = [part.split('"')[0] for part in page.split(f'href="{start}')[1:]]
    return [int(link.strip("/")) for link in links if link.strip("/").isdecimal()]


def test_the_page_opens_with_what_failed_and_why(admin: Client, finished_job: ImportJob) -> None:
    page = show(admin, finished_job)

    assert list_rows(page, finished_job) == [2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 18]
    assert "There is no role “wizards”." in page
    assert "Row 1 comes first and has the same e-mail address." in page
    assert "Retry all failed (15)" in page


def test_each_status_has_a_tab_with_its_count(admin: Client, finished_job: ImportJob) -> None:
    page = " ".join(show(admin, finished_job).split())

    assert 'Failed <span class="uf-count">15</span>' in page
    assert 'Created <span class="uf-count">3</span>' in page
    assert 'All <span class="uf-count">19</span>' in page
    assert list_rows(show(admin, finished_job, "?status=created"), finished_job) == [1, 5, 19]


def test_records_are_found_by_address_id_and_row(admin: Client, finished_job: ImportJob) -> None:
    assert list_rows(show(admin, finished_job, "?status=all&q=hana@"), finished_job) == [8]
    assert list_rows(show(admin, finished_job, "?status=all&q=m11"), finished_job) == [11]
    assert list_rows(show(admin, finished_job, "?status=failed&q=17"), finished_job) == [17]
    assert "No matching records" in show(admin, finished_job, "?status=all&q=nobody")


@pytest.mark.parametrize("term", ["+441632960901", "+44 1632 960-901", "ada.second@example.net"])
def test_records_of_users_are_found_by_phone_and_further_address(
    admin: Client, finished_job: ImportJob, term: str
) -> None:
    user = User.objects.get(phone="+441632960901")
    EmailAddress.objects.create(user=user, email="ada.second@example.net")
    page = show(admin, finished_job, f"?status=all&q={term.replace('+', '%2B')}")

    assert list_rows(page, finished_job) == [1]


@pytest.mark.parametrize(("term", "rows"), [("+44 (1632) 9609", [1, 2]), ("+441632960902", [2])])
def test_records_that_failed_are_found_by_the_beginning_of_a_phone_number(
    admin: Client, run_job: MakeJob, term: str, rows: list[int]
) -> None:
    job = run_job(
        [
            {"subject_id": "a", "profile": {"phone": "+44 1632 960-901", "email": "none"}},
            {"subject_id": "b", "profile": {"phone": "+441632960902", "email": "none"}},
            {"subject_id": "c", "profile": {"phone": "+441632970903", "email": "none"}},
        ]
    )

    page = show(admin, job, f"?status=failed&q={quote(term)}")

    assert list_rows(page, job) == rows


def test_phone_of_a_record_that_made_a_user_is_not_kept_with_it(finished_job: ImportJob) -> None:
    assert list(finished_job.records.filter(status="created").values_list("phone", flat=True)) == [
        "",
        "",
        "",
    ]


def test_records_are_narrowed_to_one_reason(admin: Client, finished_job: ImportJob) -> None:
    page = show(admin, finished_job, "?status=failed&reason=wrong_type")

    assert list_rows(page, finished_job) == [8, 10]


def test_a_query_that_makes_no_sense_is_no_error(admin: Client, finished_job: ImportJob) -> None:
    query = "?status=odd&reason=odder&after=x&before=-1&q=odd"

    assert admin.get(reverse("imports:results", args=[finished_job.pk]) + query).status_code == 200


def test_pages_go_forth_and_back_without_gap_or_overlap(
    admin: Client, run_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "PAGE_SIZE", 10)
    job = run_job([{"subject_id": str(number)} for number in range(25)])

    first = show(admin, job, "?status=all")
    second = show(admin, job, "?status=all&after=10")
    last = show(admin, job, "?status=all&after=20")
    back = show(admin, job, "?status=all&before=21")

    assert list_rows(first, job) == list(range(1, 11))
    assert list_rows(second, job) == list_rows(back, job) == list(range(11, 21))
    assert list_rows(last, job) == list(range(21, 26))
    assert ("Earlier rows" in first, "Later rows" in first) == (False, True)
    assert ("Earlier rows" in last, "Later rows" in last) == (True, False)


def test_a_page_takes_a_fixed_number_of_queries(
    admin: Client,
    run_job: MakeJob,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    job = run_job([{"subject_id": str(number)} for number in range(60)])
    show(admin, job)

    with django_assert_max_num_queries(12):
        show(admin, job, "?status=all")


def test_a_failed_record_succeeds_on_retry_once_its_role_exists(
    admin: Client, finished_job: ImportJob
) -> None:
    Role.objects.create(key="wizards")

    response = admin.post(reverse("imports:retry", args=[finished_job.pk]), {"row": "13"})
    address = reverse("imports:results", args=[finished_job.pk])
    assert response.headers["Location"] == address
    part = reverse("imports:results_live", args=[finished_job.pk])
    assert f'hx-get="{part}"' in admin.get(address).content.decode()
    assert "<html" not in admin.get(part).content.decode()
    drain(finished_job)

    assert admin.get(part).headers["HX-Refresh"] == "true"
    assert "Attempt 2 retried 1 record: 1 created." in admin.get(address).content.decode()
    record = ImportRecord.objects.get(job=finished_job, row_number=13)
    assert record.status == "created"
    page = show_record(admin, finished_job, 13)
    assert "Attempt 1:" in page
    assert "There is no role “wizards”." in page
    assert reverse("admin:accounts_user_change", args=[record.user_id]) in page


def test_all_failed_records_are_retried_by_one_button(
    admin: Client, finished_job: ImportJob
) -> None:
    admin.post(reverse("imports:retry", args=[finished_job.pk]), {"all": ""})
    drain(finished_job)

    attempts = ImportRecord.objects.filter(job=finished_job, attempt=2)
    assert attempts.count() == 15


@pytest.mark.parametrize(
    ("status", "retry", "undo"),
    [
        ("failed", True, False),
        ("skipped", True, False),
        ("created", False, True),
        ("all", True, True),
    ],
)
def test_tab_offers_what_its_records_allow(
    admin: Client, finished_job: ImportJob, status: str, retry: bool, undo: bool
) -> None:
    page = show(admin, finished_job, f"?status={status}")

    assert ("Retry selected" in page) == retry
    assert ("Undo selected" in page) == undo


def test_retrying_nothing_or_what_did_not_fail_is_answered_with_a_message(
    admin: Client, finished_job: ImportJob
) -> None:
    address = reverse("imports:retry", args=[finished_job.pk])

    lacking = admin.post(address, {"status": "failed", "q": "ada"}, follow=True)
    assert "Select the records to retry" in lacking.content.decode()
    assert lacking.request["QUERY_STRING"] == "status=failed&q=ada"
    refused = admin.post(address, {"row": "1"}, follow=True).content.decode()
    assert "None of these records can be retried" in refused


def test_records_cannot_be_retried_once_their_rows_were_purged(
    admin: Client, finished_job: ImportJob
) -> None:
    retention.purge(finished_job)

    assert "Retry" not in show(admin, finished_job)
    assert "was purged after" in show_record(admin, finished_job, 13)


def test_a_missing_role_can_be_created_from_the_results(
    admin: Client, finished_job: ImportJob
) -> None:
    assert "Create and retry" in show(admin, finished_job)
    assert "Create role “wizards”" in show_record(admin, finished_job, 13)


def test_a_record_shows_its_problem_and_its_source_row(
    admin: Client, finished_job: ImportJob
) -> None:
    page = show_record(admin, finished_job, 9)

    assert "column phone" in page
    assert "row 9, line 10" in page
    assert "ext. 12" in page


def test_a_failed_record_leads_to_the_next_failed_one(
    admin: Client, finished_job: ImportJob
) -> None:
    after_the_gap = reverse("imports:record", args=[finished_job.pk, 6])

    assert f'href="{after_the_gap}">Next failed record' in show_record(admin, finished_job, 4)


@pytest.mark.parametrize("row", [1, 18])
def test_a_good_or_the_last_failed_record_leads_to_no_next_one(
    admin: Client, finished_job: ImportJob, row: int
) -> None:
    assert "Next failed record" not in show_record(admin, finished_job, row)


def test_the_source_row_has_its_secrets_masked(admin: Client, run_job: MakeJob) -> None:
    job = run_job(
        [
            {
                "subject_id": "1",
                "profile": {"email": "no address"},
                "authenticators": {
                    "password": {"hash": HASH},
                    "totp": {"secret": "JBSWY3DPEHPK3PXP"},
                    "recovery_codes": ["4f9a-c27d"],
                },
            },
            {
                "subject_id": "2",
                "authenticators": {"password": {"plaintext": "open sesame"}},
                "x": 1,
            },
        ]
    )

    pages = show_record(admin, job, 1) + show_record(admin, job, 2)

    assert "no address" in pages
    assert HASH not in pages
    assert "JBSWY3DPEHPK3PXP" not in pages
    assert "4f9a-c27d" not in pages
    assert "open sesame" not in pages


def test_a_row_whose_cells_are_shifted_is_not_shown(admin: Client, finished_job: ImportJob) -> None:
    page = show_record(admin, finished_job, 6)

    assert "The values of this row are shifted" in page
    assert "2024-01-10" not in page


def test_the_source_row_takes_a_permission_of_its_own(
    sign_in: SignIn, finished_job: ImportJob
) -> None:
    page = show_record(sign_in("imports.view_importjob"), finished_job, 9)

    assert "ext. 12" not in page
    assert "imports.view_importrecord_values" in page


def test_an_updated_record_shows_old_and_new(admin: Client, run_job: MakeJob) -> None:
    run_job([{"subject_id": "1", "profile": {"given_name": "Ada"}}])
    job = run_job([{"subject_id": "1", "profile": {"given_name": "Adele"}}], mode=Mode.UPDATE)

    page = show_record(admin, job, 1)

    assert "<del>Ada</del>" in page
    assert "<ins>Adele</ins>" in page


def test_a_record_that_does_not_exist_is_not_found(admin: Client, finished_job: ImportJob) -> None:
    assert admin.get(reverse("imports:record", args=[finished_job.pk, 99])).status_code == 404


def test_what_a_file_says_is_never_markup(admin: Client, run_job: MakeJob) -> None:
    job = run_job([{"subject_id": "<script>alert(1)</script>", "profile": {"email": "<b>"}}])

    pages = show(admin, job, "?status=all") + show_record(admin, job, 1)

    assert "<script>alert" not in pages
    assert "&lt;script&gt;alert" in pages


def test_a_user_page_says_where_the_user_came_from(admin: Client, run_job: MakeJob) -> None:
    job = run_job([{"subject_id": "1"}])
    user = User.objects.get(subject_id="1")

    page = admin.get(reverse("admin:accounts_user_change", args=[user.pk])).content.decode()

    assert "Import history" in page
    assert reverse("imports:record", args=[job.pk, 1]) in page


@pytest.fixture
def passwordless_job(make_job: MakeJob) -> ImportJob:
    """A checked import of two users without a password and one with."""
    hashed = {"password": {"hash": HASH}}
    records = [{"subject_id": str(number), "profile": {}} for number in (1, 2)]
    job = make_job([*records, {"subject_id": "3", "authenticators": hashed}])
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    return job


def import_all(job: ImportJob) -> None:
    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    drain(job)


def test_the_end_says_who_has_no_password_and_where_to_invite_them(
    admin: Client, passwordless_job: ImportJob
) -> None:
    assert "invited to choose one" not in show(admin, passwordless_job)

    import_all(passwordless_job)

    page = show(admin, passwordless_job)
    assert "The dry run found 2 records without a password." in page
    assert f"{reverse('invitations:new')}?source={passwordless_job.source}" in page


def test_who_may_not_invite_is_not_sent_to_invite(
    sign_in: SignIn, passwordless_job: ImportJob
) -> None:
    import_all(passwordless_job)

    assert "invited" not in show(sign_in("imports.view_importjob"), passwordless_job)


def test_nobody_is_told_to_invite_once_a_campaign_was_made(
    admin: Client, passwordless_job: ImportJob
) -> None:
    import_all(passwordless_job)
    InvitationCampaign.objects.create(
        name="first", source=passwordless_job.source, created_by=passwordless_job.created_by
    )

    assert "invited to choose one" not in show(admin, passwordless_job)


def test_nobody_is_told_to_invite_where_nobody_was_created(
    admin: Client, passwordless_job: ImportJob, make_job: MakeJob
) -> None:
    import_all(passwordless_job)
    again = make_job([{"subject_id": "1", "profile": {}}])
    runs.start_dry_run(again, actor=again.created_by)
    drain(again)
    import_all(again)

    assert "invited to choose one" not in show(admin, again)


def test_who_lost_a_password_to_a_correction_can_be_invited(
    admin: Client, make_job: MakeJob
) -> None:
    job = make_job([{"subject_id": "1", "authenticators": {"password": {"hash": "damaged"}}}])
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    import_all(job)
    assert "invited to choose one" not in show(admin, job)

    digest = list_error_groups(job)[0].digest
    admin.post(reverse("imports:correct", args=[job.pk, digest]), {"correction": "drop_field"})
    drain(job)

    assert "A correction dropped passwords." in show(admin, job)
