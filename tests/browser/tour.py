"""Every page there is, each with something on it and by a name, in the order of a walk."""

from copy import copy
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from django.core.files import File
from django.core.files.base import ContentFile
from django.urls import reverse

from accounts.models import AttributeDefinition, Group, Role, User
from imports.core.corrections import Choice
from imports.core.planning.conflicts import Mode
from imports.directory_client.registry import KINDS
from imports.models import (
    CorrectedFile,
    HookAnswer,
    ImportJob,
    InvitationCampaign,
    LegacyDirectory,
    MovedUser,
    Status,
    Webhook,
)
from imports.notifications.webhooks import give_secret
from imports.selectors import list_error_groups
from imports.services.connections.secrets import issue_secret
from imports.services.corrections import choices, corrected_files, downloads
from imports.services.directories.directories import save_directory
from imports.services.files import uploads
from imports.services.hooks.keys import make_key
from imports.services.invitations import campaigns
from imports.services.jobs import rate_limits
from imports.services.runs import phases, runs, worker
from imports.services.sources.progress import count_sources
from imports.services.undo import undoing
from interfaces.oidc.keys import rotate
from interfaces.oidc.models import Application
from interfaces.oidc.services import save_application
from tests.imports.conftest import SKIPPED, MakeJob, drain
from tests.imports.connecting import create_connection, name_person, send

ROOT = Path(__file__).resolve().parents[2]
SAMPLES, FIXTURES = ROOT / "samples", ROOT / "tests" / "fixtures"

# By a name that a file can have.
WIKI = "https://wiki.example.com/callback"
Addresses = dict[str, str]


def make_jobs(operator: User, make_job: MakeJob, run_job: MakeJob) -> dict[str, ImportJob]:
    """Return a job for each state that a page can show it in."""
    mistakes = (SAMPLES / "mistakes.csv").read_bytes()
    found = {
        "draft": upload(SAMPLES / "aspnet_identity_users.csv", operator),
        "firebase": upload(FIXTURES / "firebase" / "users.csv", operator),
        "dry_run_done": make_job(mistakes, name="mistakes.csv"),
        "undone": run_job([{"subject_id": f"gone {number}"} for number in range(3)]),
        "correcting": make_job(
            [*_name_people("spelt", 6), *_name_people("misspelt", 2, email="nobody")]
        ),
        "dry_running": make_job(_name_people("asked", 60)),
        "running": make_job(_name_people("going", 60)),
        "paused": make_job(_name_people("resting", 60)),
        "cancelled": make_job(_name_people("leaving", 60)),
        "begun": make_job(_name_people("first", 60)),
        "automatic_pause": make_job(
            [*_name_people("good", 20), *_name_people("bad", 40, email="nobody")]
        ),
        "errored": make_job(_name_people("stopping", 10)),
        "unfailing": run_job(_name_people("fine", 30)),
        "updating": run_job(_name_people("fine", 3, given_name="Finn"), mode=Mode.UPDATE),
        "retrying": run_job(_lack_role(60, "porter")),
        "retried": run_job([*_lack_role(5, "driver"), *_lack_role(5, "usher")]),
        "finished": run_job(mistakes, name="mistakes.csv", answers=SKIPPED),
    }
    for name in ("dry_run_done", "correcting"):
        runs.start_dry_run(found[name], actor=operator)
        drain(found[name])
    [group] = list_error_groups(found["correcting"])
    choices.correct(found["correcting"], group, Choice("drop_field"), actor=operator)
    runs.start_dry_run(found["dry_running"], actor=operator)
    worker.work_on_staging(found["dry_running"].pk)
    for name in ("running", "paused", "cancelled"):
        runs.start_run(found[name], actor=operator, without_dry_run=True)
        _work_by_half(found[name])
    runs.retry(found["retrying"], actor=operator)
    _work_by_half(found["retrying"])
    Role.objects.create(key="driver")
    runs.retry(found["retried"], actor=operator)
    drain(found["retried"])
    runs.pause(found["paused"], actor=operator)
    runs.cancel(found["cancelled"], actor=operator)
    runs.start_run(found["begun"], actor=operator, pilot=True, without_dry_run=True)
    drain(found["begun"])
    rate_limits.set_limits(
        found["automatic_pause"],
        rate_limit=None,
        failure_threshold=5,
        failure_sample=10,
        actor=operator,
    )
    runs.start_run(found["automatic_pause"], actor=operator, without_dry_run=True)
    drain(found["automatic_pause"])
    runs.start_run(found["errored"], actor=operator, without_dry_run=True)
    found["errored"].refresh_from_db()
    runs.stop_with_error(found["errored"], "The disk of the database is full.")
    _undo_all_but_one(found["undone"])
    for job in found.values():
        job.refresh_from_db()
    return found


