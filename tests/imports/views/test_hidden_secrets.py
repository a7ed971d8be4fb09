"""No page, stored document, download or answer of a job holds a secret of its file in clear."""

import json

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from imports.core.mapping import Mapping
from imports.core.planning.conflicts import Mode
from imports.models import ImportJob, ImportRecord
from imports.services.files import uploads
from imports.services.mapping import mappings
from imports.services.runs import runs
from tests.imports.conftest import drain

# Of a format that nobody knows, without a mark; one stands beside a password in clear.
UNKNOWN = ["q7Zt1Xn4Lw9Rk2Vb8Md3", "h5Yc6Pj0Gs2Fa7Ud1Qe9", "w3Bn8Tk5Xo1Lz4Ri7Ch2"]
MARKED = "$zz$r=9$c29tZXNhbHQ$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0"
PLAIN = "sunshine-in-june"
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SECRETS = [*UNKNOWN, MARKED, PLAIN, SEED]
FILE = (
    "id,email,field7,crypt,senha,app\n"
    f"1,ada@example.com,{UNKNOWN[0]},{MARKED},{PLAIN},{SEED}\n"
    f"2,not an address,{UNKNOWN[1]},{PLAIN},{PLAIN},{SEED}\n"
    f"3,cem@example.com,{UNKNOWN[2]},{MARKED},{PLAIN},{SEED}\n"
)
NAMES = "job mapping policies dry_run run report results activity_log".split()  # noqa: SIM905


@pytest.fixture
def job(operator: User) -> ImportJob:
    return uploads.create_job(ContentFile(FILE.encode(), name="people.csv"), actor=operator)


@pytest.fixture
def done(job: ImportJob, operator: User) -> ImportJob:
    mapping = Mapping.model_validate(job.mapping)
    options = mappings.JobOptions(mode=Mode.SKIP, chunk_rows=10)
    mappings.save_mapping(job, mapping, options, actor=operator)
    runs.start_dry_run(job, actor=operator)
    drain(job)
    runs.start_run(job, actor=operator, without_dry_run=True)
    drain(job)
    return job


def find_shown(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def test_stored_job_holds_no_secret(done: ImportJob) -> None:
    done.refresh_from_db()
    stored = [done.inspection, done.mapping]
    assert find_shown(json.dumps(stored)) == []


@pytest.mark.parametrize("name", NAMES)
def test_page_of_a_job_shows_no_secret(admin: Client, done: ImportJob, name: str) -> None:
    response = admin.get(reverse(f"imports:{name}", args=[done.pk]))
    assert find_shown(response.content.decode()) == []


def test_pages_of_a_failed_record_show_no_secret(admin: Client, done: ImportJob) -> None:
    record = ImportRecord.objects.get(job=done, status="failed")
    for name in ("record", "edit"):
        page = admin.get(reverse(f"imports:{name}", args=[done.pk, record.row_number]))
        assert "not an address" in page.content.decode()
        assert find_shown(page.content.decode()) == []


@pytest.mark.parametrize("syntax", ["csv", "ndjson"])
def test_download_without_secrets_holds_none(admin: Client, done: ImportJob, syntax: str) -> None:
    address = reverse("imports:download", args=[done.pk])
    response = admin.get(address, {"status": "failed", "format": syntax})
    content = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert "not an address" in content
    assert find_shown(content) == []


def test_header_by_hand_shows_no_secret(admin: Client, operator: User) -> None:
    text = f"ada,{MARKED}\nben,{MARKED}x\n"
    job = uploads.create_job(
        ContentFile(text.encode(), name="a.csv"), actor=operator, chosen={"has_header": True}
    )
    page = admin.get(reverse("imports:mapping", args=[job.pk])).content.decode()
    assert "(column 2)" in page
    assert MARKED not in page
