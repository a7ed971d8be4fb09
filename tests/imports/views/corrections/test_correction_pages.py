"""The pages on which failed records are corrected, edited, downloaded and uploaded again."""

import csv
import datetime
import hashlib
import io
import re

import openpyxl
import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from imports.core.planning.conflicts import Mode
from imports.models import CorrectedFile, ImportJob, ImportRecord, JobEvent, Undo
from imports.selectors import Minute, count_reasons, get_totals, list_error_groups
from imports.services.dry_run.decisions import answer_decisions
from imports.services.runs import runs
from imports.services.undo import undoing
from imports.views.jobs.activity_log import draw_chart
from tests.imports.conftest import MakeJob, drain, list_statuses, run_to_the_end, to_csv
from tests.imports.views.conftest import SignIn
from tests.imports.views.posting import note_sign_in

HASH = "$2b$10$hpMtJEhdKUpCTQx4oaSiLOB2mQ9E8IikzItHnM8cHrQFzzsvH2Vge"
SECRETS = "imports.view_importrecord_secrets"
READER = ("imports.view_importjob", "imports.view_importrecord_values")


def find_error_group(job: ImportJob, row: int) -> str:
    return next(each.digest for each in list_error_groups(job) if each.first_row == row)


def show(client: Client, name: str, *arguments: object, query: str = "") -> str:
    return client.get(reverse(f"imports:{name}", args=arguments) + query).content.decode()


def correct(client: Client, job: ImportJob, row: int, **fields: object) -> str:
    """Correct the error group of a row, do the work, and return the status of the row."""
    address = reverse("imports:correct", args=[job.pk, find_error_group(job, row)])
    client.post(address, fields)
    drain(job)
    return ImportRecord.objects.get(job=job, row_number=row).status


def download(client: Client, job: ImportJob, **fields: str) -> bytes:
    fields = {"status": "failed", "format": "csv", **fields}
    response = client.get(reverse("imports:download", args=[job.pk]), fields)
    return b"".join(response.streaming_content)


@pytest.mark.parametrize(
    ("row", "fields"),
    [
        (3, {"correction": "replace", "old": ["chloe.example.net"], "new": ["c@example.net"]}),
        (3, {"correction": "replace", "old": ["chloe.example.net"], "new": [""],
             "drop": ["chloe.example.net"]}),
        (9, {"correction": "drop_field"}),
        (11, {"correction": "drop_field"}),
        (13, {"correction": "create_membership"}),
        (13, {"correction": "drop_membership"}),
    ],
)  # fmt: skip
def test_a_correction_imports_the_records_of_an_error_group(
    admin: Client, finished_job: ImportJob, row: int, fields: dict[str, object]
) -> None:
    assert correct(admin, finished_job, row, **fields) == "created"


def test_a_date_that_no_calendar_has_is_replaced_in_all_records(
    admin: Client, run_job: MakeJob
) -> None:
    rows = [(str(row), f"{row}@example.com", "2021-02-31") for row in (1, 2)]
    job = run_job(to_csv(["id", "email", "created_at"], rows), name="dates.csv")
    page = show(admin, "error_group", job.pk, find_error_group(job, 1))
    assert "Correct the date" in page
    assert "Read a number as a date" not in page

    assert correct(admin, job, 1, correction="replace", old=["2021-02-31"], new=["2021-02-28"]) == (
        "created"
    )
    created = User.objects.filter(source=job.source).values_list("created_at__date", flat=True)
    assert set(created) == {datetime.date(2021, 2, 28)}


def test_a_retry_that_would_only_skip_records_does_not_promise_to_import_them(
    admin: Client, run_job: MakeJob
) -> None:
    rows = [("1", "shared@example.com"), ("2", "shared@example.com")]
    job = run_job(to_csv(["id", "email"], rows), name="shared.csv")
    assert list_statuses(job)[1][1] == "failed"
    User.objects.create_user(subject_id="2", email="second@example.com")

    page = show(admin, "error_group", job.pk, find_error_group(job, 2))

    assert "Retrying imports nobody: 1 of the first 1 would be skipped." in page
    assert "would be imported now" not in page


