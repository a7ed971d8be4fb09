"""Failed records get through after all: by corrections, by edits, and by a corrected file."""

import csv
import io

import openpyxl
import orjson
import pytest
from django.core.files.base import ContentFile

from accounts.models import Role, User
from imports.core.corrections import Change
from imports.core.errors import ImporterError, InvalidTransition
from imports.core.files.writers import write_csv, write_xlsx
from imports.core.planning.conflicts import Mode
from imports.models import ImportAttempt, ImportJob, ImportRecord, RecordEdit
from imports.record_filters import RecordFilter
from imports.selectors import find_error_group, get_totals, list_error_groups
from imports.services.corrections import corrected_files
from imports.services.corrections.corrections import correct_and_retry, undo_correction
from imports.services.corrections.downloads import MORE, ROW, list_source_objects, list_sources
from imports.services.corrections.edits import edit_and_retry, edit_row, foresee, read_row
from imports.services.corrections.offers import list_offers
from imports.services.jobs import retention
from imports.services.runs import runs
from tests.imports.conftest import MakeJob, drain, list_statuses, to_csv

pytestmark = pytest.mark.django_db

HASH = "$2b$10$hpMtJEhdKUpCTQx4oaSiLOB2mQ9E8IikzItHnM8cHrQFzzsvH2Vge"
COLUMNS = ["id", "username", "email", "phone", "password_hash", "roles"]
ROWS = [
    ["1", "ada", "ada@example.com", "+441632960901", HASH, ""],
    ["2", "bob", "bob@example.com", "ext. 12", HASH, ""],
    ["3", "cem", "cem@example.com", "ext. 13", HASH, "editor"],
    ["4", "dee", "dee@example.com", "+441632960904", HASH[:40], ""],
    ["5", "=cmd", "eva.example.com", "+441632960905", HASH, "editor"],
    ["6", "fay", "fay@example.com", "", HASH, "editor", "extra"],
]


@pytest.fixture
def job(run_job: MakeJob) -> ImportJob:
    """One user, and five rows that fail: for phones, a hash, an address, and a cell too many."""
    return run_job(to_csv(COLUMNS, ROWS), name="people.csv", chunk_rows=2)


def find(job: ImportJob, code: str) -> str:
    """Return the digest of an error group."""
    return next(each.digest for each in list_error_groups(job) if each.problem.code == code)


def choose(digest: str) -> RecordFilter:
    return RecordFilter(status="failed", error_group=digest)


def list_failed(job: ImportJob) -> dict[int, str]:
    return {row: reason for row, status, reason in list_statuses(job) if status == "failed"}


def download(job: ImportJob, *, with_secrets: bool = False) -> list[dict[str, str]]:
    table = list_sources(job, RecordFilter(status="failed"), with_secrets=with_secrets)
    lines = "".join(write_csv(table.columns, table.rows)).removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(lines)))


def write_file(rows: list[dict[str, str]]) -> ContentFile:
    content = to_csv(list(rows[0]), [row.values() for row in rows])
    return ContentFile(content, name="corrected.csv")


def test_failures_of_one_error_group_are_counted_together(job: ImportJob) -> None:
    error_groups = {
        each.problem.code: (each.count, each.first_row) for each in list_error_groups(job)
    }

    assert error_groups["invalid_phone"] == (2, 2)
    assert sum(count for count, _ in error_groups.values()) == get_totals(job)["failed"] == 5


def test_error_groups_follow_what_retries_come_to(job: ImportJob) -> None:
    digest = find(job, "invalid_phone")

    correct_and_retry(
        job, [Change("drop_field", "profile.phone")], chosen=choose(digest), actor=job.created_by
    )
    drain(job)

    error_groups = {each.problem.code: each.count for each in list_error_groups(job)}
    assert "invalid_phone" not in error_groups
    assert error_groups["role_missing"] == 1
    assert find_error_group(job, digest) is None
    assert sum(error_groups.values()) == get_totals(job)["failed"] == 4


