"""Files that are broken in every way that files are: the job survives, and says what is wrong."""

import pytest

from imports.core.errors import FileFormatError
from imports.models import ImportRecord
from imports.states import JobState
from tests.imports.conftest import MakeJob

pytestmark = pytest.mark.django_db

HEADER = b"subject_id,profile.username,profile.given_name\n"
ROW = b"s%d,user%d,Name %d\n"


def make_rows(*numbers: int) -> bytes:
    return b"".join(ROW % (number, number, number) for number in numbers)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "file_empty", id="empty"),
        pytest.param(b"   \n\n", "file_empty", id="blank"),
        pytest.param(HEADER, "file_no_records", id="header only"),
        pytest.param(b"[]", "file_no_records", id="empty array"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 50, "file_not_text", id="picture"),
        pytest.param(b'{\n"version": 3,\n"name": "x"\n}', "file_wrong_shape", id="object"),
    ],
)
def test_file_without_users_is_refused_with_its_reason(
    make_job: MakeJob, content: bytes, code: str
) -> None:
    with pytest.raises(FileFormatError) as refused:
        make_job(content, name="users")

    assert refused.value.problem.code == code
    assert refused.value.problem.kind.advice


def run_and_split(run_job: MakeJob, content: bytes, name: str) -> tuple[list[int], dict[int, str]]:
    """Import the file; return the rows created, and the reason of every row that failed."""
    job = run_job(content, name=name)
    assert job.state == JobState.COMPLETED, job.error
    records = ImportRecord.objects.filter(job=job).order_by("row_number")
    created = [record.row_number for record in records if record.status == "created"]
    return created, {r.row_number: r.reason for r in records if r.status == "failed"}


@pytest.mark.parametrize(
    ("bad_row", "code"),
    [
        pytest.param(b's2,"user2,Name 2\n', "row_unclosed_quote", id="unclosed quote"),
        pytest.param(b"s2,user2,Name \xff 2\n", "invalid_encoding", id="invalid UTF-8"),
        pytest.param(b"s2,user\x002,Name 2\n", "invalid_character", id="NUL byte"),
        pytest.param(b"s2,user2,Name,2\n", "row_too_many_cells", id="too many cells"),
        pytest.param(b"s2,user2\n", "row_too_few_cells", id="too few cells"),
        pytest.param(b"s2,user2," + b"x" * 5_000_000 + b"\n", "row_too_large", id="5 MB cell"),
        pytest.param(b",user2,Name 2\n", "missing_required", id="no subject id"),
    ],
)
def test_broken_csv_row_costs_no_other(run_job: MakeJob, bad_row: bytes, code: str) -> None:
    content = HEADER + make_rows(1) + bad_row + make_rows(3, 4)

    created, failed = run_and_split(run_job, content, "users.csv")

    assert (created, failed) == ([1, 3, 4], {2: code})


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"\xef\xbb\xbf" + HEADER + make_rows(1, 2), id="BOM"),
        pytest.param((HEADER + make_rows(1, 2)).decode().encode("utf-16"), id="UTF-16"),
        pytest.param((HEADER + make_rows(1, 2)).replace(b",", b";"), id="semicolons"),
        pytest.param((HEADER + make_rows(1, 2)).replace(b",", b"\t"), id="tabs"),
        pytest.param((HEADER + make_rows(1, 2)).replace(b"\n", b"\r\n"), id="CRLF"),
    ],
)
def test_csv_in_another_dress_is_read(run_job: MakeJob, content: bytes) -> None:
    assert run_and_split(run_job, content, "users.csv") == ([1, 2], {})


GOOD = b'{"subject_id": "s%d", "profile": {"username": "user%d"}}'


def test_truncated_array_keeps_what_came_before(run_job: MakeJob) -> None:
    content = b"[" + GOOD % (1, 1) + b", " + GOOD % (2, 2) + b', {"subject_id": "s3", "pro'

    created, failed = run_and_split(run_job, content, "users.json")

    assert (created, failed) == ([1, 2], {3: "row_truncated"})


@pytest.mark.parametrize(
    ("bad_line", "code"),
    [
        pytest.param(b'{"subject_id": "s2"', "row_unreadable", id="cut line"),
        pytest.param(b"[1, 2]", "row_not_an_object", id="array"),
        pytest.param(b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "row_too_deep", id="10,000 deep"),
        pytest.param(
            b'{"subject_id": "s2", "profile": {"username": {"first": 1}}}', "wrong_type", id="type"
        ),
    ],
)
def test_broken_line_costs_no_other(run_job: MakeJob, bad_line: bytes, code: str) -> None:
    content = b"\n".join([GOOD % (1, 1), bad_line, GOOD % (3, 3)])

    created, failed = run_and_split(run_job, content, "users.ndjson")

    assert (created, failed) == ([1, 3], {2: code})


def test_problem_names_row_and_column(run_job: MakeJob) -> None:
    content = b"User Id,Mail\ns1,a@example.com\ns2,b@example.com\ns3,nonsense\n"

    job = run_job(content, name="users.csv")

    problem = ImportRecord.objects.get(job=job, row_number=3).problems[0]
    assert (problem["code"], problem["column"]) == ("invalid_email", "Mail")