def test_a_correction_that_imports_nobody_says_what_is_left_and_is_no_way_out(
    admin: Client, run_job: MakeJob
) -> None:
    good = [(str(row), f"{row}@example.com", f"+44163296090{row}") for row in range(1, 9)]
    bad = [("9", "nonsense", "12"), ("10", "nonsense", "13")]
    job = run_job(to_csv(["id", "email", "phone"], good + bad), name="two.csv")
    page = show(admin, "error_group", job.pk, find_error_group(job, 9))

    assert "Not enough: tried on all 2, none would be imported." in page
    assert "Next problem: This is not an international phone number" in page
    assert "No quick fix is enough by itself" in page
    button = page.partition('value="drop_field"')[0].rpartition("<button")[2]
    assert "is-quiet" in button


def test_a_error_group_is_called_the_same_on_every_page(
    admin: Client, finished_job: ImportJob
) -> None:
    digest, name = find_error_group(finished_job, 13), "The role does not exist"
    result = show(admin, "results", finished_job.pk)
    error_groups, _, rest = result.partition('role="search"')
    filters, _, records = rest.partition('aria-label="Records"')

    assert all(name in part for part in (error_groups, filters, records))
    assert f"<h1>{name}</h1>" in show(admin, "error_group", finished_job.pk, digest)
    assert f"{name}. There is no role “wizards”." in show(admin, "report", finished_job.pk)
    assert name in show(admin, "record", finished_job.pk, 13)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"correction": "odd"},
        {"correction": "rename_membership", "value": "nobody"},
        {"correction": "default"},
    ],
)
def test_a_correction_that_says_nothing_changes_nothing(
    admin: Client, finished_job: ImportJob, fields: dict[str, str]
) -> None:
    assert correct(admin, finished_job, 13, **fields) == "failed"
    assert ImportJob.objects.get(pk=finished_job.pk).attempt == 1


def test_creating_a_role_for_a_correction_takes_the_permission(
    sign_in: SignIn, finished_job: ImportJob
) -> None:
    client = sign_in("imports.view_importjob", "imports.run_importjob")

    assert correct(client, finished_job, 13, correction="create_membership") == "failed"
    assert "Create “wizards”" not in show(
        client, "error_group", finished_job.pk, find_error_group(finished_job, 13)
    )


def test_a_error_group_shows_values_only_to_who_may_see_them(
    admin: Client, sign_in: SignIn, finished_job: ImportJob
) -> None:
    digest = find_error_group(finished_job, 3)
    other = sign_in("imports.view_importjob", "imports.run_importjob")

    assert "New value for “chloe.example.net”" in show(
        admin, "error_group", finished_job.pk, digest
    )
    assert "chloe" not in show(other, "error_group", finished_job.pk, digest)


def test_hashes_are_never_among_the_values_of_a_error_group(
    admin: Client, finished_job: ImportJob
) -> None:
    assert "$2b$" not in show(
        admin, "error_group", finished_job.pk, find_error_group(finished_job, 11)
    )


def test_a_error_group_that_is_gone_leads_back_to_the_results(
    admin: Client, finished_job: ImportJob
) -> None:
    response = admin.get(reverse("imports:error_group", args=[finished_job.pk, "0" * 32]))

    assert response.headers["Location"] == reverse("imports:results", args=[finished_job.pk])


@pytest.mark.parametrize("digest", ["x", "nonsense", "0" * 31])
def test_a_error_group_that_is_no_digest_is_not_found(
    admin: Client, finished_job: ImportJob, digest: str
) -> None:
    response = admin.get(f"/admin/imports/{finished_job.pk}/error-groups/{digest}/")

    assert response.status_code in {302, 404}


def test_a_correction_is_listed_on_the_activity_log_and_can_be_undone(
    admin: Client, finished_job: ImportJob
) -> None:
    correct(admin, finished_job, 9, correction="drop_field")
    assert "Phone is not imported" in show(admin, "activity_log", finished_job.pk)

    admin.post(reverse("imports:undo_correction", args=[finished_job.pk, 1]))

    page = show(admin, "activity_log", finished_job.pk)
    assert "<del>Phone is not imported</del>" in page
    assert "undid a correction" in page