def _name_people(word: str, count: int, **more: str) -> list[dict[str, str]]:
    return [
        {"subject_id": f"{word} {n}", "email": f"{word}{n}@example.com", **more}
        for n in range(count)
    ]


def _lack_role(count: int, role: str) -> list[dict[str, object]]:
    """Return people who fail until there is the role."""
    return [{**each, "roles": [role]} for each in _name_people(role, count)]


def upload(path: Path, operator: User) -> ImportJob:
    """Return a job whose mapping is as it was suggested."""
    with path.open("rb") as file:
        return uploads.create_job(File(file, name=path.name), actor=operator)


def _work_by_half(job: ImportJob) -> None:
    """Leave the second half of a run's chunks to be written."""
    job.refresh_from_db()
    while job.phase != "writing":
        if job.phase == "staging":
            worker.work_on_staging(job.pk)
        else:
            for chunk in list(phases.list_workable(job)):
                worker.work_on_chunk(chunk.pk)
        job.refresh_from_db()
    for chunk in list(phases.list_workable(job).order_by("number"))[:3]:
        worker.work_on_chunk(chunk.pk)
    job.refresh_from_db()


def _undo_all_but_one(job: ImportJob) -> None:
    User.objects.filter(subject_id="gone 1").update(is_staff=True)
    begun = undoing.start_undo(job, undoing.UndoOptions(), actor=job.created_by)
    undoing.work_on_undo(begun.pk)


def _find_skipped(job: ImportJob) -> int:
    """Return the row of a record that was skipped for the sake of another one."""
    return job.records.filter(status=Status.SKIPPED).values_list("row_number", flat=True)[0]


def correct_one(job: ImportJob) -> CorrectedFile:
    """Return a corrected file with a row that changes a record and one that is refused."""
    head = f"{downloads.JOB},{downloads.ROW},phone"
    lines = [head, f"{downloads.name_job(job)},9,", f"{downloads.name_job(job)},1,"]
    file = ContentFile("\n".join(lines).encode(), name="corrected.csv")
    return corrected_files.accept_corrected_file(job, file, actor=job.created_by)


def list_own_pages(jobs: dict[str, ImportJob], operator: User) -> Addresses:
    """Return the pages of imports, sources, invitations and directories."""
    _count_for_weeks()
    source = f"?source={jobs['finished'].source}"
    found = {
        "front-page": reverse("admin:index"),
        "jobs": reverse("imports:job_list"),
        "upload": reverse("imports:upload"),
        "template-import": reverse("imports:import_template"),
        "sources": reverse("imports:sources"),
        "source": reverse("imports:source") + source,
        "follow_ups": reverse("imports:follow_ups") + source,
    }
    found |= _list_pages_before(jobs) | _list_pages_of_runs(jobs) | _list_pages_after(jobs)
    return found | _list_directory_pages(operator) | _list_connection_pages(operator)