def test_a_correction_holds_for_the_records_it_was_made_for_and_for_no_others(
    job: ImportJob,
) -> None:
    ignore = [Change("drop_field", "authenticators.password")]
    correct_and_retry(job, ignore, chosen=choose(find(job, "hash_invalid")), actor=job.created_by)
    drain(job)
    Role.objects.create(key="editor")
    phone = [Change("drop_field", "profile.phone")]
    correct_and_retry(job, phone, chosen=choose(find(job, "invalid_phone")), actor=job.created_by)
    drain(job)

    users = {user.subject_id: user for user in User.objects.filter(subject_id__in="1234")}
    assert users["4"].has_usable_password() is False
    assert all(users[number].has_usable_password() for number in "123")


def test_a_correction_still_holds_when_the_record_fails_again_and_is_retried(
    job: ImportJob,
) -> None:
    phone = [Change("drop_field", "profile.phone")]
    correct_and_retry(job, phone, chosen=choose(find(job, "invalid_phone")), actor=job.created_by)
    drain(job)
    assert list_failed(job)[3] == "role_missing"

    create = Change("create_membership", "memberships.roles", "editor")
    chosen = choose(find(job, "role_missing"))
    correct_and_retry(job, [create], chosen=chosen, actor=job.created_by)
    drain(job)

    assert 3 not in list_failed(job)
    attempts = ImportAttempt.objects.filter(job=job, row_number=3).order_by("attempt")
    assert [each.problems[0]["code"] for each in attempts] == ["invalid_phone", "role_missing"]


def test_a_correction_that_was_undone_holds_no_more(job: ImportJob) -> None:
    phone = [Change("drop_field", "profile.phone")]
    correct_and_retry(job, phone, chosen=choose(find(job, "invalid_phone")), actor=job.created_by)
    drain(job)

    undo_correction(job, 1, actor=job.created_by)
    runs.retry(job, actor=job.created_by, chosen=RecordFilter(rows=(3,)))
    drain(job)

    assert list_failed(job)[3] == "invalid_phone"
    assert job.events.filter(action="undo correction", actor=job.created_by).count() == 1


def test_a_role_becomes_another_for_all_records_of_the_error_group(run_job: MakeJob) -> None:
    Role.objects.create(key="writer")
    rows = [["1", "", "", "", "", "editor"], ["2", "", "", "", "", "editor"]]
    job = run_job(to_csv(COLUMNS, rows), name="people.csv")

    change = Change("rename_membership", "memberships.roles", "editor", value="writer")
    correct_and_retry(job, [change], chosen=choose(find(job, "role_missing")), actor=job.created_by)
    drain(job)

    assert set(User.objects.filter(roles__key="writer").values_list("subject_id", flat=True)) == {
        "1",
        "2",
    }