def test_an_edit_is_checked_without_writing_and_then_retried(
    admin: Client, finished_job: ImportJob
) -> None:
    address = reverse("imports:edit", args=[finished_job.pk, 3])

    checked = admin.post(address, {"value-2": "chloe@example.net"}).content.decode()
    assert "It would be created." in checked
    assert list_statuses(finished_job)[2][1] == "failed"

    admin.post(address, {"value-2": "chloe@example.net", "retry": ""})
    drain(finished_job)
    assert list_statuses(finished_job)[2][1] == "created"
    assert "edited email" in show(admin, "record", finished_job.pk, 3)


def test_an_edit_that_does_not_help_says_what_is_still_wrong(
    admin: Client, finished_job: ImportJob
) -> None:
    address = reverse("imports:edit", args=[finished_job.pk, 3])

    page = admin.post(address, {"value-2": "still wrong"}).content.decode()

    assert "With these values it would still fail." in page
    assert 'value="still wrong"' in page


def test_a_secret_is_not_shown_for_editing_and_stays_unless_it_is_replaced(
    admin: Client, run_job: MakeJob
) -> None:
    record = {
        "subject_id": "1",
        "profile": {"email": "no address"},
        "authenticators": {"password": {"hash": HASH}},
    }
    job = run_job([record, {"subject_id": "2"}])
    address = reverse("imports:edit", args=[job.pk, 1])
    page = admin.get(address).content.decode()
    assert HASH not in page
    assert "no address" in page

    number = page.split('value="no address"')[0].rpartition('name="value-')[2].split('"')[0]
    admin.post(address, {f"value-{number}": "ada@example.com", "retry": ""})
    drain(job)

    record = ImportRecord.objects.get(job=job, row_number=1)
    assert record.status == "created"
    user_page = show(admin, "record", job.pk, 1)
    assert HASH not in user_page


SHIFTED = b"""id,email,username,given_name,active
s1,sue@example.net,sue,Sue,true,Parking 14
s2,sam@example.net,"sam,Sam,true
"""


@pytest.mark.parametrize("row", [1, 2])
def test_a_row_that_came_apart_is_imported_as_it_is_typed_anew(
    admin: Client, run_job: MakeJob, row: int
) -> None:
    job = run_job(SHIFTED, name="people.csv")
    meant = {1: ["s1", "sue@example.net", "sue", "Sue", "true"],
             2: ["s2", "sam@example.net", "sam", "Sam", "true"]}[row]  # fmt: skip

    typed = {f"value-{number}": text for number, text in enumerate(meant)}
    admin.post(reverse("imports:edit", args=[job.pk, row]), typed | {"retry": ""})
    drain(job)

    assert User.objects.get(subject_id=meant[0]).given_name == meant[3]


def test_a_row_that_was_emptied_can_still_be_filled_in(admin: Client, run_job: MakeJob) -> None:
    job = run_job(SHIFTED, name="people.csv")
    admin.post(reverse("imports:edit", args=[job.pk, 1]), {"retry": ""})
    drain(job)

    page = show(admin, "edit", job.pk, 1)

    assert [name for name in ("id", "email", "username") if f">{name}</label>" in page] == [
        "id", "email", "username"
    ]  # fmt: skip


def test_a_value_that_a_nested_row_lacks_is_added_to_it(admin: Client, run_job: MakeJob) -> None:
    lines = [{"id": "n1", "email": "nia@example.net"}, {"id": "n1", "username": "nat"}, {}]
    job = run_job(b"\n".join(map(orjson.dumps, lines)), name="people.ndjson")
    page = show(admin, "edit", job.pk, 3)
    assert ">email</label>" in page

    admin.post(reverse("imports:edit", args=[job.pk, 3]), {"value-1": "z@example.net", "retry": ""})
    drain(job)

    assert User.objects.filter(email="z@example.net").exists()


def test_a_record_that_was_imported_cannot_be_edited(
    admin: Client, finished_job: ImportJob
) -> None:
    response = admin.get(reverse("imports:edit", args=[finished_job.pk, 1]), follow=True)

    assert "You can edit a record only if it failed" in response.content.decode()


@pytest.fixture
def collided_job(make_job: MakeJob, run_job: MakeJob) -> ImportJob:
    """Two people to whom the file gives one id, and somebody who was imported before.

    The second one is skipped by decision.
    """
    run_job([{"subject_id": "old"}])
    same = [{"subject_id": "1", "profile": {"given_name": name}} for name in ("Ada", "Bob")]
    job = make_job([*same, {"subject_id": "old"}])
    answer_decisions(job, {"unlike_people:subject_id": {"*": "skip"}}, actor=job.created_by)
    run_to_the_end(job)
    return job