def _count_for_weeks() -> None:
    """Count the users of every source, and keep counts of the days before."""
    for latest in count_sources():
        for age in range(1, 15):
            earlier = copy(latest)
            earlier.pk, earlier.day = None, latest.day - timedelta(days=age)
            earlier.returned = max(0, latest.users // 2 - 3 * age)
            earlier.save()


def _list_pages_before(jobs: dict[str, ImportJob]) -> Addresses:
    """Return what is seen of a job before its run."""
    of_draft = partial(reverse, args=[jobs["draft"].pk])
    return {
        "mapping": of_draft("imports:mapping"),
        "mapping-firebase": reverse("imports:mapping", args=[jobs["firebase"].pk]),
        "test-sign-in-password": of_draft("imports:test_sign_in_password"),
        "test-sign-in-code": reverse("imports:test_sign_in_code", args=[jobs["finished"].pk]),
        "policies": of_draft("imports:policies"),
        "dry-run-before": of_draft("imports:dry_run"),
        "dry-run-busy": reverse("imports:dry_run", args=[jobs["dry_running"].pk]),
        "dry-run": reverse("imports:dry_run", args=[jobs["dry_run_done"].pk]),
        "dry-run-corrected": reverse("imports:dry_run", args=[jobs["correcting"].pk]),
        **{
            f"before-run-{each.problem.code}": reverse(
                "imports:error_group", args=[jobs["dry_run_done"].pk, each.digest]
            )
            for each in list_error_groups(jobs["dry_run_done"])
        },
    }


def _list_pages_of_runs(jobs: dict[str, ImportJob]) -> Addresses:
    names = (
        "running",
        "paused",
        "begun",
        "automatic_pause",
        "errored",
        "cancelled",
        "finished",
        "undone",
    )
    return {f"run-{name}": reverse("imports:run", args=[jobs[name].pk]) for name in names}


def _list_pages_after(jobs: dict[str, ImportJob]) -> Addresses:
    """Return the results, every kind of correction, and what is told of the whole job."""
    finished = jobs["finished"]
    corrected = correct_one(finished)
    of_job = partial(reverse, args=[finished.pk])
    found = {
        "results": of_job("imports:results"),
        "results-all": of_job("imports:results") + "?status=all",
        "results-none-failed": reverse("imports:results", args=[jobs["unfailing"].pk]),
        "results-nothing-found": of_job("imports:results") + "?status=all&q=nobody",
        "results-running": reverse("imports:results", args=[jobs["running"].pk]),
        "results-retrying": reverse("imports:results", args=[jobs["retrying"].pk]),
        "results-retried": reverse("imports:results", args=[jobs["retried"].pk]),
        "results-skipped": of_job("imports:results") + "?status=skipped",
        "record-created": reverse("imports:record", args=[finished.pk, 1]),
        "record-failed": reverse("imports:record", args=[finished.pk, 9]),
        "record-updated": reverse("imports:record", args=[jobs["updating"].pk, 1]),
        "record-skipped": reverse("imports:record", args=[finished.pk, _find_skipped(finished)]),
        "record-retried": reverse("imports:record", args=[jobs["retried"].pk, 1]),
        "correct": of_job("imports:corrected_files"),
        "corrected": reverse("imports:corrected_file", args=[finished.pk, corrected.pk]),
        "missing-users": reverse("imports:leavers", args=[jobs["updating"].pk]),
        "missing-users-disable": reverse("imports:disable", args=[jobs["updating"].pk]),
        "undo": of_job("imports:undo"),
        "undo-selection": of_job("imports:undo") + "?row=1&row=2",
        "undo-finished": reverse("imports:undo", args=[jobs["undone"].pk]),
        "activity_log": of_job("imports:activity_log"),
        "report": of_job("imports:report"),
    }
    for row in (8, 9, 11):
        found[f"edit-{row}"] = reverse("imports:edit", args=[finished.pk, row])
    for error_group in list_error_groups(finished):
        address = reverse("imports:error_group", args=[finished.pk, error_group.digest])
        found[f"error_group-{error_group.problem.code}"] = address
    return found


def _list_directory_pages(operator: User) -> Addresses:
    """Return the pages of legacy directories and of invitations."""
    directory = LegacyDirectory(
        name="Old", source="old", kind="http", url="https://old.example.com/"
    )
    save_directory(directory, KINDS["http"].mapping, actor=operator)
    campaign = InvitationCampaign(
        name="First campaign", subject="Choose a password", body="{link}", size=20
    )
    campaign.created_by = operator
    campaigns.create_campaign(campaign, actor=operator)
    return {
        "invitations": reverse("invitations:list"),
        "invitations-new": reverse("invitations:new"),
        "invitations-campaign": reverse("invitations:campaign", args=[campaign.pk]),
        "exports": reverse("exports:list"),
        "exports-new": reverse("exports:new"),
        "exports-counted": f"{reverse('exports:new')}?form=native:ndjson&with_credentials=on",
        "directories": reverse("directories:list"),
        "directory": reverse("directories:directory", args=[directory.pk]),
        "directory-try": reverse("directories:try", args=[directory.pk]),
        "directory-form": reverse("admin:imports_legacydirectory_change", args=[directory.pk]),
    }


def _list_connection_pages(operator: User) -> Addresses:
    """Return the pages of connections: one in use, one that is new, and one that is refused."""
    used = create_connection(operator, name="HR system")
    for _ in range(2):
        issue_secret(used, actor=operator)
    send(used, name_person(1), name_person(2), {})
    new = create_connection(
        operator, kind="secureauth", name="Migration script", tenant="acme", is_on=False
    )
    hook = create_connection(operator, kind="hook", name="Moving to Acme", tenant="acme")
    make_key(hook, actor=operator)
    MovedUser.objects.create(connection=hook, user_id=1, caller="okta")
    HookAnswer.objects.create(connection=hook, caller="okta", verdict="right", milliseconds=9)
    return {
        "connections": reverse("connections:list"),
        "connection-hook": reverse("connections:connection", args=[hook.pk]),
        "connection-form-hook": reverse("admin:imports_connection_change", args=[hook.pk]),
        "connections-kinds": reverse("connections:choose_kind"),
        "connection": reverse("connections:connection", args=[used.pk]),
        "connection-new": reverse("connections:connection", args=[new.pk]),
        "connection-undo": reverse("connections:undo", args=[used.pk]),
        "connection-undo-nothing": reverse("connections:undo", args=[new.pk]),
        "connection-form": reverse("admin:imports_connection_change", args=[used.pk]),
        "connection-form-new": reverse("admin:imports_connection_add") + "?kind=secureauth",
        "connection-delete": reverse("admin:imports_connection_delete", args=[new.pk]),
    }


def list_admin_pages() -> Addresses:
    """Return lists and forms of the admin; there has to be an imported user."""
    user = User.objects.filter(source="generic").order_by("pk").first()
    assert user is not None
    hook = Webhook(name="Tickets", url="https://example.com/")
    give_secret(hook)
    hook.save()
    group = Group.objects.create(key="/staff")
    badge = AttributeDefinition.objects.create(name="badge")
    key = rotate(at_once=True)
    shown = [group, Role.objects.create(key="editor"), badge, hook, user, make_wiki(), key]
    found = {
        "admin-app": reverse("admin:app_list", args=["imports"]),
        "admin-directory-add": reverse("admin:imports_legacydirectory_add"),
        "admin-templates": reverse("admin:imports_mappingtemplate_changelist"),
        "admin-notifications": reverse("admin:imports_notification_changelist"),
        "admin-users-export": reverse("admin:accounts_user_export"),
        "admin-groups-import": reverse("admin:accounts_group_import"),
        "admin-group-delete": reverse("admin:accounts_group_delete", args=[group.pk]),
        "admin-user-sign-in": reverse("admin:accounts_user_sign_in", args=[user.pk]),
        "admin-user-password": reverse("admin:auth_user_password_change", args=[user.pk]),
        "admin-user-delete": reverse("admin:accounts_user_delete", args=[user.pk]),
        "admin-user-add": reverse("admin:accounts_user_add"),
        "admin-user-history": reverse("admin:accounts_user_history", args=[user.pk]),
        "admin-api-clients": reverse("admin:allauth_idp_oidc_client_changelist"),
        "admin-api-client-add": reverse("admin:allauth_idp_oidc_client_add"),
        "admin-application-add": reverse("admin:oidc_application_add"),
    }
    for each in shown:
        name = f"{each._meta.app_label}_{each._meta.model_name}"
        found[f"admin-{each._meta.model_name}-list"] = reverse(f"admin:{name}_changelist")
        found[f"admin-{each._meta.model_name}"] = reverse(f"admin:{name}_change", args=[each.pk])
    return found


def list_empty_pages() -> Addresses:
    """Return what a newcomer sees, before there is any job, source or directory."""
    names = ["admin:index", "imports:job_list", "imports:sources", "imports:upload"]
    names += ["invitations:list", "invitations:new", "directories:list", "connections:list"]
    return {f"empty-{name.replace(':', '-')}": reverse(name) for name in names}


def list_plan_pages(job: ImportJob, state: str) -> Addresses:
    """Return the pages of a job whose plan is to be approved, or is."""
    names = ["dry_run", "run", "activity_log"]
    return {f"plan-{state}-{name}": reverse(f"imports:{name}", args=[job.pk]) for name in names}


def list_account_pages() -> Addresses:
    """Return the pages that everybody has for themselves."""
    names = ["home", "account_email", "account_change_password", "mfa_index", "mfa_activate_totp"]
    names += ["socialaccount_connections", "mfa_add_webauthn", "mfa_list_webauthn"]
    names += ["account_logout", "own_applications"]
    pages = {name.replace("_", "-"): reverse(name) for name in names}
    asked = {"client_id": make_wiki().pk, "redirect_uri": WIKI, "response_type": "code"}
    query = urlencode({**asked, "scope": "openid profile email"})
    return {
        **pages,
        "application-consent": f"{reverse('idp:oidc:authorization')}?{query}",
        "application-logout": reverse("idp:oidc:logout"),
    }


def make_wiki() -> Application:
    application = Application(name="Wiki of the company", redirect_uris=WIKI)
    application.set_scopes(["profile", "email"])
    save_application(application)
    return application


def list_signed_out_pages() -> Addresses:
    """Return what somebody sees who is not signed in."""
    names = ["account_login", "account_reset_password", "account_reset_password_done"]
    names += ["account_request_login_code", "account_signup", "account_inactive"]
    names += ["account_email_verification_sent", "account_reset_password_from_key_done"]
    names += ["socialaccount_login_cancelled"]
    return {name.replace("_", "-"): reverse(name) for name in names}


def list_error_pages() -> Addresses:
    """Return an address for each page of an error; it has to be answered with that page."""
    names = sorted(path.stem for path in (ROOT / "templates").glob("[45]*.html"))
    return {f"error-{name}": f"/errors/{name}" for name in names}


def list_forbidden_pages() -> Addresses:
    """Return what staff see who lack the permission for a page."""
    return {
        "forbidden": reverse("imports:upload"),
        "forbidden-admin": reverse("admin:accounts_user_changelist"),
    }
