"""Who may open and press what: anonymous, staff without the permission, staff with it."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from imports.core.mapping import Mapping
from imports.models import CorrectedFile, ImportJob, ImportRecord
from imports.services.mapping import templates
from imports.services.undo.previews import begin_survey
from imports.urls import urlpatterns
from tests.imports.views.conftest import SignIn

VIEW, ADD, RUN = "imports.view_importjob", "imports.add_importjob", "imports.run_importjob"
UNDO, APPROVE = "imports.undo_importjob", "imports.approve_importjob"
VALUES = "imports.view_importrecord_values"
VIEW_USER = "accounts.view_user"
# Address, method, and the permissions it takes.
MATRIX = [
    ("job_list", "get", [VIEW]),
    ("upload", "get", [ADD]),
    ("upload", "post", [ADD]),
    ("template", "get", [ADD]),
    ("schema", "get", [ADD]),
    ("sources", "get", [VIEW]),
    ("count_sources", "post", [VIEW]),
    ("passwords_live", "get", [VIEW]),
    ("source", "get", [VIEW]),
    ("follow_ups", "get", [VIEW_USER]),
    ("export_follow_ups", "get", [VIEW_USER]),
    ("job", "get", [VIEW]),
    ("mapping", "get", [ADD]),
    ("mapping", "post", [ADD]),
    ("read_again", "post", [ADD]),
    ("preview_mapping", "post", [ADD]),
    ("use_template", "post", [ADD, "imports.view_mappingtemplate"]),
    ("save_template", "post", [ADD, "imports.add_mappingtemplate"]),
    ("import_template", "get", ["imports.add_mappingtemplate"]),
    ("import_template", "post", ["imports.add_mappingtemplate"]),
    ("export_template", "get", ["imports.view_mappingtemplate"]),
    ("test_sign_in_password", "get", [ADD]),
    ("test_sign_in_password", "post", [ADD]),
    ("use_format", "post", [ADD]),
    ("test_sign_in_code", "get", [ADD]),
    ("test_sign_in_code", "post", [ADD]),
    ("use_code_reading", "post", [ADD]),
    ("policies", "get", [ADD]),
    ("policies", "post", [ADD]),
    ("limits", "post", [RUN]),
    ("dry_run", "get", [VIEW]),
    ("dry_run_live", "get", [VIEW]),
    ("start_dry_run", "post", [ADD]),
    ("stop_dry_run", "post", [ADD]),
    ("decide_plan", "post", [VIEW, APPROVE]),
    ("decide", "post", [ADD]),
    ("answer", "post", [ADD]),
    ("exclude", "post", [ADD]),
    ("create_role", "post", [VIEW, "accounts.add_role"]),
    ("create_group", "post", [VIEW, "accounts.add_group"]),
    ("run", "get", [VIEW]),
    ("run_live", "get", [VIEW]),
    ("results_live", "get", [VIEW]),
    ("start_without_dry_run", "post", [RUN]),
    ("start_run", "post", [RUN]),
    ("start_pilot", "post", [RUN]),
    ("pause", "post", [RUN]),
    ("resume", "post", [RUN]),
    ("cancel", "post", [RUN]),
    ("follow", "post", [VIEW]),
    ("unfollow", "post", [VIEW]),
    ("report", "get", [VIEW]),
    ("report_pdf", "get", [VIEW]),
    ("undo", "get", [VIEW]),
    ("choose_undo", "post", [VIEW]),
    ("undo_live", "get", [VIEW]),
    ("survey_live", "get", [VIEW]),
    ("count_undo", "post", [VIEW]),
    ("start_undo", "post", [UNDO]),
    ("stop_undo", "post", [UNDO]),
    ("import_again", "post", [ADD]),
    ("leavers", "get", [VIEW, VIEW_USER]),
    ("export_leavers", "get", [VIEW, VIEW_USER]),
    ("leavers_live", "get", [VIEW]),
    ("compare_leavers", "post", [VIEW, VIEW_USER]),
    ("disable", "get", [VIEW]),
    ("disable_live", "get", [VIEW]),
    ("start_disabling", "post", [RUN]),
    ("stop_disabling", "post", [RUN]),
    ("results", "get", [VIEW]),
    ("retry", "post", [RUN]),
    ("record", "get", [VIEW]),
    ("edit", "get", [VALUES, RUN]),
    ("edit", "post", [VALUES, RUN]),
    ("error_group", "get", [VIEW]),
    ("add_correction", "post", [ADD]),
    ("remove_correction", "post", [ADD]),
    ("correct", "post", [RUN]),
    ("undo_correction", "post", [RUN]),
    ("activity_log", "get", [VIEW]),
    ("download", "get", [VIEW]),
    ("corrected_files", "get", [VIEW]),
    ("upload_corrected_file", "post", [VALUES, RUN]),
    ("corrected_file", "get", [RUN]),
    ("apply_corrected_file", "post", [RUN]),
]
IDS = [f"{name}-{method}" for name, method, _ in MATRIX]
EVERYTHING = sorted({permission for _, _, taken in MATRIX for permission in taken})
# What is only ever pressed; forms have a page at the same address.
FORMS = {
    "policies",
    "upload",
    "mapping",
    "import_template",
    "test_sign_in_password",
    "test_sign_in_code",
    "edit",
}
BUTTONS = [name for name, method, _ in MATRIX if method == "post" and name not in FORMS]

# What is about one source.
OF_SOURCE = {"source", "follow_ups", "export_follow_ups"}


def find_address(name: str, job: ImportJob) -> str:
    arguments = {
        "job_list": [],
        "upload": [],
        "schema": [],
        "import_template": [],
        "sources": [],
        "count_sources": [],
        "passwords_live": [],
        "source": [],
        "follow_ups": [],
        "export_follow_ups": [],
        "template": ["csv"],
        "record": [job.pk, 1],
        "edit": [job.pk, 9],
        "undo_correction": [job.pk, 1],
        "remove_correction": [job.pk, 1],
    }
    if name in {"error_group", "add_correction", "correct"}:
        error_group = ImportRecord.objects.get(job=job, row_number=9).error_group
        arguments[name] = [job.pk, error_group.hex]
    if name in {"corrected_file", "apply_corrected_file"}:
        corrected = CorrectedFile.objects.create(
            job=job, file_name="corrected.csv", actor=job.created_by
        )
        arguments[name] = [job.pk, corrected.pk]
    if name == "survey_live":
        arguments[name] = [job.pk, begin_survey(job).pk]
    if name == "export_template":
        mapping = Mapping.model_validate(job.mapping)
        version = templates.add_version("Kept", mapping, [], actor=job.created_by)
        arguments[name] = [version.pk]
    address = reverse(f"imports:{name}", args=arguments.get(name, [job.pk]))
    return f"{address}?source={job.source}" if name in OF_SOURCE else address


@pytest.fixture
def operator(shared_job: ImportJob, db: None) -> User:
    return shared_job.created_by


@pytest.fixture
def finished_job(shared_job: ImportJob, db: None) -> ImportJob:
    return ImportJob.objects.get(pk=shared_job.pk)


def test_every_address_is_in_the_matrix() -> None:
    assert {pattern.name for pattern in urlpatterns} == {name for name, _, _ in MATRIX}


@pytest.mark.parametrize(("name", "method", "taken"), MATRIX, ids=IDS)
def test_anonymous_visitors_are_asked_to_sign_in(
    client: Client, finished_job: ImportJob, name: str, method: str, taken: list[str]
) -> None:
    response = getattr(client, method)(find_address(name, finished_job))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(("name", "method", "taken"), MATRIX, ids=IDS)
def test_staff_who_lack_a_permission_are_told_which(
    sign_in: SignIn, finished_job: ImportJob, name: str, method: str, taken: list[str]
) -> None:
    lacking = taken[-1]
    others = [permission for permission in EVERYTHING if permission != lacking]
    response = getattr(sign_in(*others), method)(find_address(name, finished_job))

    assert response.status_code == 403
    assert lacking in response.content.decode()


@pytest.mark.parametrize(("name", "method", "taken"), MATRIX, ids=IDS)
def test_staff_with_the_permission_are_let_in(
    sign_in: SignIn, finished_job: ImportJob, name: str, method: str, taken: list[str]
) -> None:
    response = getattr(sign_in(*taken), method)(find_address(name, finished_job))

    assert response.status_code in {200, 302, 422}
    assert not response.headers.get("Location", "").startswith(reverse("account_login"))


@pytest.mark.parametrize(("name", "method", "taken"), MATRIX, ids=IDS)
def test_permissions_do_not_let_in_who_is_not_staff(
    sign_in: SignIn, finished_job: ImportJob, name: str, method: str, taken: list[str]
) -> None:
    client = sign_in(*EVERYTHING, is_staff=False)

    assert getattr(client, method)(find_address(name, finished_job)).status_code == 403


@pytest.mark.parametrize("name", BUTTONS)
def test_nothing_is_done_by_following_a_link(
    admin: Client, finished_job: ImportJob, name: str
) -> None:
    assert admin.get(find_address(name, finished_job)).status_code == 405


def test_a_part_of_a_page_sends_whoever_was_signed_out_to_the_whole_page(
    client: Client, finished_job: ImportJob
) -> None:
    response = client.get(find_address("run_live", finished_job), headers={"HX-Request": "true"})

    assert response.headers["HX-Refresh"] == "true"


@pytest.mark.parametrize("name", ["job", "mapping", "dry_run", "run", "results"])
def test_a_job_that_does_not_exist_is_not_found(admin: Client, name: str) -> None:
    assert admin.get(reverse(f"imports:{name}", args=[4711])).status_code == 404