def test_a_record_skipped_for_a_repeated_id_is_imported_with_an_id_of_its_own(
    admin: Client, collided_job: ImportJob
) -> None:
    address = reverse("imports:edit", args=[collided_job.pk, 2])
    page = admin.get(address).content.decode()
    number = page.split('value="1"')[0].rpartition('name="value-')[2].split('"')[0]

    admin.post(address, {f"value-{number}": "2", "retry": ""})
    drain(collided_job)

    assert User.objects.get(subject_id="2").given_name == "Bob"
    totals = get_totals(collided_job)
    assert (totals["created"], totals["skipped"], totals["failed"]) == (2, 1, 0)
    assert count_reasons(collided_job, "skipped") == [("profile_exists", 1)]
    assert "Skipped" in show(admin, "record", collided_job.pk, 2)


@pytest.mark.parametrize("mode", [Mode.SKIP, Mode.UPDATE])
def test_a_record_corrected_later_does_not_become_the_user_of_another_row_with_its_id(
    admin: Client, run_job: MakeJob, mode: Mode
) -> None:
    people = [{"subject_id": "1", "profile": {"given_name": "Ada", "email": "no address"}},
              {"subject_id": "1", "profile": {"given_name": "Bob"}}]  # fmt: skip
    job = run_job(people, mode=mode)
    address = reverse("imports:edit", args=[job.pk, 1])
    page = admin.get(address).content.decode()
    number = page.split('value="no address"')[0].rpartition('name="value-')[2].split('"')[0]

    admin.post(address, {f"value-{number}": "ada@example.net", "retry": ""})
    drain(job)

    assert User.objects.get(subject_id="1").given_name == "Bob"
    assert count_reasons(job, "failed") == [("unlike_people", 1)]
    assert "Row 2 comes first and has the same subject id" in show(admin, "edit", job.pk, 1)


def test_a_user_who_existed_keeps_no_source_row_and_cannot_be_edited(
    admin: Client, collided_job: ImportJob
) -> None:
    response = admin.get(reverse("imports:edit", args=[collided_job.pk, 3]), follow=True)

    assert "You can edit a record only if it failed" in response.content.decode()
    assert collided_job.records.get(row_number=3).source is None


def test_records_that_collided_are_downloaded_in_their_own_columns(
    admin: Client, collided_job: ImportJob
) -> None:
    chosen = {"status": "skipped", "reason": "repeated_in_file"}
    rows = list(csv.DictReader(io.StringIO(download(admin, collided_job, **chosen).decode())))

    assert [row["profile.given_name"] for row in rows] == ["Bob"]
    assert "userferry_reason" in rows[0]


def test_all_that_collided_are_retried_by_their_reason_but_not_by_retrying_what_failed(
    admin: Client, collided_job: ImportJob
) -> None:
    address = reverse("imports:retry", args=[collided_job.pk])
    refused = admin.post(address, {"all": ""}, follow=True).content.decode()
    assert "None of these records can be retried" in refused

    User.objects.get(subject_id="1").delete()
    admin.post(address, {"status": "skipped", "reason": "repeated_in_file", "matching": ""})
    drain(collided_job)

    assert User.objects.get(subject_id="1").given_name == "Bob"
    assert get_totals(collided_job)["created"] == 2
    assert "Attempt 2 finished" in show(admin, "activity_log", collided_job.pk)


def ask_for_secrets(client: Client, job: ImportJob, **fields: str) -> HttpResponse:
    fields = {"status": "failed", "format": "csv", "secrets": "on", **fields}
    return client.get(reverse("imports:download", args=[job.pk]), fields)


def test_a_download_has_no_secrets_unless_they_are_asked_for(
    sign_in: SignIn, finished_job: ImportJob
) -> None:
    assert b"$2b$" not in download(sign_in(*READER, SECRETS), finished_job)


