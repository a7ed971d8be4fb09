"""Jobs by API: made of files, mapped, listed; and what a wrong request is answered."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from imports.models import ImportJob, TemplateVersion
from imports.services.mapping import templates
from imports.states import JobState
from tests.imports.api.conftest import MakeProgram, Program
from tests.imports.conftest import MakeJob, to_ndjson

USERS = to_ndjson([{"subject_id": "1", "email": "ann@example.com"}])
FIREBASE = Path(__file__).resolve().parents[2] / "fixtures" / "firebase" / "users.json"
# A hash format cannot be told from these.
UNCLEAR = b"login,secret stuff\nann,cleartext\n"


def test_a_file_becomes_a_job_that_is_ready(program: Program) -> None:
    answer = program.upload(
        USERS, {"name": "Night", "mode": "update", "limits": {"rate_limit": 50}}
    )

    job = ImportJob.objects.get()
    assert answer.status == 201
    assert (job.state, job.name, job.mode, job.rate_limit) == (
        JobState.MAPPED,
        "Night",
        "update",
        50,
    )
    assert job.created_by == program.user
    assert answer.body["id"] == job.pk
    assert answer.body["unmapped"] == []


def test_a_job_whose_mapping_lacks_something_is_a_draft_that_says_what(program: Program) -> None:
    answer = program.upload(UNCLEAR, {"mapping": {"rules": []}}, name="users.csv")

    assert answer.status == 201
    assert answer.body["state"] == JobState.DRAFT
    assert answer.body["unmapped"]


def test_a_file_is_read_as_that_of_the_provider_its_mapping_is_for(program: Program) -> None:
    mapping = {"provider": "generic", "rules": [{"source": "localId", "target": "subject_id"}]}

    answer = program.upload(FIREBASE.read_bytes(), {"mapping": mapping})

    assert (answer.status, answer.body["provider"]) == (201, "generic")


def test_a_draft_is_corrected_with_a_mapping(program: Program) -> None:
    number = program.upload(UNCLEAR, {"mapping": {"rules": []}}, name="users.csv").body["id"]
    rules = [{"source": "login", "target": target} for target in ("subject_id", "profile.username")]

    answer = program.call("PUT", f"/jobs/{number}/mapping", {"mapping": {"rules": rules}})

    assert (answer.status, answer.body["state"]) == (200, JobState.MAPPED)


def test_a_mapping_that_cannot_be_used_is_refused_with_its_faults(program: Program) -> None:
    number = program.upload(USERS).body["id"]
    rules = [{"source": "subject_id", "target": "profile.nonsense"}]

    answer = program.call("PUT", f"/jobs/{number}/mapping", {"mapping": {"rules": rules}})

    assert (answer.status, answer.body["code"]) == (422, "mapping_invalid")
    assert answer.body["faults"]
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_file_that_cannot_be_read_is_refused_with_advice_and_not_kept(program: Program) -> None:
    answer = program.upload(b"", name="empty.csv")

    assert (answer.status, answer.body["code"]) == (422, "file_empty")
    assert answer.body["advice"]
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"provider": "nonesuch"}, "provider_unknown"),
        ({"read": {"encoding": "klingon"}}, "reading_invalid"),
        ({"template": "nonesuch"}, "refused"),
        ({"policies": {"conflicts": {"value_taken": "overwrite"}}}, "policies_invalid"),
        ({"policies": {"matching_key": "attribute:shoe"}}, "policies_invalid"),
        ({"nonsense": 1}, "request_invalid"),
        ({"limits": {"rate_limit": -1}}, "request_invalid"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_options_that_make_no_sense_are_refused_and_nothing_is_kept(
    program: Program, options: object, code: str
) -> None:
    answer = program.upload(USERS, options)

    assert answer.body["code"] == code
    assert answer.status in {409, 422}
    assert not ImportJob.objects.exists()


def test_no_answer_repeats_a_secret_that_was_sent_wrongly(program: Program) -> None:
    secret = "c2VjcmV0IHNpZ25lciBrZXk"
    wrong = {"answers": {"signer_key": [secret]}, "mode": secret, "mapping": {"answers": secret}}

    answer = program.upload(USERS, wrong)

    assert answer.status == 422
    assert secret not in json.dumps(answer.body)


def test_answers_to_secret_questions_are_not_in_any_job(program: Program) -> None:
    secret = "c2VjcmV0IHNpZ25lciBrZXk"
    export = FIREBASE.read_bytes()

    made = program.upload(export, {"answers": {"signer_key": secret}}, name=FIREBASE.name)
    mapping = program.call("GET", f"/jobs/{made.body['id']}/mapping")

    assert (made.status, made.body["provider"]) == (201, "firebase")
    assert secret not in json.dumps([made.body, mapping.body])


def test_a_template_is_used_by_its_name_and_needs_the_permission_to_see_it(
    make_program: MakeProgram, make_job: MakeJob
) -> None:
    job = make_job(USERS)
    templates.save_template(job, "Kept", actor=job.created_by)
    may_not = make_program("imports.add_importjob")
    may = make_program("imports.add_importjob", "imports.view_mappingtemplate")

    assert may_not.upload(USERS, {"template": "Kept"}).body["code"] == "permission_missing"
    assert may.upload(USERS, {"template": "Kept"}).body["template"] == "Kept, version 1"


def test_jobs_are_listed_newest_first_in_pages(program: Program, make_job: MakeJob) -> None:
    numbers = [make_job(USERS).pk for _ in range(3)]

    first = program.call("GET", "/jobs?limit=2").body
    rest = program.call("GET", f"/jobs?limit=2&after={first['next']}").body

    assert [job["id"] for job in first["jobs"]] == [numbers[2], numbers[1]]
    assert [job["id"] for job in rest["jobs"]] == [numbers[0]]
    assert rest["next"] is None


def test_policies_and_limits_are_set(program: Program, make_job: MakeJob) -> None:
    number = make_job(USERS).pk
    policies = {
        "conflicts": {"authenticator_exists": "fail"},
        "field_policies": {},
        "matching_key": "email",
    }
    limits = {"rate_limit": 10, "failure_threshold": 5, "failure_sample": 40}

    program.call("PUT", f"/jobs/{number}/policies", policies)
    answer = program.call("PUT", f"/jobs/{number}/limits", limits)

    assert answer.body["policies"] == policies
    assert answer.body["limits"] == limits


@pytest.mark.parametrize(
    "path", ["/jobs/4711", f"/jobs/{10**30}", "/jobs/4711/records", "/nowhere"]
)
def test_what_there_is_not_is_answered_as_a_problem(program: Program, path: str) -> None:
    answer = program.call("GET", path)

    assert (answer.status, answer.body["code"]) == (404, "not_found")


def test_an_action_that_does_not_fit_the_state_says_which_that_is(
    program: Program, make_job: MakeJob
) -> None:
    answer = program.call("POST", f"/jobs/{make_job(USERS).pk}/pause")

    assert (answer.status, answer.body["code"]) == (409, "wrong_state")
    assert answer.body["state"] == "ready for a dry run"


def test_a_request_with_too_much_besides_the_file_is_refused(program: Program) -> None:
    too_much = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)

    assert program.upload(USERS, {"name": too_much}).body["code"] == "request_too_large"
    assert program.call("POST", "/templates", too_much).body["code"] == "request_too_large"


class TestIdempotencyKey:
    """A request that is repeated with its key makes one job."""

    def test_the_same_request_again_answers_the_same_job(self, program: Program) -> None:
        first = program.upload(USERS, Idempotency_Key="a")
        again = program.upload(USERS, Idempotency_Key="a")

        assert again.status == 201
        assert again.body["id"] == first.body["id"]
        assert ImportJob.objects.count() == 1

    @pytest.mark.parametrize("other", ["file", "options"])
    def test_another_request_with_the_same_key_is_refused(
        self, program: Program, other: str
    ) -> None:
        program.upload(USERS, Idempotency_Key="a")

        answer = (
            program.upload(USERS + b"\n" + USERS, Idempotency_Key="a")
            if other == "file"
            else program.upload(USERS, {"mode": "update"}, Idempotency_Key="a")
        )

        assert (answer.status, answer.body["code"]) == (422, "key_reused")
        assert ImportJob.objects.count() == 1

    def test_a_request_that_failed_may_come_again_with_its_key(self, program: Program) -> None:
        program.upload(b"", Idempotency_Key="a")

        assert program.upload(USERS, Idempotency_Key="a").status == 201

    def test_the_same_key_of_somebody_else_is_another(self, make_program: MakeProgram) -> None:
        numbers = {
            make_program(is_superuser=True).upload(USERS, Idempotency_Key="a").body["id"]
            for _ in range(2)
        }

        assert len(numbers) == 2

    def test_a_copy_is_made_once(self, program: Program, make_job: MakeJob) -> None:
        path = f"/jobs/{make_job(USERS).pk}/copies"
        first = program.call("POST", path, Idempotency_Key="a")
        again = program.call("POST", path, Idempotency_Key="a")

        assert first.status == 201
        assert again.body["id"] == first.body["id"]

    def test_without_a_key_each_request_makes_a_job(self, program: Program) -> None:
        program.upload(USERS)
        program.upload(USERS)

        assert ImportJob.objects.count() == 2


def test_a_template_is_saved_exported_imported_and_listed(
    program: Program, make_job: MakeJob
) -> None:
    number = make_job(USERS).pk
    saved = program.call("POST", f"/jobs/{number}/templates", {"name": "Kept"}).body
    exported = program.call("GET", f"/templates/{saved['id']}").body

    again = program.call("POST", "/templates", exported)
    other = program.call("POST", "/templates", exported | {"name": "Other"})

    assert (again.status, again.body["id"]) == (201, saved["id"])
    assert other.body["version"] == 1
    listed = program.call("GET", "/templates").body["templates"]
    assert [each["name"] for each in listed] == ["Kept", "Other"]
    assert TemplateVersion.objects.count() == 2
