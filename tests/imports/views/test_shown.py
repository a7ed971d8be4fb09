"""Every button goes by what its page showed: once that has changed, it is refused by name."""

from collections.abc import Callable, Sequence

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import URLPattern, reverse

from accounts.models import AttributeDefinition, Role, User
from imports.core.mapping import Mapping
from imports.core.planning.conflicts import Mode
from imports.models import ImportJob, JobEvent
from imports.selectors import list_error_groups
from imports.services.corrections import corrected_files
from imports.services.jobs import rate_limits
from imports.services.jobs.shown import write_job
from imports.services.mapping import mappings
from imports.services.runs import runs
from imports.states import JobState
from imports.urls import urlpatterns
from imports.views.directories import urls as directory_urls
from imports.views.invitations import urls as invitation_urls
from tests.imports.conftest import MakeJob, drain
from tests.imports.views.posting import note_sign_in, read_form

pytestmark = pytest.mark.django_db

NOTHING = "Nothing was"
# Where nothing that was looked at is applied: why a button there is bound to nothing.
UNBOUND = {
    "upload": "makes a job of its own",
    "import_template": "adds a version that nobody uses yet",
    "count_sources": "counts",
    "preview_mapping": "shows",
    "test_sign_in_password": "shows",
    "test_sign_in_code": "shows",
    "stop_dry_run": "stopping is never refused",
    "pause": "stopping is never refused",
    "cancel": "stopping is never refused",
    "stop_undo": "stopping is never refused",
    "follow": "concerns who follows alone",
    "unfollow": "concerns who follows alone",
    "count_undo": "counts",
    "choose_undo": "leads to the preview",
    "compare_leavers": "compares",
    "stop_disabling": "stopping is never refused",
}
# Before the run: what a click sends beside what the page showed.
BEFORE = {
    "mapping": {"save": ""},
    "read_again": {},
    "use_template": {},
    "save_template": {"template_name": "a"},
    "use_format": {"format": "bcrypt"},
    "use_code_reading": {"notation": "base32", "algorithm": "SHA1", "digits": 6, "period": 30},
    "policies": {},
    "limits": {"rate_limit": 3, "failure_threshold": "", "failure_sample": 9},
    "start_dry_run": {},
    "decide_plan": {"plan": 1, "decision": "approve"},
    "answer": {},
    "decide": {"kind": "role", "key": "missing", "choice": "create"},
    "exclude": {"non_users": "on"},
    "create_role": {"key": "missing"},
    "create_group": {"key": "missing"},
    "start_run": {},
    "start_without_dry_run": {},
    "start_pilot": {},
    "add_correction": {"correction": "drop_membership"},
    "remove_correction": {},
}
# The page whose form is sent whole, and the id or the action of that form.
PAGES = {
    "mapping": ("mapping", "mapping-form"),
    "save_template": ("mapping", "mapping-form"),
    "read_again": ("mapping", ""),
    "policies": ("policies", "here"),
}
AFTER = {
    "resume": {},
    "start_undo": {},
    "start_disabling": {},
    "import_again": {},
    "retry": {"all": ""},
    "upload_corrected_file": {},
    "apply_corrected_file": {},
    "correct": {"correction": "drop_membership"},
    "edit": {"retry": "", "value-0": "s9"},
    "undo_correction": {},
}


# Beside the pages of jobs: the buttons that are tried where their pages are tested, and why others
# are bound to nothing.
BESIDE_JOBS = [
    (
        invitation_urls.urlpatterns,
        {"start"},
        {
            "new": "makes a campaign that nobody is sent anything from yet",
            "remind": "makes a campaign that nobody is sent anything from yet",
            "pause": "stopping is never refused",
        },
    ),
    (directory_urls.urlpatterns, {"mode", "close_breaker", "try"}, {}),
]


def list_posted(patterns: Sequence[URLPattern]) -> set[str | None]:
    """Return the names of the addresses that take a POST, by asking each view."""
    return {pattern.name for pattern in patterns if takes_post(pattern.callback)}


def takes_post(view: Callable[..., object]) -> bool:
    """Return whether a view lets a POST through to those who may sign in, rather than refuse it."""
    from django.contrib.auth.models import AnonymousUser
    from django.test import RequestFactory

    request = RequestFactory().post("/")
    request.user = AnonymousUser()
    return view(request).status_code != 405  # type: ignore[attr-defined]


def test_every_address_that_takes_a_post_is_in_a_table() -> None:
    assert list_posted(urlpatterns) == {*UNBOUND, *BEFORE, *AFTER}


