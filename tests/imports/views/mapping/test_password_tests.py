"""The test of a password: what it finds, and that what is typed is kept nowhere."""

import hashlib
import logging
import re
from base64 import b64encode

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from imports.core.records.targets import PASSWORD_PARAMS
from imports.models import ImportJob
from imports.services.runs import runs
from tests.imports.conftest import MakeJob, drain
from tests.imports.views.posting import read_form

PASSWORD = "corréct horse <battery>"


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def job(make_job: MakeJob) -> ImportJob:
    """Two users with bare digests; that of the second is of a password in UTF-16."""
    hashed = hashlib.sha1(PASSWORD.encode("utf-16-le")).hexdigest()  # noqa: S324
    lines = f"id,email,password_hash\n1,a@example.com,{'ab' * 20}\n2,b@example.com,{hashed}\n"
    return make_job(lines.encode(), name="users.csv")


def post(client: Client, job: ImportJob, record: str, password: str = PASSWORD) -> str:
    address = reverse("imports:test_sign_in_password", args=[job.pk])
    return client.post(address, {"record": record, "password": password}).content.decode()


@pytest.mark.parametrize("record", ["2", "B@example.com"])
def test_a_hash_that_is_not_what_it_seems_is_found_out(
    admin: Client, job: ImportJob, record: str
) -> None:
    page = post(admin, job, record)

    assert "works, but the mapping reads the hash differently" in page
    assert "SHA-1 of UTF-16 without salt" in page


def test_what_a_hash_was_made_with_is_said_once(admin: Client, job: ImportJob) -> None:
    page = post(admin, job, "2")

    assert re.findall("<dd>(sha1|1)</dd>", page) == ["sha1", "1"]


def test_pbkdf2_is_said_with_its_digest_and_its_iterations_once(
    admin: Client, make_job: MakeJob
) -> None:
    salt, count = b"a salt of 16 byt", 1000
    key = b64encode(hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), salt, count)).decode()
    password = {
        "hash": key,
        "format": "pbkdf2_raw",
        "params": {"digest": "sha256", "iterations": str(count), "salt": b64encode(salt).decode()},
    }
    job = make_job([{"subject_id": "x", "authenticators": {"password": password}}])

    page = post(admin, job, "1")

    assert "works with this mapping" in page
    assert re.findall("<dd>([^<]*(?:256|1000)[^<]*)</dd>", page) == ["HMAC-SHA256", "1000"]


def test_a_staged_row_is_found_without_the_file(admin: Client, job: ImportJob) -> None:
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    job.file.delete()

    assert "works, but the mapping reads" in post(admin, job, "2")


def test_what_was_found_can_be_set_on_the_mapping(admin: Client, job: ImportJob) -> None:
    given = {"format": "digest", "param-algorithm": "sha1", "param-password_encoding": "utf16le"}
    admin.post(reverse("imports:use_format", args=[job.pk]), given)

    assert "works with this mapping" in post(admin, job, "2")


# Of “abc”: one of the vectors of known answers.
BCRYPT = "$2b$06$5FyQoicpbox1xSHFfhhdXuR2oxLpO1rYsQh5RTkI/9.RIjtoF0/ta"


def test_a_format_is_set_for_the_hashes_that_do_not_say_themselves_what_they_are(
    admin: Client, make_job: MakeJob
) -> None:
    bare = hashlib.md5(PASSWORD.encode()).hexdigest()  # noqa: S324
    lines = f"id,email,password_hash\n1,a@example.com,{BCRYPT}\n2,b@example.com,{bare}\n"
    job = make_job(lines.encode(), name="users.csv")
    assert "<code>algorithm</code></dt><dd>md5" in post(admin, job, "2")

    given = {"format": "digest", "param-algorithm": "md5"}
    admin.post(reverse("imports:use_format", args=[job.pk]), given)

    assert "works with this mapping" in post(admin, job, "2")
    assert "works with this mapping" in post(admin, job, "1", "abc")


def test_a_format_is_not_set_where_other_hashes_could_not_be_read_any_more(
    admin: Client, make_job: MakeJob
) -> None:
    bare = hashlib.md5(PASSWORD.encode()).hexdigest()  # noqa: S324
    other = f"sha256:1000:{b64encode(bytes(8)).decode()}:{b64encode(bytes(32)).decode()}"
    lines = f"id,email,password_hash\n1,a@example.com,{other}\n2,b@example.com,{bare}\n"
    job = make_job(lines.encode(), name="users.csv")

    given = {"format": "digest", "param-algorithm": "md5"}
    address = reverse("imports:use_format", args=[job.pk])
    page = admin.post(address, given, follow=True).content.decode()

    assert "Other hashes of this file are read as" in page
    job.refresh_from_db()
    assert job.mapping["constants"] == {}


