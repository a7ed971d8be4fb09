"""Who may make, switch and use a connection, and that its secrets are rotated two at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from imports.core.errors import ImporterError, MappingError
from imports.core.mapping import Mapping, Rule
from imports.models import Connection, ConnectionSecret, ImportJob, SecretUse
from imports.services.connections.connections import (
    delete_connection,
    require_usable,
    save_connection,
    switch,
)
from imports.services.connections.people import ConnectionRefused
from imports.services.connections.secrets import (
    delete_expired,
    exchange_secret,
    find_secret,
    issue_secret,
    list_secrets,
    note_use,
    revoke_secret,
)
from imports.states import JobState
from tests.imports.connecting import create_connection, name_person, send

ADD, RUN = "imports.add_importjob", "imports.run_importjob"
NATIVE = Mapping(provider="native")


def test_a_new_connection_is_off_and_refused_by_name(operator: User) -> None:
    connection = create_connection(operator, is_on=False)

    with pytest.raises(ConnectionRefused, match="“HR” is switched off"):
        require_usable(connection)


def test_a_connection_of_somebody_deactivated_is_refused_by_name(
    make_clerk: Callable[..., User],
) -> None:
    clerk = make_clerk(ADD, RUN)
    connection = create_connection(clerk)
    require_usable(connection)
    clerk.is_active = False
    clerk.save()

    with pytest.raises(ConnectionRefused, match=f"{clerk}, who is not active staff"):
        require_usable(connection)


def test_a_connection_of_somebody_who_lost_a_right_is_refused_by_name(
    make_clerk: Callable[..., User],
) -> None:
    clerk = make_clerk(ADD, RUN)
    connection = create_connection(clerk)
    clerk.roles.clear()

    with pytest.raises(ConnectionRefused, match=rf"{clerk}, who needs .*\({ADD}\)"):
        require_usable(Connection.objects.get(pk=connection.pk))


def test_a_connection_is_not_switched_on_by_who_may_not_run_imports(
    make_clerk: Callable[..., User],
) -> None:
    connection = create_connection(make_clerk(ADD), is_on=False)

    with pytest.raises(ConnectionRefused, match=RUN):
        switch(connection, is_on=True, actor=connection.owner)


def test_everybody_who_shaped_a_connection_bounds_it(
    operator: User, make_clerk: Callable[..., User]
) -> None:
    clerk = make_clerk(ADD, RUN)
    connection = create_connection(operator)
    save_connection(connection, NATIVE, actor=clerk)
    assert send(connection, name_person(1)).count()["failed"] == 1
    clerk.is_active = False
    clerk.save()

    with pytest.raises(ConnectionRefused, match=str(clerk)):
        require_usable(connection)


def test_whoever_takes_a_connection_over_is_the_one_it_acts_for(
    operator: User, make_clerk: Callable[..., User]
) -> None:
    connection = create_connection(make_clerk(ADD, RUN))

    save_connection(connection, NATIVE, actor=operator, takes_over=True)

    assert (connection.owner, connection.preparers) == (operator, [operator.pk])
    assert send(connection, name_person(1)).count()["created"] == 1


def test_a_deleted_helper_is_not_forgotten(operator: User, make_clerk: Callable[..., User]) -> None:
    clerk = make_clerk(ADD, RUN)
    connection = create_connection(operator)
    save_connection(connection, NATIVE, actor=clerk)
    clerk.delete()

    with pytest.raises(ConnectionRefused, match="was deleted"):
        require_usable(connection)


def test_where_imports_are_approved_a_second_person_switches_on(
    operator: User, make_clerk: Callable[..., User], settings: pytest.FixtureRequest
) -> None:
    settings.IMPORT_APPROVAL = "required"
    connection = create_connection(operator, is_on=False)

    with pytest.raises(ImporterError, match="another person"):
        switch(connection, is_on=True, actor=operator)
    with pytest.raises(ImporterError, match="approve_importjob"):
        switch(connection, is_on=True, actor=make_clerk(ADD, RUN))
    switch(connection, is_on=True, actor=make_clerk(ADD, RUN, "imports.approve_importjob"))

    assert Connection.objects.get().is_on


def test_switching_off_closes_the_job_of_the_day(operator: User) -> None:
    connection = create_connection(operator)
    batch = send(connection, name_person(1))

    switch(connection, is_on=False, actor=operator)

    assert ImportJob.objects.get(pk=batch.job_id).state == JobState.COMPLETED


def test_a_mapping_that_cannot_be_used_is_refused(operator: User) -> None:
    rule = Rule(source="x", target="nowhere")

    with pytest.raises(MappingError, match="nowhere"):
        create_connection(operator, mapping=Mapping(provider="native", rules=[rule]))


def test_a_connection_cannot_stop_at_a_conflict(operator: User) -> None:
    with pytest.raises(ImporterError, match="nobody waits"):
        create_connection(operator, conflicts={"profile_exists": "stop"})


def test_a_connection_that_is_on_is_not_deleted_and_its_jobs_stay(operator: User) -> None:
    connection = create_connection(operator)
    batch = send(connection, name_person(1))
    with pytest.raises(ImporterError, match="off before"):
        delete_connection(connection)
    switch(connection, is_on=False, actor=operator)

    delete_connection(connection)

    assert ImportJob.objects.get(pk=batch.job_id).connection is None


def test_a_secret_is_found_by_its_value_and_stored_as_a_digest(operator: User) -> None:
    connection = create_connection(operator)

    value = issue_secret(connection, actor=operator)

    secret = find_secret(value, [SecretUse.TOKEN])
    assert secret is not None
    assert secret.connection == connection
    assert value not in str(ConnectionSecret.objects.values().get())
    assert find_secret(value, [SecretUse.CLIENT]) is None
    assert find_secret(value[:-1], [SecretUse.TOKEN]) is None


def test_whoever_makes_a_secret_bounds_the_connection(
    operator: User, make_clerk: Callable[..., User]
) -> None:
    connection = create_connection(operator)
    first = send(connection, name_person(1))
    clerk = make_clerk(ADD, RUN)

    issue_secret(connection, actor=clerk)

    second = send(connection, name_person(2))
    assert (first.count()["created"], second.count()["created"]) == (1, 0)
    assert str(clerk) in str(second.outcomes[0].problems)


def test_two_secrets_are_valid_and_a_third_has_to_wait(operator: User) -> None:
    connection = create_connection(operator)
    old, new = (issue_secret(connection, actor=operator) for _ in range(2))
    with pytest.raises(ImporterError, match="two tokens already"):
        issue_secret(connection, actor=operator)

    revoke_secret(list_secrets(connection)[0], actor=operator)

    assert find_secret(old, [SecretUse.TOKEN]) is None
    assert find_secret(new, [SecretUse.TOKEN])
    assert issue_secret(connection, actor=operator)


def test_an_expired_secret_is_not_valid_and_makes_room(operator: User) -> None:
    connection = create_connection(operator)
    past = timezone.now() - timedelta(seconds=1)
    values = [issue_secret(connection, actor=operator, expires_at=past) for _ in range(3)]

    assert not any(find_secret(value, [SecretUse.TOKEN]) for value in values)


def test_an_unknown_scope_is_refused(operator: User) -> None:
    with pytest.raises(ImporterError, match="no scope “fly”"):
        issue_secret(create_connection(operator), actor=operator, scopes=["write", "fly"])


def test_the_last_use_is_kept_to_the_minute(operator: User) -> None:
    connection = create_connection(operator)
    secret = find_secret(issue_secret(connection, actor=operator), [SecretUse.TOKEN])
    assert secret is not None

    note_use(secret)
    used_at = ConnectionSecret.objects.get().last_used_at
    note_use(ConnectionSecret.objects.get())

    assert used_at is not None
    assert ConnectionSecret.objects.get().last_used_at == used_at


def test_expired_access_tokens_are_deleted(operator: User) -> None:
    connection = create_connection(operator)
    secret = find_secret(issue_secret(connection, actor=operator), [SecretUse.TOKEN])
    assert secret is not None
    access = exchange_secret(secret, ["write"])
    assert find_secret(access, [SecretUse.ACCESS])
    ConnectionSecret.objects.filter(use=SecretUse.ACCESS).update(
        expires_at=timezone.now() - timedelta(seconds=1)
    )

    delete_expired()

    assert [each.use for each in ConnectionSecret.objects.all()] == [SecretUse.TOKEN]


def test_everything_done_to_a_connection_is_in_its_activity_log(operator: User) -> None:
    connection = create_connection(operator)
    issue_secret(connection, actor=operator)
    revoke_secret(list_secrets(connection)[0], actor=operator)
    switch(connection, is_on=False, actor=operator)

    actions = [(event.action, event.actor) for event in connection.events.order_by("id")]

    assert actions == [
        (action, operator)
        for action in ("create", "switch on", "create secret", "revoke secret", "switch off")
    ]
