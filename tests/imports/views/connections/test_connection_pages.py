"""The pages of connections: made, switched, used, rotated and undone by hand."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from imports.models import Connection, ConnectionSecret, DecryptionKey, ImportJob, SecretUse, Undo
from imports.services.connections.day_jobs import close_open_jobs
from imports.services.connections.secrets import find_secret, issue_secret
from imports.services.hooks.keys import make_key
from imports.services.undo.undoing import work_on_undo
from imports.states import JobState
from imports.views.connections.urls import urlpatterns
from tests.imports.connecting import create_connection, name_person, send
from tests.imports.views.conftest import SignIn
from tests.imports.views.posting import note_sign_in, read_form

VIEW, ADD = "imports.view_connection", "imports.add_connection"
CHANGE, UNDO = "imports.change_connection", "imports.undo_importjob"
RIGHTS = ("imports.add_importjob", "imports.run_importjob")
MATRIX = [
    ("list", "get", VIEW),
    ("choose_kind", "get", ADD),
    ("connection", "get", VIEW),
    ("switch", "post", CHANGE),
    ("create_secret", "post", CHANGE),
    ("revoke_secret", "post", CHANGE),
    ("undo", "get", UNDO),
    ("start_undo", "post", UNDO),
    ("change_issuer", "post", CHANGE),
    ("create_key", "post", CHANGE),
    ("certificate", "get", VIEW),
    ("revoke_key", "post", CHANGE),
]
IDS = [name for name, *_ in MATRIX]


@pytest.fixture
def connection(operator: User) -> Connection:
    return create_connection(operator, is_on=False)


@pytest.fixture
def hook(operator: User) -> Connection:
    """A connection that has everything a page can be about."""
    made = create_connection(operator, kind="hook", name="Hook", tenant="acme", is_on=False)
    make_key(made, actor=operator)
    return made


def find_page(name: str, connection: Connection) -> str:
    key = DecryptionKey.objects.filter(connection=connection).first()
    arguments = {
        "list": [],
        "choose_kind": [],
        "revoke_secret": [connection.pk, 1],
        "certificate": [connection.pk, key.pk if key else 1],
        "revoke_key": [connection.pk, key.pk if key else 1],
    }
    return reverse(f"connections:{name}", args=arguments.get(name, [connection.pk]))


def test_every_page_is_in_the_matrix() -> None:
    assert {pattern.name for pattern in urlpatterns} == {name for name, *_ in MATRIX}


@pytest.mark.parametrize(("name", "method", "permission"), MATRIX, ids=IDS)
def test_each_page_asks_for_its_permission(
    sign_in: SignIn, client: Client, hook: Connection, name: str, method: str, permission: str
) -> None:
    page = find_page(name, hook)
    others = {each for *_, each in MATRIX} - {permission}

    assert getattr(client, method)(page).status_code == 302
    refusal = getattr(sign_in(*others), method)(page)
    assert refusal.status_code == 403
    assert permission in refusal.content.decode()
    assert getattr(sign_in(permission), method)(page).status_code in {200, 302}


def test_a_connection_is_made_of_a_kind_and_is_off(admin: Client, operator: User) -> None:
    kinds = admin.get(reverse("connections:choose_kind")).content.decode()
    address = reverse("admin:imports_connection_add") + "?kind=records"
    assert address in kinds
    form = read_form(admin.get(address).content.decode(), "connection_form")
    assert "tenant" not in form

    admin.post(address, {**form, "name": "HR", "source": "HR system"})

    connection = Connection.objects.get()
    assert (connection.kind, connection.is_on, connection.owner) == ("records", False, operator)
    assert connection.mapping["source_name"] == "HR system"


@pytest.mark.parametrize(
    ("given", "tenant", "said"),
    [
        ({"name": "Acme HR"}, "acme-hr", ""),
        ({"name": "Acme HR", "tenant": "hr"}, "hr", ""),
        ({"name": "人事"}, None, "None can be made from this name."),
        ({"name": "Acme HR", "tenant": "h r"}, None, "Enter a valid “slug”"),
    ],
)
def test_tenant_of_scim_is_made_of_the_name_unless_given(
    admin: Client, given: dict[str, str], tenant: str | None, said: str
) -> None:
    address = reverse("admin:imports_connection_add") + "?kind=scim"
    form = read_form(admin.get(address).content.decode(), "connection_form")

    response = admin.post(address, {**form, "source": "HR", **given})

    assert Connection.objects.values_list("tenant", flat=True).first() == tenant
    if said:
        page = response.content.decode()
        assert said in page
        assert page.count('class="errorlist"') == 1


def test_tenant_of_secureauth_is_marked_as_required(admin: Client) -> None:
    page = admin.get(reverse("admin:imports_connection_add") + "?kind=secureauth").content.decode()

    assert re.search(r'<label class="required" for="id_tenant">', page)


def test_activity_log_of_a_day_speaks_of_records_and_not_of_a_file(
    admin: Client, operator: User
) -> None:
    connection = create_connection(operator)
    send(connection, name_person(1))
    job = ImportJob.objects.get()
    close_open_jobs(connection, actor=operator)

    page = admin.get(reverse("imports:activity_log", args=[job.pk])).content.decode()

    assert "The first records arrived" in page
    assert "closed the job. Later records belong to another job" in page
    assert f'<a href="{find_page("connection", connection)}">{connection}</a>' in page
    assert all(word not in page for word in ("directory.", "SHA-256", "See column mapping"))


def test_without_a_kind_the_form_leads_to_the_choice(admin: Client) -> None:
    response = admin.get(reverse("admin:imports_connection_add"))

    assert response["Location"] == reverse("connections:choose_kind")


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("mapping_text", "{", "not JSON"),
        ("mapping_text", "[]", "JSON object"),
        ("mapping_text", '{"rules": [{"source": "a", "target": "b"}]}', "no target field"),
        ("mapping_text", '{"colour": 1}', "colour"),
        ("policies_text", '{"x": {}}', "as objects"),
        ("policies_text", '{"conflicts": {"profile_exists": "stop"}}', "nobody waits"),
        ("policies_text", '{"conflicts": {"a": "b"}}', "not a conflict policy"),
    ],
)
def test_settings_that_cannot_be_are_refused_with_the_reason(
    admin: Client, connection: Connection, field: str, text: str, said: str
) -> None:
    address = reverse("admin:imports_connection_change", args=[connection.pk])
    form = read_form(admin.get(address).content.decode(), "connection_form")

    response = admin.post(address, {**form, field: text})

    assert response.status_code == 200
    assert said in response.content.decode()


def test_settings_typed_over_others_are_refused(admin: Client, connection: Connection) -> None:
    address = reverse("admin:imports_connection_change", args=[connection.pk])
    form = read_form(admin.get(address).content.decode(), "connection_form")
    Connection.objects.update(per_minute=3)

    response = admin.post(address, {**form, "per_minute": 5})

    assert "has changed since this page was shown" in response.content.decode()
    assert Connection.objects.get().per_minute == 3


def test_a_connection_is_switched_on_and_off(admin: Client, connection: Connection) -> None:
    for is_on in (True, False):
        page = admin.get(find_page("connection", connection)).content.decode()
        shown = re.search(r'name="as_shown" value="([^"]*)"', page)
        assert shown is not None
        admin.post(
            find_page("switch", connection),
            {"as_shown": shown[1], **({"on": "1"} if is_on else {})},
        )
        connection.refresh_from_db()
        assert connection.is_on is is_on


def test_a_button_of_an_outdated_page_is_refused(admin: Client, connection: Connection) -> None:
    response = admin.post(find_page("switch", connection), {"on": "1", "as_shown": ""}, follow=True)

    assert "Nothing was changed" in response.content.decode()
    assert not Connection.objects.get().is_on


def test_a_secret_is_shown_once_with_a_button_that_copies_it(
    admin: Client, connection: Connection
) -> None:
    answer = admin.post(find_page("create_secret", connection), {"scopes": "write", "validity": ""})

    shown = re.search(r'<code id="secret">(ufc_[^<]+)</code>', answer.content.decode())
    assert shown is not None
    assert answer["Cache-Control"] == "no-store"
    assert 'data-copies="secret"' in answer.content.decode()
    secret = find_secret(shown[1], [SecretUse.TOKEN])
    assert secret is not None
    assert secret.scopes == ["write"]
    page = admin.get(find_page("connection", connection)).content.decode()
    assert shown[1] not in page
    assert secret.hint in page


def test_a_scope_for_credentials_takes_a_recent_sign_in(admin: Client, operator: User) -> None:
    connection = create_connection(operator, kind="secureauth", name="Leaving", tenant="leaving")
    wanted = {"scopes": "export_credentials", "validity": ""}

    refused = admin.post(find_page("create_secret", connection), wanted, follow=True)
    assert "shortly after signing in" in refused.content.decode()
    assert not connection.secrets.exists()
    note_sign_in(admin, 100)
    admin.post(find_page("create_secret", connection), wanted)

    assert connection.secrets.get().scopes == ["export_credentials"]


def test_a_secret_can_expire(admin: Client, connection: Connection) -> None:
    admin.post(find_page("create_secret", connection), {"scopes": "write", "validity": "30"})

    expires_at = ConnectionSecret.objects.get().expires_at
    assert expires_at is not None
    assert timedelta(days=29) < expires_at - timezone.now() <= timedelta(days=30)


def test_a_third_secret_waits_for_a_revocation(
    admin: Client, connection: Connection, operator: User
) -> None:
    for _ in range(2):
        issue_secret(connection, actor=operator)
    assert "New token" not in admin.get(find_page("connection", connection)).content.decode()

    refused = admin.post(
        find_page("create_secret", connection), {"scopes": "write"}, follow=True
    ).content.decode()
    assert "two tokens already" in refused
    first = connection.secrets.first()
    assert first is not None
    admin.post(reverse("connections:revoke_secret", args=[connection.pk, first.pk]))

    assert "New token" in admin.get(find_page("connection", connection)).content.decode()


def test_the_page_says_why_programs_are_refused(admin: Client, make_clerk: SignIn) -> None:
    clerk = make_clerk(*RIGHTS)
    connection = create_connection(clerk)
    User.objects.filter(pk=clerk.pk).update(is_active=False)

    page = admin.get(find_page("connection", connection)).content.decode()

    assert "Programs are refused." in page
    assert "not active staff" in page


def test_the_list_counts_what_was_written_today(admin: Client, operator: User) -> None:
    connection = create_connection(operator)
    send(connection, name_person(1), name_person(2), {})

    page = admin.get(find_page("list", connection)).content.decode()

    assert re.findall(r'is-number" data-label="(Created today|Failed)">(\d+)<', page) == [
        ("Created today", "2"),
        ("Failed", "1"),
    ]


def press_undo(admin: Client, connection: Connection, **chosen: str) -> str:
    page = admin.get(find_page("undo", connection), chosen).content.decode()
    shown = re.search(r'name="as_shown" value="([^"]*)"', page)
    assert shown is not None
    answer = admin.post(
        find_page("start_undo", connection), {**chosen, "as_shown": shown[1]}, follow=True
    )
    return answer.content.decode()


def drain_undos() -> None:
    """Work as workers do on their messages, in an order that nobody can rely on."""
    while running := list(Undo.objects.filter(state="running").order_by("pk")):
        for undo in running:
            work_on_undo(undo.pk)


def make_two_days(operator: User) -> Connection:
    """Return a connection that created somebody yesterday and changed them today."""
    connection = create_connection(operator)
    first = send(connection, name_person(1))
    yesterday = timezone.now().date() - timedelta(days=1)
    ImportJob.objects.filter(pk=first.job_id).update(day=yesterday)
    send(connection, name_person(1, given_name="Bea"), name_person(2))
    return connection


def test_everything_is_undone_the_latest_first(admin: Client, operator: User) -> None:
    connection = make_two_days(operator)

    said = press_undo(admin, connection)
    drain_undos()

    assert "2 jobs are being undone" in said
    assert not User.objects.filter(subject_id__in=["p1", "p2"]).exists()
    assert {job.state for job in connection.jobs.all()} == {JobState.UNDONE}
    assert all(undo.counts.get("left", 0) == 0 for undo in Undo.objects.all())


def test_a_day_is_undone_and_the_others_stay(admin: Client, operator: User) -> None:
    connection = make_two_days(operator)

    press_undo(admin, connection, day=timezone.now().date().isoformat())
    drain_undos()

    assert User.objects.get(subject_id="p1").given_name == "Ann 1"
    assert not User.objects.filter(subject_id="p2").exists()


def test_what_is_sent_after_an_undo_belongs_to_another_job(admin: Client, operator: User) -> None:
    connection = make_two_days(operator)
    press_undo(admin, connection)

    batch = send(connection, name_person(3))
    drain_undos()

    assert User.objects.filter(subject_id="p3").exists()
    assert ImportJob.objects.get(pk=batch.job_id).state == JobState.RECEIVING


def test_a_batch_is_undone_by_itself(admin: Client, operator: User) -> None:
    connection = create_connection(operator)
    first, second = send(connection, name_person(1)), send(connection, name_person(2))
    page = reverse("imports:undo", args=[second.job_id]) + f"?matching=1&chunk={second.number}"
    form = read_form(
        admin.get(page).content.decode(), reverse("imports:start_undo", args=[second.job_id])
    )

    admin.post(reverse("imports:start_undo", args=[second.job_id]), form)
    drain_undos()

    assert User.objects.filter(subject_id="p1").exists()
    assert not User.objects.filter(subject_id="p2").exists()
    assert ImportJob.objects.get(pk=first.job_id).state == JobState.COMPLETED


def test_an_undo_after_more_was_written_is_refused(admin: Client, operator: User) -> None:
    connection = make_two_days(operator)

    answer = admin.post(find_page("start_undo", connection), {"as_shown": ""}, follow=True)

    assert "Nothing was undone" in answer.content.decode()
    assert not Undo.objects.exists()