@pytest.mark.parametrize(
    ("permissions", "lacking"),
    [
        (READER, SECRETS),
        ((READER[0], SECRETS), READER[1]),
        ((*READER, "imports.run_importjob", "imports.undo_importjob"), SECRETS),
    ],
)
def test_secrets_take_a_permission_of_their_own(
    sign_in: SignIn, finished_job: ImportJob, permissions: tuple[str, ...], lacking: str
) -> None:
    client = sign_in(*permissions)
    note_sign_in(client, 0)

    answer = ask_for_secrets(client, finished_job)

    assert answer.status_code == 403
    assert lacking in answer.content.decode()
    assert not JobEvent.objects.filter(job=finished_job, action="download").exists()


def test_secrets_are_downloaded_after_a_recent_sign_in_and_the_activity_log_says_so(
    sign_in: SignIn, finished_job: ImportJob
) -> None:
    client = sign_in(*READER, SECRETS)
    note_sign_in(client, 100)

    answer = ask_for_secrets(client, finished_job)

    assert b"$2b$" in b"".join(answer.streaming_content)
    assert answer["Cache-Control"] == "no-store"
    event = JobEvent.objects.get(job=finished_job, action="download")
    assert event.detail == {"format": "csv", "values": True, "secrets": True, "records": 15}
    assert "with secrets of 15 records" in show(client, "activity_log", finished_job.pk)


@pytest.mark.parametrize("seconds_ago", [None, 400])
def test_without_a_recent_sign_in_the_password_is_asked_for_before_secrets_leave(
    sign_in: SignIn, finished_job: ImportJob, seconds_ago: float | None
) -> None:
    client = sign_in(*READER, SECRETS)
    user = User.objects.get(pk=client.session["_auth_user_id"])
    user.set_password("the password of the clerk")
    user.save()
    client.force_login(user)
    if seconds_ago is not None:
        note_sign_in(client, seconds_ago)

    asked = ask_for_secrets(client, finished_job)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert not JobEvent.objects.filter(job=finished_job, action="download").exists()
    wrong = client.post(asked["Location"], {"password": "another one"})
    assert wrong.status_code == 200
    assert ask_for_secrets(client, finished_job).status_code == 302

    confirmed = client.post(asked["Location"], {"password": "the password of the clerk"})

    page = client.get(confirmed["Location"]).content.decode()
    assert re.search(r'name="secrets"[^>]* checked', page)
    assert b"$2b$" in b"".join(ask_for_secrets(client, finished_job).streaming_content)


def test_whoever_has_no_password_here_signs_in_again_before_secrets_leave(
    sign_in: SignIn, finished_job: ImportJob
) -> None:
    client = sign_in(*READER, SECRETS)

    answer = client.get(ask_for_secrets(client, finished_job)["Location"])

    assert "Sign out, sign in again" in answer.content.decode()


def test_the_page_offers_secrets_only_to_who_may_have_them(
    sign_in: SignIn, finished_job: ImportJob
) -> None:
    assert SECRETS in show(sign_in(*READER), "corrected_files", finished_job.pk)
    offered = show(sign_in(*READER, SECRETS), "corrected_files", finished_job.pk)
    assert 'name="secrets"' in offered
    assert SECRETS not in offered


def test_every_format_has_every_failed_record(admin: Client, finished_job: ImportJob) -> None:
    text = download(admin, finished_job).decode("utf-8-sig")
    lines = download(admin, finished_job, format="ndjson").splitlines()
    book = openpyxl.load_workbook(io.BytesIO(download(admin, finished_job, format="xlsx")))

    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(lines) == book.worksheets[0].max_row - 1 == 15
    assert orjson.loads(lines[0])["userferry_code"] == rows[0]["userferry_code"]


def test_a_download_has_what_the_filter_says_and_is_on_the_activity_log(
    admin: Client, finished_job: ImportJob
) -> None:
    created = download(admin, finished_job, status="created").decode("utf-8-sig")

    assert [row["row"] for row in csv.DictReader(io.StringIO(created))] == ["1", "5", "19"]
    event = JobEvent.objects.get(job=finished_job, action="download")
    assert event.detail == {"format": "csv", "values": False, "secrets": False}


def test_a_download_in_an_odd_format_is_not_found(admin: Client, finished_job: ImportJob) -> None:
    address = reverse("imports:download", args=[finished_job.pk])

    assert admin.get(address, {"format": "pdf"}).status_code == 404


