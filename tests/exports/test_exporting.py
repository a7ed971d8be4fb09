"""Whom an export has, what it excludes, and how its end is noted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.db import OperationalError, connection

from accounts.models import Group, GroupMembership, Role, RoleAssignment, User
from exports.engine import reading
from exports.models import Channel, Export, ExportState
from exports.selection import SelectionError
from exports.services import exporting
from exports.services.exporting import (
    EXPORT_CREDENTIALS,
    VIEW_USER,
    PermissionMissing,
    begin_export,
    preview_export,
    stream_export,
)
from tests.exports.exporting import export, export_records, get_latest, make_order
from tests.imports.conftest import MakeJob

MakeClerk = Callable[..., User]
SECRETS = {
    "password": {
        "hash": "$2b$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr.",
        "format": "bcrypt",
        "must_change": True,
    },
    "totp": {"secret": "JBSWY3DPEHPK3PXP"},
    "recovery_codes": ["4f9a-c27d"],
}


def list_ids(actor: User, **options: object) -> list[str]:
    return [record["subject_id"] for record in export_records(actor, **options)]


def create_users(*subject_ids: str, **fields: object) -> list[User]:
    return [User.objects.create_user(subject_id=each, **fields) for each in subject_ids]


def test_users_come_in_the_order_of_their_subject_ids(operator: User) -> None:
    create_users("b", "Z", "a", "é", "10", "9")

    assert list_ids(operator) == ["10", "9", "Z", "a", "b", "é"]


def test_administrators_are_excluded_and_counted(operator: User) -> None:
    create_users("a")
    create_users("b", is_staff=True)

    assert list_ids(operator) == ["a"]
    assert get_latest().excluded == {"administrators": 2}
    assert preview_export(make_order(), operator).excluded == {"administrators": 2}


def test_users_are_chosen_by_source_group_search_and_job(operator: User, run_job: MakeJob) -> None:
    create_users("s1", "s2", source="hr")
    job = run_job([{"subject_id": "j1"}, {"subject_id": "s1"}])
    group = Group.objects.create(key="staff")
    GroupMembership.objects.create(user=User.objects.get(subject_id="s2"), group=group)

    assert list_ids(operator, source="hr") == ["s1", "s2"]
    assert list_ids(operator, group="staff") == ["s2"]
    assert list_ids(operator, search="j") == ["j1"]
    assert list_ids(operator, job=job.pk) == ["j1"]
    assert list_ids(operator, source="hr", search="s2") == ["s2"]
    assert list_ids(operator, after="j1", limit=1) == ["s1"]


@pytest.mark.parametrize("selection", [{"group": "nobody"}, {"job": 4711}])
def test_what_does_not_exist_is_refused_and_not_noted(
    operator: User, selection: dict[str, object]
) -> None:
    with pytest.raises(SelectionError):
        export(operator, **selection)

    assert not Export.objects.exists()


def test_an_empty_selection_is_an_empty_file(operator: User) -> None:
    assert export(operator, source="nobody") == b""
    assert export(operator, source="nobody", shape="json") == b"[]\n"
    assert get_latest().state == ExportState.COMPLETE


def test_nothing_that_proves_an_identity_is_exported_unless_asked_for(
    operator: User, run_job: MakeJob
) -> None:
    run_job([{"subject_id": "a", "authenticators": SECRETS}])

    [without] = export_records(operator)
    [record] = export_records(operator, with_credentials=True)

    assert "authenticators" not in without
    assert record["authenticators"].keys() == SECRETS.keys()
    assert record["authenticators"]["password"] == SECRETS["password"]


@pytest.mark.parametrize("held", [[VIEW_USER], [EXPORT_CREDENTIALS]])
def test_credentials_take_both_permissions(make_clerk: MakeClerk, held: list[str]) -> None:
    with pytest.raises(PermissionMissing):
        export(make_clerk(*held), with_credentials=True)

    assert not Export.objects.exists()


def test_credentials_of_who_may_more_than_the_exporter_are_excluded(
    operator: User, make_clerk: MakeClerk
) -> None:
    direct, through, equal, _ = create_users("direct", "group", "equal", "plain")
    clerk = make_clerk(VIEW_USER, EXPORT_CREDENTIALS)
    powerful = make_clerk("accounts.delete_user").roles.get()
    group = Group.objects.create(key="powerful")
    group.roles.add(powerful)
    RoleAssignment.objects.create(user=direct, role=powerful)
    GroupMembership.objects.create(user=through, group=group)
    RoleAssignment.objects.create(user=equal, role=Role.objects.create(key="without"))

    assert list_ids(clerk, with_credentials=True) == ["equal", "plain"]
    assert get_latest().excluded == {"administrators": 3, "more_powerful": 2}
    assert list_ids(clerk) == ["direct", "equal", "group", "plain"]
    assert list_ids(operator, with_credentials=True) == ["direct", "equal", "group", "plain"]


def test_what_cannot_be_read_is_excluded_and_counted(operator: User, run_job: MakeJob) -> None:
    run_job([{"subject_id": "a", "authenticators": SECRETS}])
    Authenticator.objects.filter(type="totp").update(data={"secret": "azE6AAAA"})
    User.objects.filter(subject_id="a").update(password="unknown$hash")

    [record] = export_records(operator, with_credentials=True)

    assert record["authenticators"] == {
        "password": {"must_change": True},
        "recovery_codes": ["4f9a-c27d"],
    }
    assert get_latest().excluded == {
        "administrators": 1,
        "unreadable_authenticators": 1,
        "passwords_without_format": 1,
    }


def test_a_password_that_is_still_to_be_hashed_is_not_exported(
    operator: User, run_job: MakeJob
) -> None:
    plain = {"authenticators": {"password": {"plaintext": "correct horse battery staple"}}}
    run_job([{"subject_id": each, **plain} for each in "ab"])
    assert User.objects.filter(password__startswith="sealed$").count() == 2

    exported = export(operator, with_credentials=True)

    assert b"correct horse" not in exported
    assert b"sealed" not in exported
    assert get_latest().excluded["passwords_to_be_hashed"] == 2


def test_the_log_says_who_exported_whom_and_how(operator: User) -> None:
    create_users("a", source="hr")

    export(operator, source="hr", with_credentials=True)

    noted = get_latest()
    assert (noted.actor, noted.channel, noted.selection) == (
        operator,
        Channel.COMMAND,
        {"source": "hr"},
    )
    assert (noted.with_credentials, noted.users, noted.state) == (True, 1, ExportState.COMPLETE)


def test_a_receiver_that_hangs_up_is_noted(operator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PORTION", 1)
    create_users("a", "b", "c")
    order = make_order()
    begun = begin_export(order, actor=operator, channel=Channel.API)
    stream = stream_export(begun, order, operator)
    next(stream)
    next(stream)

    stream.close()

    begun.refresh_from_db()
    assert (begun.state, begun.users) == (ExportState.INTERRUPTED, 1)


def test_an_error_ends_the_stream_and_is_noted(
    operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError

    monkeypatch.setattr(exporting, "read_role_keys", fail)

    with pytest.raises(RuntimeError):
        export(operator)

    assert get_latest().state == ExportState.ERRORED


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_breaks_the_stream_off(
    operator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PORTION", 1)
    create_users("a", "b", "c")
    order = make_order()
    begun = begin_export(order, actor=operator, channel=Channel.API)
    stream = stream_export(begun, order, operator)
    next(stream)
    end_backend()

    with pytest.raises(OperationalError):
        list(stream)

    begun.refresh_from_db()
    assert begun.state == ExportState.ERRORED


def end_backend() -> None:
    """End the server's process of this connection, as its restart does."""
    import psycopg

    pid = connection.connection.info.backend_pid
    parameters = connection.get_connection_params()
    kept = {name: parameters[name] for name in ("dbname", "user", "password", "host", "port")}
    with psycopg.connect(**kept) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])


@pytest.mark.django_db(transaction=True)
def test_an_export_is_of_one_snapshot(operator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PORTION", 1)
    create_users("a", "b")
    order = make_order()
    begun = begin_export(order, actor=operator, channel=Channel.API)
    stream = stream_export(begun, order, operator)
    first = next(stream)
    change_elsewhere(operator)

    rest = b"".join(stream)

    assert b"meanwhile" not in first + rest
    assert (first + rest).count(b"subject_id") == 2
    assert b"meanwhile" in export(operator)


def change_elsewhere(operator: User) -> None:
    """Change and add users by another connection."""
    from threading import Thread

    def change() -> None:
        User.objects.filter(subject_id="b").update(given_name="meanwhile")
        GroupMembership.objects.create(
            user=User.objects.get(subject_id="b"), group=Group.objects.create(key="meanwhile")
        )
        create_users("c")
        connection.close()

    thread = Thread(target=change)
    thread.start()
    thread.join()
