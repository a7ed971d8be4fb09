"""Another member of an archive is chosen on the mapping page, and read in its own way."""

from django.test import Client
from django.urls import reverse

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