@pytest.mark.parametrize(("patterns", "bound", "unbound"), BESIDE_JOBS)
def test_every_address_beside_jobs_that_takes_a_post_is_bound_or_says_why_not(
    patterns: Sequence[URLPattern], bound: set[str], unbound: dict[str, str]
) -> None:
    assert list_posted(patterns) == {*bound, *unbound}


@pytest.fixture
def ready_job(make_job: MakeJob) -> ImportJob:
    """A job with a dry run; its one record names a role that does not exist."""
    job = make_job([{"subject_id": "s1", "memberships": {"roles": ["missing"]}}])
    runs.start_dry_run(job, actor=job.created_by)
    drain(job)
    return job


@pytest.fixture
def ben(db: None) -> User:
    return User.objects.create(
        subject_id="ben", display_name="Ben", is_staff=True, is_superuser=True
    )


def change_everything(job: ImportJob, ben: User) -> None:
    """Have Ben save another mapping with other options and limits, and check it."""
    mapping = Mapping.model_validate(job.mapping).model_copy(update={"keeps_non_users": True})
    mappings.save_mapping(job, mapping, mappings.JobOptions(Mode.UPDATE, 7), actor=ben)
    rate_limits.set_limits(job, rate_limit=5, failure_threshold=None, failure_sample=9, actor=ben)
    runs.start_dry_run(job, actor=ben)
    drain(job)


@pytest.mark.parametrize("name", BEFORE)
def test_button_of_an_old_page_before_the_run_is_refused_by_name(
    admin: Client, ready_job: ImportJob, ben: User, name: str
) -> None:
    shown = write_job(ready_job)
    data = dict(BEFORE[name])
    if name in PAGES:
        page, form = PAGES[name]
        shown_page = admin.get(reverse(f"imports:{page}", args=[ready_job.pk]))
        form = form or reverse(f"imports:{name}", args=[ready_job.pk])
        data = {**read_form(shown_page.content.decode(), form), **data}
    if name == "use_template":
        from imports.services.mapping.templates import save_template

        data["version"] = save_template(ready_job, "t", actor=ben).pk
    if name == "answer":
        data = {"key": "hash_as_password:x", "value": "all", "choice": "hash"}
    change_everything(ready_job, ben)
    before, events = describe(ready_job), JobEvent.objects.count()
    places = {
        "add_correction": lambda: [list_error_groups(ready_job)[0].digest],
        "remove_correction": lambda: [1],
    }

    more = places.get(name, list)()
    address = reverse(f"imports:{name}", args=[ready_job.pk, *more])
    response = admin.post(address, {**data, "as_shown": shown}, follow=True)

    assert describe(ready_job) == before
    assert JobEvent.objects.count() == events
    page = response.content.decode()
    assert NOTHING in page
    assert "Ben " in page
    assert not Role.objects.filter(key="missing").exists()


def describe(job: ImportJob) -> tuple[object, ...]:
    job = ImportJob.objects.get(pk=job.pk)
    fields = (job.state, job.attempt, job.mapping, job.mode, job.conflicts, job.rate_limit)
    return (
        *fields,
        job.reader_options,
        job.corrections,
        job.records.count(),
        job.undos.count(),
        job.disablings.count(),
    )


@pytest.mark.parametrize("name", AFTER)
def test_button_of_an_old_page_after_the_run_is_refused_by_name(
    admin: Client, finished_job: ImportJob, ben: User, name: str
) -> None:
    job = finished_job
    record = job.records.filter(status="failed", source__isnull=False).first()
    places = {
        "apply_corrected_file": lambda: [job.pk, keep_corrected_file(admin, job)],
        "correct": lambda: [job.pk, record.error_group.hex],
        "edit": lambda: [job.pk, record.row_number],
        "undo_correction": lambda: [job.pk, 1],
    }
    address = reverse(f"imports:{name}", args=places.get(name, lambda: [job.pk])())
    shown = write_job(job, preview=["nothing"], leavers=["nobody"])
    data = dict(AFTER[name])
    if name == "upload_corrected_file":
        data["file"] = ContentFile(b"(row),(job)\n", name="x.csv")
    runs.retry(job, actor=ben)
    drain(job)
    if name == "resume":
        ImportJob.objects.filter(pk=job.pk).update(state=JobState.PAUSED)
    before, events = describe(job), JobEvent.objects.count()

    response = admin.post(address, {**data, "as_shown": shown}, follow=True)

    assert describe(job) == before
    assert JobEvent.objects.count() == events
    page = response.content.decode()
    assert NOTHING in page