def test_another_format_leaves_the_parameters_of_the_one_before_behind(
    admin: Client, job: ImportJob
) -> None:
    given = {"format": "digest", "param-algorithm": "sha1"}
    admin.post(reverse("imports:use_format", args=[job.pk]), given)

    save_mapping(admin, job, save="")
    assert job.mapping["constants"][PASSWORD_PARAMS] == {"algorithm": "sha1"}

    save_mapping(admin, job, save="", password_format="")
    assert job.mapping["constants"] == {}


def save_mapping(client: Client, job: ImportJob, **fields: str) -> str:
    """Send the mapping page as it is but for some fields; return where that leads."""
    address = reverse("imports:mapping", args=[job.pk])
    form = read_form(client.get(address).content.decode())
    response = client.post(address, {**form, **fields})
    job.refresh_from_db()
    return response.headers["Location"]


@pytest.mark.parametrize("page", ["test_sign_in_password", "test_sign_in_code"])
def test_the_mapping_is_saved_on_the_way_to_a_test(
    admin: Client, job: ImportJob, page: str
) -> None:
    address = save_mapping(admin, job, **{"mode": "update", page: ""})

    assert address == reverse(f"imports:{page}", args=[job.pk])
    assert job.mode == "update"


@pytest.mark.parametrize(
    ("record", "message"),
    [("3", "No such record was found"), ("nobody", "No such record was found")],
)
def test_a_record_that_does_not_exist_is_said(
    admin: Client, job: ImportJob, record: str, message: str
) -> None:
    assert message in post(admin, job, record)


@pytest.mark.parametrize(
    "record", [{}, {"authenticators": []}, {"authenticators": {"password": 1}}]
)
def test_a_record_without_a_hash_is_said(
    admin: Client, make_job: MakeJob, record: dict[str, object]
) -> None:
    job = make_job([{"subject_id": "x"}, {"subject_id": "y", **record}])

    assert "has no password hash" in post(admin, job, "2")


def test_a_format_that_does_not_exist_is_refused(admin: Client, job: ImportJob) -> None:
    address = reverse("imports:use_format", args=[job.pk])

    response = admin.post(address, {"format": "none such"}, follow=True)

    assert "This hash format does not exist" in response.content.decode()


def test_tests_are_throttled(admin: Client, job: ImportJob) -> None:
    pages = [post(admin, job, "9") for _ in range(11)]

    assert "Wait a minute" not in pages[9]
    assert "Wait a minute" in pages[10]


def test_what_is_typed_is_kept_nowhere(
    admin: Client, job: ImportJob, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    address = reverse("imports:test_sign_in_password", args=[job.pk])

    response = admin.post(address, {"record": "2", "password": PASSWORD})

    job.refresh_from_db()
    kept = [caplog.text, str(vars(job)), str(list(job.events.values())), str(dict(admin.session))]
    assert "horse" not in response.content.decode() + "".join(kept)
    assert "horse" not in str(response.headers) + str(response.cookies)
    assert "no-store" in response.headers["Cache-Control"]


def test_a_password_that_is_too_long_is_refused_before_any_hash_function(
    admin: Client, job: ImportJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("imports.services.mapping.sign_in_tests.search", None)

    page = post(admin, job, "2", "é" * 2049)

    assert "at most 4,096 bytes" in page


@pytest.fixture
def ambiguous_job(make_job: MakeJob) -> ImportJob:
    """A user of osCommerce, whose hash could be of seven other systems."""
    digest = hashlib.md5(b"xy" + PASSWORD.encode()).hexdigest()  # noqa: S324
    lines = f"id,email,password_hash\n1,a@example.com,{digest}:xy\n"
    job = make_job(lines.encode(), name="shop.csv")
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    return job


def test_a_hash_of_several_systems_is_asked_for_and_leads_to_the_test(
    admin: Client, ambiguous_job: ImportJob
) -> None:
    page = admin.get(reverse("imports:dry_run", args=[ambiguous_job.pk])).content.decode()

    assert "The format of the password hash is ambiguous" in page
    assert "Magento 1, osCommerce, Zen Cart, PrestaShop: md5(salt + password)" in page
    assert reverse("imports:test_sign_in_password", args=[ambiguous_job.pk]) in page


def test_one_known_password_answers_which_system_it_is(
    admin: Client, ambiguous_job: ImportJob
) -> None:
    page = post(admin, ambiguous_job, "1")
    assert "works, but the mapping reads the hash differently" in page
    assert 'name="format" value="oscommerce_md5"' in page

    address = reverse("imports:use_format", args=[ambiguous_job.pk])
    admin.post(address, {"format": "oscommerce_md5"})
    ambiguous_job.refresh_from_db()
    runs.start_dry_run(ambiguous_job, actor=ambiguous_job.created_by)
    drain(ambiguous_job)

    page = admin.get(reverse("imports:dry_run", args=[ambiguous_job.pk])).content.decode()
    assert "format of the password hash is ambiguous" not in page