def test_a_corrected_download_is_shown_before_it_is_applied(
    admin: Client, finished_job: ImportJob
) -> None:
    content = download(admin, finished_job, q="9").replace(b"ext. 12", b"")
    file = SimpleUploadedFile("corrected.csv", content)

    address = reverse("imports:upload_corrected_file", args=[finished_job.pk])
    page = admin.post(address, {"file": file}, follow=True).content.decode()

    assert "Retry 1 record" in page
    assert list_statuses(finished_job)[8][1] == "failed"
    corrected = CorrectedFile.objects.get(job=finished_job)
    admin.post(reverse("imports:apply_corrected_file", args=[finished_job.pk, corrected.pk]))
    drain(finished_job)
    assert list_statuses(finished_job)[8][1] == "created"


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "has no content"), (b"a,b\n1,2\n", "userferry_row"), (None, "Choose the file first")],
)
def test_what_is_no_corrected_download_is_answered_with_what_to_do(
    admin: Client, finished_job: ImportJob, content: bytes | None, message: str
) -> None:
    files = {"file": SimpleUploadedFile("x.csv", content)} if content is not None else {}

    address = reverse("imports:upload_corrected_file", args=[finished_job.pk])
    page = admin.post(address, files, follow=True).content.decode()

    assert message in page


@pytest.mark.parametrize(
    ("digest", "choice", "name"),
    [
        ("md5", "unsalted_md5", "MD5 without salt: md5(password)"),
        ("sha512", "unsalted_sha512", "SHA-512 without salt: sha512(password)"),
    ],
)
def test_hashes_whose_format_nobody_told_are_imported_as_the_one_chosen(
    admin: Client, run_job: MakeJob, digest: str, choice: str, name: str
) -> None:
    value = hashlib.new(digest, b"Bare-2026", usedforsecurity=False).hexdigest()
    rows = [("1", "a@example.com", value), ("2", "b@example.com", value)]
    job = run_job(to_csv(["id", "email", "password_hash"], rows), name="bare.csv")
    page = show(admin, "error_group", job.pk, find_error_group(job, 1))

    assert f'<option value="{choice}">{name}' in page
    assert '<option value="bcrypt">' not in page
    assert reverse("imports:test_sign_in_password", args=[job.pk]) in page
    assert correct(admin, job, 1, correction="answer", value="") == "failed"
    assert correct(admin, job, 1, correction="answer", value=choice) == "created"
    assert all(user.check_password("Bare-2026") for user in User.objects.filter(source=job.source))
    assert name in show(admin, "activity_log", job.pk)


@pytest.mark.parametrize("value", ["digest:md5", "rot13", ""])
def test_a_format_that_there_is_not_changes_nothing(
    admin: Client, finished_job: ImportJob, value: str
) -> None:
    assert correct(admin, finished_job, 11, correction="set_format", value=value) == "failed"
    assert ImportJob.objects.get(pk=finished_job.pk).attempt == 1


def test_all_that_match_a_filter_are_undone(admin: Client, finished_job: ImportJob) -> None:
    chosen = {"status": "created", "from": "5", "matching": ""}
    preview = admin.post(
        reverse("imports:choose_undo", args=[finished_job.pk]), chosen, follow=True
    ).content.decode()

    assert "2 chosen records" in preview
    admin.post(reverse("imports:start_undo", args=[finished_job.pk]), chosen)
    undoing.work_on_undo(Undo.objects.get(job=finished_job).pk)
    undone = finished_job.records.filter(undone_at__isnull=False)
    assert set(undone.values_list("row_number", flat=True)) == {5, 19}


def test_all_that_match_a_filter_are_retried(admin: Client, finished_job: ImportJob) -> None:
    address = reverse("imports:retry", args=[finished_job.pk])
    admin.post(address, {"status": "failed", "reason": "wrong_type", "matching": ""})
    drain(finished_job)

    retried = ImportRecord.objects.filter(job=finished_job, attempt=2)
    assert sorted(retried.values_list("row_number", flat=True)) == [8, 10]


def test_the_activity_log_has_the_figures_by_minute(admin: Client, finished_job: ImportJob) -> None:
    page = show(admin, "activity_log", finished_job.pk)

    assert finished_job.file_sha256 in page
    assert "Table by minute" in page


