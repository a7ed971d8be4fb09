"""`manage.py import_users`: what it prints, how it ends, what it leaves."""

import gzip
import hashlib
import json
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from accounts.models import User
from imports.core.mapping import Mapping
from imports.core.planning.conflicts import Mode
from imports.core.readers.packed import streams
from imports.models import ImportJob
from imports.services.approval.approvals import decide_plan
from imports.services.jobs.rate_limits import set_limits
from imports.services.jobs.shown import write_job
from imports.services.mapping import mappings, templates
from imports.services.runs import runs
from tests.imports.commands.calling import SAMPLES, Run
from tests.imports.conftest import drain, to_ndjson


@pytest.fixture(autouse=True)
def administrator(db: None) -> User:
    return User.objects.create_superuser(email="admin@example.com")


def test_a_good_file_ends_with_status_0_and_totals(run: Run) -> None:
    status, output, _ = run(SAMPLES / "aspnet_identity_users.csv")

    assert status == 0
    assert "40 created" in output
    assert User.objects.filter(email="user01@example.com").exists()


def test_failed_records_end_with_status_3_and_the_reasons(run: Run) -> None:
    status, output, _ = run(SAMPLES / "mistakes.csv")

    assert status == 3
    assert "16 failed" in output
    assert (
        "1 The role does not exist. Create the role, use another one instead, or drop it; then"
        " retry the record."
    ) in output


def test_with_json_the_output_is_one_object(run: Run) -> None:
    status, output, _ = run(SAMPLES / "mistakes.csv", "--json")

    summary = json.loads(output)
    seconds, report = summary.pop("seconds"), summary.pop("report")
    assert status == 3
    assert seconds > 0
    assert summary == {
        "job": ImportJob.objects.get().pk,
        "state": "completed",
        "created": 3,
        "updated": 0,
        "skipped": 0,
        "failed": 16,
    }
    assert sum(problem["count"] for problem in report["problems"]) == 16
    assert [each["answer"] for each in report["decisions"]] == ["unlike_people:subject_id"]


def test_a_dry_run_says_the_same_and_writes_no_user(run: Run) -> None:
    status, output, _ = run(SAMPLES / "mistakes.csv", "--json", "--dry-run")

    summary = json.loads(output)
    assert status == 3
    assert (summary["state"], summary["created"], summary["failed"]) == ("dry_run_done", 3, 16)
    assert User.objects.count() == 1


