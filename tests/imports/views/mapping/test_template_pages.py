"""Mapping templates on the pages and in the admin: used, saved, exchanged, looked at."""

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from imports.core.mapping import Mapping
from imports.models import ImportJob, MappingTemplate, TemplateVersion
from imports.services.files import uploads
from imports.services.mapping import templates
from tests.imports.views.conftest import SignIn
from tests.imports.views.posting import read_form

RULES = [
    {"source": "Nr", "target": "subject_id"},
    {"source": "Contact", "target": "profile.email", "transforms": [{"kind": "lower"}]},
]


@pytest.fixture
def job(operator: User) -> ImportJob:
    content = b"Nr,Contact,Floor\n1,Ann@example.com,3\n"
    return uploads.create_job(ContentFile(content, name="people.csv"), actor=operator)


@pytest.fixture
def version(operator: User) -> TemplateVersion:
    mapping = Mapping.model_validate({"rules": RULES})
    return templates.add_version("HR", mapping, ["Nr"], actor=operator, description="Staff")


def show(client: Client, job: ImportJob) -> str:
    return client.get(reverse("imports:mapping", args=[job.pk])).content.decode()


def test_template_that_fits_is_proposed_and_used(
    admin: Client, job: ImportJob, version: TemplateVersion
) -> None:
    assert "<strong>HR, version 1</strong>: the file has every column" in show(admin, job)

    page = admin.post(
        reverse("imports:use_template", args=[job.pk]), {"version": version.pk}, follow=True
    ).content.decode()

    job.refresh_from_db()
    assert [rule["target"] for rule in job.mapping["rules"]] == ["subject_id", "profile.email"]
    assert "These columns are not in the template and stay unmapped: Floor." in page
    assert "This mapping comes from <strong>HR, version 1</strong>." in page


def test_template_that_is_gone_changes_nothing(admin: Client, job: ImportJob) -> None:
    address = reverse("imports:use_template", args=[job.pk])
    page = admin.post(address, {"version": "4711"}, follow=True).content.decode()
    assert "The template has been deleted" in page


def test_mapping_is_saved_and_kept_as_a_template(admin: Client, job: ImportJob) -> None:
    form = read_form(show(admin, job)) | {"template_name": "Offices"}
    page = admin.post(
        reverse("imports:save_template", args=[job.pk]), form, follow=True
    ).content.decode()

    job.refresh_from_db()
    assert "saved as Offices, version 1" in page
    assert (job.state, str(job.template_version)) == ("mapped", "Offices, version 1")


def test_template_without_a_name_is_refused_and_the_mapping_kept(
    admin: Client, job: ImportJob
) -> None:
    form = read_form(show(admin, job)) | {"template_name": " "}
    page = admin.post(
        reverse("imports:save_template", args=[job.pk]), form, follow=True
    ).content.decode()
    assert "must have 1 to 200 characters" in page


def test_who_may_not_see_templates_is_offered_none(
    sign_in: SignIn, job: ImportJob, version: TemplateVersion
) -> None:
    page = show(sign_in("imports.add_importjob"), job)
    assert "Mapping templates" not in page
    assert "Save as template" not in page


def test_exported_file_can_be_imported_under_another_name(
    admin: Client, version: TemplateVersion
) -> None:
    exported = admin.get(reverse("imports:export_template", args=[version.pk]))
    assert "hr-1.template.json" in exported.headers["Content-Disposition"]

    file = ContentFile(exported.content, name="hr.json")
    response = admin.post(
        reverse("imports:import_template"), {"file": file, "name": "Copy"}, follow=True
    )

    assert "Copy, version 1 imported." in response.content.decode()
    assert MappingTemplate.objects.get(name="Copy").versions.get().mapping == version.mapping


def test_file_that_is_no_template_is_refused_at_its_field(admin: Client) -> None:
    file = ContentFile(b"{}", name="x.json")
    response = admin.post(reverse("imports:import_template"), {"file": file})
    assert response.status_code == 422
    assert "This is not a mapping template" in response.content.decode()


def test_admin_lists_templates_and_shows_their_versions(
    admin: Client, version: TemplateVersion
) -> None:
    listed = admin.get(reverse("admin:imports_mappingtemplate_changelist")).content.decode()
    shown = admin.get(
        reverse("admin:imports_mappingtemplate_change", args=[version.template_id])
    ).content.decode()

    assert "HR" in listed
    assert "Contact → E-mail" in shown
    assert reverse("imports:export_template", args=[version.pk]) in shown


def test_admin_adds_a_template_from_a_file(admin: Client) -> None:
    response = admin.get(reverse("admin:imports_mappingtemplate_add"))
    assert response.headers["Location"] == reverse("imports:import_template")


def test_renamed_template_keeps_its_versions(admin: Client, version: TemplateVersion) -> None:
    address = reverse("admin:imports_mappingtemplate_change", args=[version.template_id])
    form = {"name": "People", "description": "", "versions-TOTAL_FORMS": "0",
            "versions-INITIAL_FORMS": "0"}  # fmt: skip
    assert admin.post(address, form).status_code == 302
    version.template.refresh_from_db()
    assert (version.template.name, version.template.versions.count()) == ("People", 1)