def test_a_long_run_is_drawn_in_a_bounded_number_of_bars() -> None:
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    minutes = [Minute(start + datetime.timedelta(minutes=n), 100, 0) for n in range(1000)]

    chart = draw_chart(minutes)

    assert chart is not None
    assert len(chart.bars) <= 120
    assert chart.minutes == 9
    assert max(bar.x + bar.width for bar in chart.bars) <= chart.width


WIDE = (
    "id,username,email\n1,ada,ada@example.com,\n2,Berg, Bob,bob@example.com\n"
    "3,cem,cem@example.com\n"
)


@pytest.fixture
def wide_job(run_job: MakeJob) -> ImportJob:
    """Rows with a cell too many: an empty one, and the half of a name that was cut."""
    return run_job(WIDE.encode(), name="wide.csv")


def test_a_row_that_came_apart_is_put_together_by_its_error_group(
    admin: Client, wide_job: ImportJob
) -> None:
    page = show(admin, "error_group", wide_job.pk, find_error_group(wide_job, 1))
    assert "a value probably contains the delimiter" in page
    assert '<option value="username">' in page

    assert correct(admin, wide_job, 1, correction="join_cells", value="username") == "failed"
    assert User.objects.get(subject_id="2").username == "Berg, Bob"
    assert correct(admin, wide_job, 1, correction="drop_blank_cells") == "created"


def test_what_would_be_lost_with_surplus_cells_is_said_before(
    admin: Client, wide_job: ImportJob
) -> None:
    page = show(admin, "error_group", wide_job.pk, find_error_group(wide_job, 1))

    blank, lossy = (
        page.partition(f'value="{name}"') for name in ("drop_blank_cells", "drop_cells")
    )
    assert "is-quiet" not in blank[0].rpartition("<button")[2]
    assert "is-quiet" in lossy[0].rpartition("<button")[2]
    assert "What they hold is lost." in lossy[2].partition("</p>")[0]
    assert "Berg" not in page


def test_only_a_column_that_makes_records_is_joined(admin: Client, wide_job: ImportJob) -> None:
    assert correct(admin, wide_job, 1, correction="join_cells", value="email") == "failed"
    assert ImportJob.objects.get(pk=wide_job.pk).attempt == 1


def test_nothing_is_joined_or_cut_for_another_error_group(
    admin: Client, finished_job: ImportJob
) -> None:
    page = show(admin, "error_group", finished_job.pk, find_error_group(finished_job, 3))

    assert "Split value" not in page
    assert "extra cells" not in page


def test_advice_is_that_of_the_place_where_it_stands(admin: Client, make_job: MakeJob) -> None:
    lines = "id,email,password_hash\n1,ada@example.com,$2b$10$short\n"
    job = make_job(lines.encode(), name="hashes.csv")
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    before, locked = "Test sign-in", "mapping page"
    assert before in show(admin, "dry_run", job.pk)

    runs.start_run(job, actor=job.created_by, without_dry_run=True)
    drain(job)

    digest = find_error_group(job, 1)
    for page in (
        show(admin, "results", job.pk),
        show(admin, "error_group", job.pk, digest),
        show(admin, "record", job.pk, 1),
        show(admin, "report", job.pk),
        show(admin, "edit", job.pk, 1),
    ):
        assert "import without the password" in page
        assert locked not in page


def test_a_record_that_is_edited_shows_what_it_would_change(
    admin: Client, run_job: MakeJob
) -> None:
    run_job([{"subject_id": "1", "profile": {"given_name": "Ada"}}])
    profile = {"given_name": "Adele", "phone": "nonsense"}
    job = run_job([{"subject_id": "1", "profile": profile}], mode=Mode.UPDATE)
    assert "Changes to the user" not in show(admin, "edit", job.pk, 1)

    page = admin.post(
        reverse("imports:edit", args=[job.pk, 1]), fill(admin, job, {"profile.phone": ""})
    ).content.decode()

    assert "It would be updated." in page
    assert "<del>Ada</del>" in page
    assert "<ins>Adele</ins>" in page


def fill(client: Client, job: ImportJob, texts: dict[str, str]) -> dict[str, str]:
    """Return the fields of the form that edits row 1, with other values in some columns."""
    page = show(client, "edit", job.pk, 1)
    labels = re.findall(r'<label for="id_(value-\d+)">([^<]+)</label>', page)
    return {name: texts[column] for name, column in labels if column in texts}
