"""On the mapping page, what was recognised is read in another way: a member, a source system."""

import pytest
from django.test import Client
from django.urls import reverse

from imports.models import ImportJob
from imports.selectors import list_job_findings
from tests.archive_files import make_zip
from tests.imports.conftest import MakeJob


def test_another_member_of_an_archive_is_read_as_its_own_start_says(
    admin: Client, make_job: MakeJob
) -> None:
    members = {"users.csv": "id,email\n1,a@example.com\n", "more.json": '[{"id": "9"}]'}
    job = make_job(make_zip(members), name="export.zip")

    admin.post(
        reverse("imports:read_again", args=[job.pk]),
        {
            "provider": "generic",
            "member": "more.json",
            "syntax": "csv",
            "encoding": "utf-8",
            "delimiter": ",",
        },
    )

    job.refresh_from_db()
    assert (job.reader_options["member"], job.reader_options["syntax"]) == ("more.json", "json")
    page = admin.get(reverse("imports:mapping", args=[job.pk])).content.decode()
    assert "“more.json” of the zip archive" in page


# The columns of AspNetUsers, and those of Django's auth_user.
TIED = (
    "id,username,passwordhash,securitystamp,password,last_login,is_active,date_joined\n"
    "1,ada,,x,,,true,\n"
)
READING = {"syntax": "csv", "encoding": "utf-8", "delimiter": ",", "has_header": "on"}


@pytest.fixture
def tied(make_job: MakeJob) -> ImportJob:
    return make_job(TIED.encode(), name="users.csv")


def test_page_shows_the_evidence_for_all_source_systems_that_fit_equally_well(
    admin: Client, tied: ImportJob
) -> None:
    page = admin.get(reverse("imports:mapping", args=[tied.pk])).content.decode()

    assert "Several source systems fit this file equally well." in page
    assert "The columns match the table AspNetUsers" in page
    assert "The columns match Django&#x27;s table auth_user" in page
    assert '<option value="" selected>Choose</option>' in page


def test_source_system_has_to_be_chosen_where_several_fit(admin: Client, tied: ImportJob) -> None:
    url = reverse("imports:read_again", args=[tied.pk])

    answer = admin.post(url, {**READING, "provider": ""})

    assert answer.status_code == 422
    assert [each.code for each in list_job_findings(tied)] == ["source_system_ambiguous"]


def test_source_system_that_was_chosen_is_no_longer_asked_for(
    admin: Client, tied: ImportJob
) -> None:
    url = reverse("imports:read_again", args=[tied.pk])

    admin.post(url, {**READING, "provider": "django_auth"})

    tied.refresh_from_db()
    assert (tied.provider, list_job_findings(tied)) == ("django_auth", [])
    page = admin.get(reverse("imports:mapping", args=[tied.pk])).content.decode()
    assert "equally well" not in page