def keep_corrected_file(admin: Client, job: ImportJob) -> int:
    """Upload a download of the failures with one cell changed, and return its number."""
    address = reverse("imports:download", args=[job.pk]) + "?status=failed&format=csv&secrets"
    note_sign_in(admin, 0)
    content = b"".join(admin.get(address).streaming_content)
    changed = content.replace(b"@", b"+x@", 1)
    return corrected_files.accept_corrected_file(
        job, ContentFile(changed, name="again.csv"), actor=job.created_by
    ).pk


@pytest.mark.parametrize("name", ["start_run", "resume", "retry", "start_undo", "start_dry_run"])
def test_page_that_does_not_say_what_it_showed_starts_nothing(
    admin: Client, ready_job: ImportJob, name: str
) -> None:
    before = describe(ready_job)

    response = admin.post(
        reverse(f"imports:{name}", args=[ready_job.pk]), {"as_shown": "", "all": ""}, follow=True
    )

    assert describe(ready_job) == before
    assert "did not send the version that you reviewed. Nothing was" in response.content.decode()


def test_refusal_names_who_when_and_what_to_do(
    admin: Client, ready_job: ImportJob, ben: User
) -> None:
    shown = write_job(ready_job)
    options = mappings.JobOptions(Mode.SKIP, 10)
    mapping = Mapping.model_validate(ready_job.mapping).model_copy(update={"keeps_non_users": True})
    mappings.save_mapping(ready_job, mapping, options, actor=ben)
    at = JobEvent.objects.filter(action="map").latest("id").at

    address = reverse("imports:start_without_dry_run", args=[ready_job.pk])
    page = admin.post(address, {"as_shown": shown}, follow=True).content.decode()

    said = f"Ben changed the mapping at {at:%H:%M} UTC. Nothing was started."
    assert f"{said} Review it and start again." in page


def test_mapping_of_an_old_page_stays_on_it_and_can_be_saved_knowingly(
    admin: Client, ready_job: ImportJob, ben: User
) -> None:
    address = reverse("imports:mapping", args=[ready_job.pk])
    form = read_form(admin.get(address).content.decode())
    change_everything(ready_job, ben)

    refused = admin.post(address, {**form, "save": ""})
    again = admin.post(address, {**read_form(refused.content.decode()), "save": ""})

    assert refused.status_code == 422
    assert "Saving again overwrites the saved mapping" in refused.content.decode()
    assert again.status_code == 302
    ready_job.refresh_from_db()
    assert ready_job.mode == Mode.SKIP


def test_changed_mapping_is_run_only_without_a_dry_run_by_its_own_button(
    admin: Client, make_job: MakeJob
) -> None:
    job = make_job([{"subject_id": "s1"}])

    page = admin.post(reverse("imports:start_run", args=[job.pk]), follow=True)
    job.refresh_from_db()
    assert (
        job.state,
        "There was no dry run with this mapping. Nothing was started" in page.content.decode(),
    ) == (
        JobState.MAPPED,
        True,
    )
    assert (
        "Run without a dry run"
        in admin.get(reverse("imports:dry_run", args=[job.pk])).content.decode()
    )

    admin.post(reverse("imports:start_without_dry_run", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == JobState.RUNNING


def test_dry_run_counts_no_more_once_an_attribute_is_defined(
    admin: Client, ready_job: ImportJob
) -> None:
    AttributeDefinition.objects.create(name="badge")

    page = admin.get(reverse("imports:dry_run", args=[ready_job.pk])).content.decode()
    admin.post(reverse("imports:start_run", args=[ready_job.pk]))

    ready_job.refresh_from_db()
    assert ready_job.state == JobState.DRY_RUN_DONE
    assert "The job has changed since this dry run." in page
    assert "Import everything" not in page


def test_template_and_another_reading_have_to_be_saved_before_they_run(
    admin: Client, ready_job: ImportJob
) -> None:
    from imports.services.mapping.templates import apply_template, save_template

    version = save_template(ready_job, "t", actor=ready_job.created_by)
    apply_template(ready_job, version, actor=ready_job.created_by)

    admin.post(reverse("imports:start_without_dry_run", args=[ready_job.pk]))

    ready_job.refresh_from_db()
    assert (ready_job.state, ready_job.dry_run_report) == (JobState.DRAFT, {})