@pytest.mark.parametrize(
    "change",
    [
        Change("rename_membership", "memberships.roles", "editor", value="nobody"),
        Change("default", "authenticators.password.hash", value="secret"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_and_nothing_is_retried(
    job: ImportJob, change: Change
) -> None:
    with pytest.raises(ImporterError):
        correct_and_retry(job, [change], chosen=RecordFilter(), actor=job.created_by)

    job.refresh_from_db()
    assert (job.attempt, job.corrections, job.state) == (1, [], "completed")


def test_the_mapping_itself_stays_as_the_run_had_it(job: ImportJob) -> None:
    before = job.mapping
    phone = [Change("drop_field", "profile.phone")]
    correct_and_retry(job, phone, chosen=choose(find(job, "invalid_phone")), actor=job.created_by)

    job.refresh_from_db()
    assert job.mapping == before
    with pytest.raises(InvalidTransition):
        undo_correction(job, 1, actor=job.created_by)


def test_corrections_are_tried_before_they_are_offered(job: ImportJob) -> None:
    error_group = find_error_group(job, find(job, "invalid_phone"))
    assert error_group is not None

    offers = list_offers(job, error_group, actor=job.created_by)

    tried = [(each.kind.name, each.trial) for each in offers.found if each.trial]
    found = [(name, trial.corrected, trial.imported) for name, trial in tried]
    assert (offers.tried, offers.imported) == (2, 0)
    assert found == [("drop_field", 2, 1)]
    assert User.objects.filter(subject_id="2").exists() is False


def test_an_edit_is_foreseen_kept_beside_the_original_and_retried(job: ImportJob) -> None:
    record = ImportRecord.objects.get(job=job, row_number=2)
    original = read_row(record)
    edited = edit_row(job, original, {"phone": "+441632960902"})

    assert foresee(job, [edited], actor=job.created_by)[0].status == "created"
    assert not User.objects.filter(subject_id="2").exists()
    edit_and_retry(job, [edited], actor=job.created_by)
    drain(job)

    assert User.objects.get(subject_id="2").phone == "+441632960902"
    edit = RecordEdit.objects.get(job=job, row_number=2)
    assert (edit.columns, edit.actor) == (["phone"], job.created_by)
    record.source = edit.original
    assert read_row(record) == original


def test_originals_of_edits_go_with_the_source_rows(job: ImportJob) -> None:
    row = read_row(ImportRecord.objects.get(job=job, row_number=2))
    edit_and_retry(job, [edit_row(job, row, {"phone": "x"})], actor=job.created_by)
    drain(job)

    retention.purge(job)

    assert RecordEdit.objects.get(job=job).original is None


def test_a_record_that_did_not_fail_cannot_be_edited(job: ImportJob) -> None:
    row = read_row(ImportRecord.objects.get(job=job, row_number=2))
    edit_and_retry(job, [edit_row(job, row, {"phone": ""})], actor=job.created_by)
    drain(job)

    with pytest.raises(ImporterError, match="retried in the meantime"):
        edit_and_retry(job, [row], actor=job.created_by)


def test_a_download_has_the_original_columns_without_secrets_and_formulas(job: ImportJob) -> None:
    rows = {row[ROW]: row for row in download(job)}

    assert rows["2"]["phone"] == "ext. 12"
    assert rows["2"]["userferry_code"] == "invalid_phone"
    assert rows["5"]["username"] == "'=cmd"
    assert "password_hash" not in rows["2"]
    assert rows["6"]["username"] == "(hidden)"
    assert HASH not in str(rows)


def test_a_download_with_secrets_has_them(job: ImportJob) -> None:
    rows = {row[ROW]: row for row in download(job, with_secrets=True)}

    assert rows["2"]["password_hash"] == HASH
    assert rows["6"]["username"] == "fay"


def test_a_corrected_download_changes_only_what_was_touched_and_keeps_secrets(
    job: ImportJob,
) -> None:
    rows = download(job)
    for row in rows:
        if row[ROW] == "2":
            row["phone"] = ""
        if row[ROW] == "5":
            row["email"], row["roles"] = "eva@example.com", ""

    corrected = corrected_files.accept_corrected_file(job, write_file(rows), actor=job.created_by)

    assert (corrected.changed, corrected.unchanged, corrected.refused_count) == (2, 3, 0)
    assert not User.objects.filter(subject_id="2").exists()
    assert corrected_files.apply_corrected_file(corrected, actor=job.created_by) == 2
    drain(job)
    assert User.objects.get(subject_id="2").has_usable_password()
    assert User.objects.get(subject_id="5").username == "=cmd"
    assert sorted(list_failed(job)) == [3, 4, 6]


def test_a_workbook_comes_back_like_a_csv_file(job: ImportJob) -> None:
    table = list_sources(job, RecordFilter(status="failed"), with_secrets=True)
    file = io.BytesIO(b"".join(write_xlsx(table.columns, table.rows)))
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    header = [cell.value for cell in sheet[1]]
    sheet.cell(2, header.index("phone") + 1).value = "+441632960902"
    corrected_file = io.BytesIO()
    book.save(corrected_file)

    upload = ContentFile(corrected_file.getvalue(), name="corrected.xlsx")
    corrected = corrected_files.accept_corrected_file(job, upload, actor=job.created_by)

    assert (corrected.changed, corrected.unchanged, corrected.refused) == (1, 4, [])
    assert corrected_files.read_corrected_rows(corrected)[0].values["phone"] == "+441632960902"


def test_rows_of_other_jobs_successes_and_repeats_are_refused_with_a_reason(
    job: ImportJob,
) -> None:
    rows = download(job)
    other = {**rows[0], "userferry_job": "99-abc"}
    success = {**rows[0], ROW: "1"}
    nothing = {**rows[0], ROW: "x"}
    file = write_file([rows[0], rows[0], other, success, nothing])

    corrected = corrected_files.accept_corrected_file(job, file, actor=job.created_by)

    reasons = [reason for _, reason in corrected.refused]
    assert "appears earlier in this file" in reasons[0]
    assert "another job" in reasons[1]
    assert "not a record of this job that can" in reasons[2]
    assert "not a row number" in reasons[3]


def test_a_shifted_row_has_to_be_given_whole(job: ImportJob) -> None:
    without = [{**row, "username": "faye"} for row in download(job) if row[ROW] == "6"]
    corrected = corrected_files.accept_corrected_file(
        job, write_file(without), actor=job.created_by
    )
    assert "other secrets" in corrected.refused[0][1]

    whole = [
        {**row, "roles": "", MORE: ""}
        for row in download(job, with_secrets=True)
        if row[ROW] == "6"
    ]
    corrected = corrected_files.accept_corrected_file(job, write_file(whole), actor=job.created_by)
    corrected_files.apply_corrected_file(corrected, actor=job.created_by)
    drain(job)

    assert User.objects.get(subject_id="6").has_usable_password()


def test_a_shifted_row_is_corrected_by_taking_out_what_is_too_much(run_job: MakeJob) -> None:
    job = run_job(to_csv(COLUMNS, [ROWS[0], [*ROWS[3][:4], HASH, "", ""]]), name="people.csv")
    rows = download(job, with_secrets=True)
    assert (
        corrected_files.accept_corrected_file(job, write_file(rows), actor=job.created_by).unchanged
        == 1
    )

    corrected = corrected_files.accept_corrected_file(
        job, write_file([{**row, MORE: ""} for row in rows]), actor=job.created_by
    )

    assert corrected.changed == 1
    assert (
        foresee(job, corrected_files.read_corrected_rows(corrected), actor=job.created_by)[0].status
        == "created"
    )


def test_a_file_that_is_no_download_is_refused(job: ImportJob) -> None:
    file = ContentFile(to_csv(COLUMNS, ROWS[:2]), name="people.csv")

    with pytest.raises(ImporterError, match="Upload the corrected download itself"):
        corrected_files.accept_corrected_file(job, file, actor=job.created_by)


def test_a_corrected_file_is_applied_once(job: ImportJob) -> None:
    rows = [{**row, "phone": ""} for row in download(job)[:1]]
    corrected = corrected_files.accept_corrected_file(job, write_file(rows), actor=job.created_by)
    corrected_files.apply_corrected_file(corrected, actor=job.created_by)
    drain(job)

    with pytest.raises(ImporterError, match="nothing left"):
        corrected_files.apply_corrected_file(corrected, actor=job.created_by)


def test_a_retry_by_filter_tries_only_what_matches(job: ImportJob) -> None:
    chosen = RecordFilter(status="failed", first_row=2, last_row=4, search="b")

    assert runs.retry(job, actor=job.created_by, chosen=chosen) == 1
    drain(job)

    retried = ImportRecord.objects.filter(job=job, attempt=2)
    assert [record.row_number for record in retried] == [2]


@pytest.mark.parametrize(
    ("chosen", "rows"),
    [
        (RecordFilter(stage="authenticators"), [4]),
        (RecordFilter(stage="reading"), [6]),
        (RecordFilter(stage="profile", last_row=4), [2, 3]),
        (RecordFilter(chunk="2"), [3, 4]),
        (RecordFilter(chunk="9"), []),
        (RecordFilter(reason="invalid_phone", first_row=3), [3]),
        (RecordFilter(rows=(1, 5)), [1, 5]),
    ],
)
def test_records_are_narrowed_by_every_part_of_a_filter(
    job: ImportJob, chosen: RecordFilter, rows: list[int]
) -> None:
    assert [record.row_number for record in chosen.select(job.pk)] == rows
    assert RecordFilter.from_json(chosen.to_json()) == chosen


def test_records_of_a_job_that_updates_can_be_corrected_too(run_job: MakeJob) -> None:
    run_job(to_csv(COLUMNS, ROWS[:1]), name="people.csv")
    job = run_job(
        to_csv(
            COLUMNS, [["1", "ada", "", "ext. 1", "", ""], ["7", "", "", "+441632960907", "", ""]]
        ),
        name="people.csv",
        mode=Mode.UPDATE,
    )
    row = read_row(ImportRecord.objects.get(job=job, row_number=1))

    edit_and_retry(job, [edit_row(job, row, {"phone": "+441632960903"})], actor=job.created_by)
    drain(job)

    assert User.objects.get(subject_id="1").phone == "+441632960903"


def test_objects_of_ndjson_come_back_corrected_in_their_own_shape(run_job: MakeJob) -> None:
    job = run_job(
        [
            {
                "subject_id": "1",
                "profile": {"email": "no address", "attributes": {}},
                "authenticators": {"password": {"hash": HASH}},
                "memberships": {"roles": ["a", "b"]},
            }
        ]
    )
    line = next(list_source_objects(job, RecordFilter(status="failed"), with_secrets=False))
    assert HASH not in str(line)
    line["profile"]["email"] = "ada@example.com"
    line["memberships"]["roles"] = []

    file = ContentFile(orjson.dumps(line), name="corrected.ndjson")
    corrected = corrected_files.accept_corrected_file(job, file, actor=job.created_by)
    assert (corrected.changed, corrected.refused) == (1, [])
    corrected_files.apply_corrected_file(corrected, actor=job.created_by)
    drain(job)

    user = User.objects.get(subject_id="1")
    assert user.email == "ada@example.com"
    assert user.has_usable_password()


@pytest.fixture
def wide_job(run_job: MakeJob) -> ImportJob:
    """Rows with a cell too many: an empty one, one with text, and two names cut at a comma."""
    lines = (
        "id,username,email,name\n1,ada,ada@example.com,Ada,\n2,bob,bob@example.com,Bob,x\n"
        "3,cem,cem@example.com,Cem\n4,Smith, Dee,dee@example.com,Dee\n"
        "5,Smith, Eve,eve@example.com,Eve\n"
    )
    return run_job(lines.encode(), name="people.csv")


def correct_extra_cells(job: ImportJob, change: Change) -> dict[int, str]:
    """Correct all rows with too many cells, and return what still fails."""
    chosen = choose(find(job, "row_too_many_cells"))
    correct_and_retry(job, [change], chosen=chosen, actor=job.created_by)
    drain(job)
    return list_failed(job)


def test_empty_surplus_cells_are_excluded_and_no_others(wide_job: ImportJob) -> None:
    assert list(correct_extra_cells(wide_job, Change("drop_blank_cells"))) == [2, 4, 5]

    assert User.objects.get(subject_id="1").email == "ada@example.com"


def test_surplus_cells_are_excluded_with_what_they_hold_when_that_is_chosen(
    wide_job: ImportJob,
) -> None:
    # In the others the address stands in another column now.
    assert list_failed(wide_job).keys() - correct_extra_cells(wide_job, Change("drop_cells")) == {
        1,
        2,
    }


def test_a_value_that_was_cut_is_joined_in_all_records_of_the_error_group(
    wide_job: ImportJob,
) -> None:
    change = Change("join_cells", key=",", value="username")

    assert list(correct_extra_cells(wide_job, change)) == [1, 2]

    found = User.objects.filter(subject_id__in="45").order_by("subject_id")
    assert [(user.username, user.email) for user in found] == [
        ("Smith, Dee", "dee@example.com"), ("Smith, Eve", "eve@example.com")
    ]  # fmt: skip


def test_the_columns_that_may_have_been_cut_are_found(wide_job: ImportJob) -> None:
    error_group = find_error_group(wide_job, find(wide_job, "row_too_many_cells"))
    assert error_group is not None

    offers = list_offers(wide_job, error_group, actor=wide_job.created_by).found
    changes = next(each.changes for each in offers if each.kind.name == "join_cells")
    joins = {change.value: whole for change, whole in changes}

    assert joins["username"] == 2
    assert joins["name"] == 1
    assert "email" not in joins


def test_surplus_cells_come_back_when_their_correction_is_undone(wide_job: ImportJob) -> None:
    correct_extra_cells(wide_job, Change("drop_cells"))
    assert list_failed(wide_job)[4] == "invalid_email"

    undo_correction(wide_job, 1, actor=wide_job.created_by)
    runs.retry(wide_job, actor=wide_job.created_by, chosen=RecordFilter(rows=(4,)))
    drain(wide_job)

    assert list_failed(wide_job)[4] == "row_too_many_cells"