def test_a_mapping_file_mode_and_chunk_size_are_followed(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "people.csv"
    source.write_text("id,nick\n1,ada\n")
    mapping = tmp_path / "mapping.json"
    mapping.write_text(
        json.dumps(
            {
                "rules": [
                    {"source": "id", "target": "subject_id"},
                    {"source": "nick", "target": "profile.display_name"},
                ]
            }
        )
    )

    status, _, _ = run(source, "--mapping", mapping, "--mode", "update", "--chunk-size", 7)

    job = ImportJob.objects.get()
    assert status == 0
    assert (job.mode, job.chunk_rows) == ("update", 7)
    assert User.objects.get(subject_id="1").display_name == "ada"


def test_the_job_is_run_by_the_user_who_is_named_and_with_their_rights(run: Run) -> None:
    clerk = User.objects.create_user(email="clerk@example.com")

    status, output, _ = run(SAMPLES / "native_users.json", "--as", "Clerk@example.com")

    assert (ImportJob.objects.get().operator, status) == (clerk, 3)
    assert "You need the permission “Add users” (accounts.add_user)" in output
    assert not User.objects.exclude(email__in=["admin@example.com", clerk.email]).exists()


WRONG_USES = [
    ([], "Give a file to import"),
    (["nowhere.csv"], "No such file or directory"),
    ([SAMPLES], "Is a directory"),
    ([SAMPLES / "mistakes.csv", "--provider", "nobody"], "invalid choice: 'nobody'"),
    ([SAMPLES / "mistakes.csv", "--mode", "perhaps"], "invalid choice: 'perhaps'"),
    ([SAMPLES / "mistakes.csv", "--chunk-size", "0"], "give a number from 1 to 5000"),
    ([SAMPLES / "mistakes.csv", "--mapping", "nowhere.json"], "nowhere.json cannot be read"),
    ([SAMPLES / "mistakes.csv", "--mapping", SAMPLES / "mistakes.csv"], "is not valid"),
    ([SAMPLES / "mistakes.csv", "--as", "nobody@example.com"], "“nobody@example.com”"),
    (["--resume", "4711"], "Import job 4711 does not exist"),
]


@pytest.mark.parametrize(
    ("arguments", "message"), WRONG_USES, ids=[message for _, message in WRONG_USES]
)
def test_wrong_usage_ends_with_status_2_and_what_is_wrong(
    run_without_workers: Run, arguments: list[object], message: str
) -> None:
    status, output, messages = run_without_workers(*arguments)

    assert status == 2
    assert message in messages
    assert "Traceback" not in messages
    assert output == ""


def test_a_file_that_lists_no_users_is_refused_with_its_columns_and_the_way_out(
    run_without_workers: Run, tmp_path: Path
) -> None:
    source = tmp_path / "shoes.csv"
    source.write_text("shoe,size\nboot,38\n")

    status, output, messages = run_without_workers(source, "--json")

    refused = json.loads(output)["refused"]
    assert status == 1
    assert list(refused) == ["code", "title", "message", "advice"]
    assert refused["code"] == "file_no_users"
    assert "shoe, size" in refused["message"]
    assert refused["advice"] in messages
    assert f"/admin/imports/{ImportJob.objects.get().pk}/mapping/" in messages


@pytest.mark.parametrize(
    ("content", "code"),
    [("", "file_empty"), ("id,email\n", "file_no_records"), ('{"a": 1', "file_wrong_shape")],
)
def test_a_file_that_cannot_be_read_is_refused_in_json_too(
    run_without_workers: Run, tmp_path: Path, content: str, code: str
) -> None:
    source = tmp_path / "users.txt"
    source.write_text(content)

    status, output, _ = run_without_workers(source, "--json", "--dry-run")

    assert status == 1
    assert json.loads(output)["refused"]["code"] == code


def test_report_names_the_source_systems_that_fit_a_file_equally_well(
    run: Run, tmp_path: Path
) -> None:
    source = tmp_path / "users.csv"
    source.write_text(
        "id,username,passwordhash,securitystamp,password,last_login,is_active,date_joined\n"
        "1,ada,,x,,,true,\n"
    )

    _, output, _ = run(source, "--json", "--dry-run")

    notices = {each["code"]: each["text"] for each in json.loads(output)["report"]["notices"]}
    assert "ASP.NET" in notices["source_system_ambiguous"]
    assert "Django" in notices["source_system_ambiguous"]


def test_a_dry_run_in_json_says_what_is_not_imported_who_is_disabled_and_the_passwords(
    run: Run, tmp_path: Path
) -> None:
    source = tmp_path / "users.csv"
    source.write_text(
        "id,email,shoe,active,password_hash\n"
        "1,ada@example.com,38,yes,$2b$10$VhG9BkkRdlCYh1i0lkskHuC/kIs8PO6HJrqmqwL1nzu8sc9INkndG\n"
        "2,cy@example.com,,no,$9z$abcdefghijklmnopqrstuvwx\n"
        "3,eve@example.com,,no,\n"
    )

    _, output, _ = run(source, "--json", "--dry-run")

    report = json.loads(output)["report"]
    assert report["not_imported"] == [
        {"what": "shoe", "records": 1, "why": "The mapping does not import it."}
    ]
    assert [notice["code"] for notice in report["notices"]] == ["arrive_disabled"]
    assert [(each["format"], each["count"]) for each in report["passwords"]] == [
        ("bcrypt", 1),
        ("unknown", 1),
        ("none", 1),
    ]
    assert "$9z$" in report["passwords"][1]["text"]
    assert "abcdefghij" not in report["passwords"][1]["text"]


STAFF = (
    "id,email,shoe,active,password_hash,team\n"
    "1,ada@example.com,38,yes,$2b$10$VhG9BkkRdlCYh1i0lkskHuC/kIs8PO6HJrqmqwL1nzu8sc9INkndG,a\n"
    "2,cy@example.com,,no,,b\n"
)


@pytest.mark.parametrize("chunk_size", [1, 100])
def test_run_without_a_dry_run_reports_what_a_dry_run_does(
    run: Run, tmp_path: Path, chunk_size: int
) -> None:
    source = tmp_path / "users.csv"
    source.write_text(STAFF)

    _, dry_run, _ = run(source, "--json", "--dry-run")
    _, done, _ = run(source, "--json", "--chunk-size", chunk_size)

    before, after = (json.loads(output)["report"] for output in (dry_run, done))
    assert after == before
    assert {each["what"] for each in after["not_imported"]} == {"shoe", "team"}
    assert [each["format"] for each in after["passwords"]] == ["bcrypt", "none"]
    assert [each["code"] for each in after["notices"]] == ["arrive_disabled"]


def test_only_records_that_need_an_unanswered_question_fail(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "users.json"
    people = [
        {"localId": "1", "email": "ada@example.com", "createdAt": "1614850200123"},
        {"localId": "2", "email": "cy@example.com", "passwordHash": "aGFzaA==", "salt": "c2FsdA=="},
    ]
    source.write_text(json.dumps({"users": people}))

    status, output, _ = run(source, "--json")

    done = json.loads(output)
    assert (status, done["created"], done["failed"]) == (3, 1, 1)
    [decision] = done["report"]["decisions"]
    assert decision["answer"] == "answer_missing:passwordHash"
    assert (decision["open"], decision["values"][0]["value"]) == (1, "Signer key (signer_key)")
    assert [each["code"] for each in done["report"]["problems"]] == ["answer_missing"]


def test_users_are_matched_by_the_key_that_is_named(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "users.csv"
    people = "{0}1,ada@example.com,ada\n{0}2,cy@example.com,cy\n"
    source.write_text("id,email,username\n" + people.format("old"))
    run(source)
    source.write_text("id,email,username\n" + people.format("new"))

    _, by_id, _ = run(source, "--dry-run")
    status, output, _ = run(source, "--json", "--match", "username")
    wrong = run(source, "--match", "shoe")

    assert "--match email" in by_id
    assert (status, json.loads(output)["skipped"]) == (0, 2)
    assert wrong[0] == 2
    assert "Possible: subject_id, email" in wrong[2]


@pytest.mark.parametrize("options", [["--dry-run"], []], ids=["dry run", "run"])
def test_file_that_is_refused_beyond_its_head_is_refused_in_json_too(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    # What unpacks to little more than a head of 2 MiB is a bomb then.
    monkeypatch.setattr(streams, "RATIO_FREE", 5 << 19)
    monkeypatch.setattr(streams, "RATIO_LIMIT", 10)
    source = tmp_path / "users.csv.gz"
    people = [f"{number},u{number}@example.com,{'x' * 1_000}" for number in range(3_000)]
    source.write_bytes(gzip.compress("\n".join(["id,email,note", *people]).encode()))

    status, output, messages = run(source, "--json", *options)

    refused = json.loads(output)["refused"]
    assert status == 1
    assert list(refused) == ["code", "title", "message", "advice"]
    assert refused["code"] == "archive_refused"
    assert refused["advice"] in messages
    assert ImportJob.objects.get().state == "errored"


def test_without_an_administrator_the_command_says_how_to_make_one(
    run_without_workers: Run, administrator: User
) -> None:
    administrator.delete()

    status, _, messages = run_without_workers(SAMPLES / "mistakes.csv")

    assert status == 2
    assert "manage.py createsuperuser" in messages


def test_a_job_that_was_stopped_by_an_error_can_be_gone_on_with(
    run: Run, administrator: User
) -> None:
    run(SAMPLES / "native_users.json", "--dry-run")
    job = ImportJob.objects.get()
    runs.start_run(job, actor=administrator, without_dry_run=True)
    runs.stop_with_error(job, "The disk is full.")

    status, output, _ = run("--resume", job.pk, "--json")

    assert status == 3
    assert json.loads(output)["created"] == 23


def test_a_file_that_is_none_ends_with_status_1(run_without_workers: Run, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.touch()

    status, output, messages = run_without_workers(empty)

    assert status == 1
    assert "The file has no content. Export it again" in messages
    assert output == ""


PEOPLE = "Nr;Mail;Joined;Team\n1;ann@example.com;31/12/2020;IT\n"
TEMPLATE = Mapping.model_validate(
    {
        "rules": [
            {"source": "Nr", "target": "subject_id"},
            {"source": "Mail", "target": "profile.email"},
            {
                "source": "Joined",
                "target": "profile.created_at",
                "transforms": [{"kind": "date", "formats": ["%d/%m/%Y"]}],
            },
        ],
        "ignored": ["Team"],
    }
)


def test_a_template_maps_the_file_and_the_job_says_which_version(
    run: Run, administrator: User, tmp_path: Path
) -> None:
    templates.add_version("HR", TEMPLATE, [], actor=administrator)
    (tmp_path / "people.csv").write_text(PEOPLE)

    status, _, _ = run(tmp_path / "people.csv", "--template", "HR@1")

    assert status == 0
    assert str(ImportJob.objects.get().template_version) == "HR, version 1"
    assert User.objects.get(subject_id="1").created_at.isoformat()[:10] == "2020-12-31"


def test_a_template_that_reads_a_column_the_file_lacks_is_refused(
    run_without_workers: Run, administrator: User, tmp_path: Path
) -> None:
    templates.add_version("HR", TEMPLATE, [], actor=administrator)
    (tmp_path / "people.csv").write_text(PEOPLE.replace("Joined", "Since"))

    status, _, messages = run_without_workers(tmp_path / "people.csv", "--template", "HR")

    assert status == 2
    assert "The file has no column “Joined”, which HR, version 1 reads" in messages


def test_an_exported_template_is_a_mapping_file(
    run: Run, administrator: User, tmp_path: Path
) -> None:
    version = templates.add_version("HR", TEMPLATE, [], actor=administrator)
    (tmp_path / "people.csv").write_text(PEOPLE)
    (tmp_path / "hr.json").write_bytes(templates.export_template(version))

    status, _, _ = run(tmp_path / "people.csv", "--mapping", tmp_path / "hr.json")

    assert status == 0
    assert User.objects.filter(subject_id="1").exists()


def test_a_template_that_does_not_exist_is_refused(
    run_without_workers: Run, tmp_path: Path
) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE)

    status, _, messages = run_without_workers(tmp_path / "people.csv", "--template", "nobody's")

    assert status == 2
    assert "There is no mapping template “nobody's”." in messages


def test_a_bad_file_of_answers_is_refused_without_quoting_it(
    run_without_workers: Run, tmp_path: Path
) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE)
    (tmp_path / "answers.json").write_text('{"key": ["geheim"]}')

    status, _, messages = run_without_workers(
        tmp_path / "people.csv", "--answers", tmp_path / "answers.json"
    )

    assert status == 2
    assert "geheim" not in messages


def write_people(path: Path, count: int, invalid: int = 0) -> Path:
    people = [
        {"subject_id": f"s{n}", "profile": {"email": "bad" if n < invalid else f"{n}@example.com"}}
        for n in range(count)
    ]
    path.write_bytes(to_ndjson(people))
    return path


def test_rules_and_limits_are_set_on_the_command_line(run: Run, tmp_path: Path) -> None:
    file = write_people(tmp_path / "people.ndjson", 30)
    rules = ("--on", "value_taken=skip", "--field", "profile=fill", "--field", "profile.phone=keep")
    limits = ("--throttle", 5000, "--halt-at", 5, "--halt-sample", 10)

    status, _, messages = run(file, "--mode", "update", *rules, *limits)

    job = ImportJob.objects.get()
    assert (status, job.state) == (0, "completed"), messages
    assert job.conflicts == {"value_taken": "skip"}
    assert job.field_policies == {"profile": "fill", "profile.phone": "keep"}
    assert (job.rate_limit, job.failure_threshold, job.failure_sample) == (5000, 5, 10)


def test_impossible_rule_is_wrong_usage_and_says_why(
    run_without_workers: Run, tmp_path: Path
) -> None:
    file = write_people(tmp_path / "people.ndjson", 3)

    status, _, messages = run_without_workers(file, "--on", "value_taken=overwrite")

    assert status == 2
    assert "cannot be reassigned" in messages


def test_automatic_pause_says_why_and_how_to_go_on(run: Run, tmp_path: Path) -> None:
    file = write_people(tmp_path / "people.ndjson", 300, invalid=10)

    status, _, messages = run(file, "--chunk-size", 10, "--halt-at", 10, "--halt-sample", 20)

    job = ImportJob.objects.get()
    assert (status, job.state) == (1, "paused")
    assert "The failure threshold is 10" in messages
    assert f"--resume {job.pk}" in messages
    assert run("--resume", job.pk)[0] == 3


def test_where_imports_are_approved_the_first_call_starts_a_dry_run_and_resume_imports(
    run: Run, administrator: User, settings: Settings
) -> None:
    settings.IMPORT_APPROVAL = "required"
    status, _, messages = run(SAMPLES / "aspnet_identity_users.csv")
    job = ImportJob.objects.get()

    assert (status, job.started_at) == (4, None)
    assert "is waiting for approval by a second person" in messages
    assert f"/imports/{job.pk}/dry-run/" in messages
    status, _, messages = run("--resume", job.pk)
    assert status != 0
    assert "waiting for approval" in messages

    second = User.objects.create_superuser(email="second@example.com")
    plan = job.plans.get()
    decide_plan(job, plan.pk, is_approved=True, comment="", actor=second)
    status, output, _ = run("--resume", job.pk)
    assert status == 0
    assert "40 created" in output


def test_resuming_an_approved_job_that_has_changed_since_approval_says_how_and_imports_nothing(
    run: Run, administrator: User, settings: Settings
) -> None:
    settings.IMPORT_APPROVAL = "required"
    run(SAMPLES / "aspnet_identity_users.csv")
    job = ImportJob.objects.get()
    second = User.objects.create_superuser(email="second@example.com")
    decide_plan(job, job.plans.get().pk, is_approved=True, comment="", actor=second)
    User.objects.create_user(subject_id="other", email="user01@example.com")
    status, _, messages = run("--resume", job.pk)

    assert status == 1
    assert "has changed since approval" in messages
    assert "would now fail" in messages
    assert User.objects.filter(email="user02@example.com").count() == 0


def test_dry_run_that_others_changed_is_resumed_only_as_it_was_reviewed(
    run: Run, administrator: User
) -> None:
    run(SAMPLES / "aspnet_identity_users.csv", "--dry-run")
    job = ImportJob.objects.get()
    ben = User.objects.create_superuser(email="ben@example.com", display_name="Ben")
    options = mappings.JobOptions(Mode.UPDATE, job.chunk_rows)
    mappings.save_mapping(job, Mapping.model_validate(job.mapping), options, actor=ben)
    runs.start_dry_run(job, actor=ben)
    drain(job)

    status, _, refused = run("--resume", job.pk)

    assert status == 1
    assert "Ben changed the mapping at" in refused
    assert "Nothing was started. Review the dry run at" in refused
    assert not User.objects.filter(email="user01@example.com").exists()
    digest = refused.rpartition('--digest "')[2].partition('"')[0]

    set_limits(job, rate_limit=7, failure_threshold=None, failure_sample=9, actor=ben)
    status, _, refused = run("--resume", job.pk, "--digest", digest)
    assert status == 1
    assert "Ben changed the limits at" in refused
    assert not User.objects.filter(email="user01@example.com").exists()

    status, output, _ = run("--resume", job.pk, "--digest", write_job(job))
    assert status == 0
    assert "40 created" in output


@pytest.fixture
def mixed_file(tmp_path: Path) -> Path:
    """A file of a plain password and a hash of a format that nobody knows."""
    path = tmp_path / "mixed.csv"
    unknown = "$xy$" + "q" * 43
    path.write_text(f"id,password\n1,Blue-River-42\n2,{unknown}\n")
    return path


def test_a_decision_that_nobody_took_fails_its_records_and_is_told(
    run: Run, mixed_file: Path
) -> None:
    status, output, _ = run(mixed_file, "--json")

    (decision,) = json.loads(output)["report"]["decisions"]
    assert status == 3
    assert (decision["answer"], decision["count"]) == ("hash_as_password:password", 1)
    assert decision["values"][0]["value"] == "$xy$ + 43 characters"
    assert User.objects.filter(subject_id="1").exists()
    assert not User.objects.filter(subject_id="2").exists()


def test_an_answer_lets_the_records_in(run: Run, mixed_file: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text('{"hash_as_password:password": {"$xy$ + 43 characters": "none"}}')

    status, output, _ = run(mixed_file, "--answers", answers)

    assert status == 0
    assert "2 created" in output
    assert not User.objects.get(subject_id="2").has_usable_password()


def test_the_dry_run_prints_the_answers_that_it_proposes(run: Run, mixed_file: Path) -> None:
    status, output, _ = run(mixed_file, "--dry-run")

    assert status == 3
    assert "Action required:" in output
    assert '{"hash_as_password:password": {"$xy$ + 43 characters": "none"}}' in output


@pytest.fixture
def bare_file(tmp_path: Path) -> Path:
    """A file of a digest that does not say of what it was taken."""
    path = tmp_path / "bare.csv"
    path.write_text(f"id,email,password_hash\n1,a@example.com,{hash_sha1(b'Blue-River-42')}\n")
    return path


def hash_sha1(text: bytes) -> str:
    return hashlib.sha1(text, usedforsecurity=False).hexdigest()


def test_a_bare_digest_is_asked_about_with_the_choices_that_fit_it(
    run: Run, bare_file: Path
) -> None:
    status, output, _ = run(bare_file, "--dry-run")

    assert status == 3
    assert "unsalted_sha1 (SHA-1 without salt: sha1(password))" in output
    assert "unsalted_md5 (" not in output
    expected = '{"hash_format_ambiguous:password_hash": {"40 hexadecimal digits": "CHOICE"}}'
    assert expected in output


def test_the_answer_for_a_bare_digest_lets_its_user_sign_in(
    run: Run, bare_file: Path, tmp_path: Path
) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text('{"hash_format_ambiguous:password_hash": "unsalted_sha1"}')

    status, _, _ = run(bare_file, "--answers", answers)

    assert status == 0
    assert User.objects.get(subject_id="1").check_password("Blue-River-42")


def test_an_answer_that_is_no_choice_is_wrong_usage(
    run_without_workers: Run, mixed_file: Path, tmp_path: Path
) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text('{"hash_as_password:password": "maybe"}')

    status, _, messages = run_without_workers(mixed_file, "--answers", answers)

    assert status == 2
    assert "“maybe” is not a choice" in messages


CALLED = "id,email,phone\n" + "".join(
    f"g{number},g{number}@example.com,+44163296000{number}\n" for number in range(6)
)
BAD = "b1,b1@example.com,12\nb2,nonsense,13\n"
PHONE = {"code": "invalid_phone", "field": "profile.phone", "column": "phone"}
EMAIL = {"code": "invalid_email", "field": "profile.email", "column": "email"}


@pytest.fixture
def bad_file(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(CALLED + BAD)
    return path


def write_corrections(folder: Path, *corrections: dict[str, object]) -> Path:
    path = folder / "corrections.json"
    path.write_text(json.dumps(corrections))
    return path


def test_dry_run_lists_what_corrects_the_records_that_would_fail(run: Run, bad_file: Path) -> None:
    status, output, _ = run(bad_file, "--dry-run")

    assert status == 3
    assert "What corrects them:" in output
    assert "drop_field: Import without “Phone”: tried on 1, 1 would be imported" in output
    example = output.partition("such as: ")[2].strip()
    assert json.loads(example)[0]["group"]["code"] in {"invalid_phone", "invalid_email"}
    assert "nonsense" not in output


def test_corrections_of_a_file_are_made_by_the_import(
    run: Run, bad_file: Path, tmp_path: Path
) -> None:
    written = write_corrections(
        tmp_path,
        {"group": PHONE, "correction": "drop_field"},
        {"group": EMAIL, "correction": "replace", "values": {"nonsense": "b2@example.com"}},
        {"group": {**EMAIL, "column": "other"}, "correction": "drop_field"},
    )

    status, output, _ = run(bad_file, "--corrections", written, "--json")

    assert status == 0
    assert json.loads(output)["created"] == 8
    assert User.objects.get(subject_id="b2").email == "b2@example.com"


def test_failed_records_of_a_job_are_retried_with_the_corrections_of_a_file(
    run: Run, bad_file: Path, tmp_path: Path
) -> None:
    status, output, _ = run(bad_file)
    job = ImportJob.objects.get()
    assert status == 3
    assert f"Choose in a file for --resume {job.pk} --corrections" in output
    written = write_corrections(
        tmp_path,
        {"group": PHONE, "correction": "drop_field"},
        {"group": EMAIL, "correction": "drop_field"},
    )

    status, output, _ = run("--resume", job.pk, "--corrections", written, "--json")

    assert status == 0
    assert json.loads(output)["created"] == 8


@pytest.mark.parametrize(
    ("corrections", "said"),
    [
        ([{"group": PHONE, "correction": "odd"}], "There is no correction “odd”"),
        ([{"group": {"code": "odd"}, "correction": "trim"}], "There is no such problem code"),
        ([{"group": PHONE, "correction": "replace", "values": {"12": 12}}], "0.values.12"),
    ],
)
def test_file_of_corrections_that_are_none_is_refused(
    run: Run, bad_file: Path, tmp_path: Path, corrections: list[dict[str, object]], said: str
) -> None:
    status, _, messages = run(bad_file, "--corrections", write_corrections(tmp_path, *corrections))

    assert status == 2
    assert said in messages


def test_job_that_is_not_completed_is_not_corrected(
    run: Run, bad_file: Path, tmp_path: Path
) -> None:
    run(bad_file, "--dry-run")
    written = write_corrections(tmp_path, {"group": PHONE, "correction": "drop_field"})

    status, _, messages = run("--resume", ImportJob.objects.get().pk, "--corrections", written)

    assert status == 2
    assert "is not completed" in messages
