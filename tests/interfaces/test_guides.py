"""The examples of the guides, entered one after another in a terminal beside a real server.

Each test takes all of them from its page: an example that is added fails it, until it is run, too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.idp.oidc.models import Client as ApiClient
from pytest_django.fixtures import Settings

from accounts.access_tokens import set_up_client
from accounts.models import Group, User
from imports.api.jobs import watching
from imports.models import Connection, ImportJob, Undo
from imports.models.undo import UndoState
from imports.services.undo.undoing import work_on_undo
from imports.states import BUSY
from tests.accounts.conftest import MakeUser, make_user
from tests.imports.conftest import drain, to_ndjson
from tests.imports.connecting import name_person
from tests.interfaces.guides import PROJECT, PYTHON_CLIENT, Terminal, read_blocks, read_lines
from tests.interfaces.secureauth.test_secureauth import describe_people, name_id

__all__ = ["make_user"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def terminal(
    live_server: Any, operator: User, settings: Settings, tmp_path: Path
) -> Iterator[Terminal]:
    settings.PUBLIC_URL = f"{live_server.url}/"
    terminal = Terminal(tmp_path, live_server.url, do_the_work)
    yield terminal
    terminal.close()


def do_the_work() -> None:
    """Do what workers would, until none has anything to do."""
    for job in ImportJob.objects.filter(state__in=BUSY):
        drain(job)
    for undo in Undo.objects.filter(state=UndoState.RUNNING):
        work_on_undo(undo.pk)


def test_scim(terminal: Terminal) -> None:
    make, users = read_blocks("scim.md", "sh", "python")
    locate, create, find, change, delete = split_commands(users)

    made = json.loads(terminal.enter(make))
    created = json.loads(terminal.enter(f"{locate}\n{create}", TOKEN=made["token"]))
    found = json.loads(terminal.enter(find))
    terminal.enter(change, ID=created["id"])
    [changed] = json.loads(terminal.enter(find))["Resources"]
    terminal.enter(delete)

    assert made["url"] == f"{terminal.site}/scim/v2/acme-hr"
    assert [each["id"] for each in found["Resources"]] == [created["id"]]
    assert changed["title"] == "Engineer"
    assert User.objects.get(subject_id=created["id"]).is_active is False


def split_commands(block: str) -> list[str]:
    """Return the commands of a block, of which each begins at the margin."""
    return re.split(r"\n+(?=\S)", block.strip())


def test_secureauth(terminal: Terminal) -> None:
    make, send, export, make_other = read_blocks("secureauth.md", "sh", "python")
    (terminal.folder / "users.json").write_text(json.dumps(describe_people(1)))

    made = json.loads(terminal.enter(make))
    terminal.enter(send, CLIENT_ID=made["client_id"], CLIENT_SECRET=made["client_secret"])
    exported = json.loads(terminal.enter(export))
    other = json.loads(terminal.enter(make_other))
    ask_token = send.partition("curl --request PUT")[0].replace("acme", other["tenant"])
    secrets = {"CLIENT_ID": other["client_id"], "CLIENT_SECRET": other["client_secret"]}
    with_credentials = json.loads(terminal.enter(ask_token + export, **secrets))

    assert made["url"].startswith(terminal.site)
    assert len(exported["users"]) == 1
    assert not exported["user_credentials"]
    assert [each["id"] for each in with_credentials["users"]] == [name_id(1)]
    assert len(with_credentials["user_credentials"]) == 1


def test_connections(terminal: Terminal) -> None:
    [make] = read_blocks("connections.md", "sh", "python")

    made = json.loads(terminal.enter(make))

    assert {"kind", "url", "token"} <= set(made)
    assert Connection.objects.get().name == "HR"


def test_openid_connect(terminal: Terminal) -> None:
    # In those of the sample application and openid-client a browser takes part: they have tests.
    make, _sample, _npm, introspect, rotate = read_blocks("openid-connect.md", "sh", "python", "js")

    made = json.loads(terminal.enter(make))
    told = terminal.enter(
        introspect,
        CLIENT_ID=made["client_id"],
        CLIENT_SECRET=made["client_secret"],
        ACCESS_TOKEN="unknown",
    )
    terminal.enter(rotate)

    assert made["url"] == terminal.site
    assert json.loads(told) == {"active": False}


@pytest.fixture
def client(operator: User) -> dict[str, str]:
    """The variables that hold id and secret of an API client."""
    client = ApiClient(name="Night")
    secret = set_up_client(client, operator)
    client.save()
    return {"CLIENT_ID": client.pk, "CLIENT_SECRET": secret}


def test_export(terminal: Terminal, client: dict[str, str], make_user: MakeUser) -> None:
    command, call = read_blocks("export.md", "sh", "python")
    access, *_ = read_blocks("api.md", "sh")
    make_user(subject_id="1", source="hr", email="ann@example.com")

    terminal.enter(command)
    files = ["users.ndjson", "hr.json"]
    written = [(terminal.folder / each).read_text("utf-8") for each in files]
    terminal.enter(access + call, **client)

    assert json.loads(written[1]) == [json.loads(written[0])]
    assert (terminal.folder / "users.ndjson").read_text("utf-8") == written[0]


def test_api(
    terminal: Terminal, client: dict[str, str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IMPORT_FIRST_SLICE_ROWS = 5
    settings.WEBHOOK_HOSTS = ["hr.example.com"]
    monkeypatch.setattr(watching, "PAUSE_SECONDS", 0.05)
    (terminal.folder / "samples").symlink_to(PROJECT / "samples")
    (terminal.folder / "mapping-request.json").write_text('{"mode": "update"}')
    for name in ("users.ndjson", "people.ndjson"):
        (terminal.folder / name).write_bytes(to_ndjson([name_person(1), name_person(2)]))
    blocks = read_blocks("api.md", "sh", "python")
    access, upload, map_columns, run, results, templates, parts, *others = blocks
    send, send_many, lists, changes, command_line, program = others

    terminal.enter(access, **client)
    job = json.loads(terminal.enter(upload))["id"]
    terminal.enter(map_columns, JOB=job)
    enter_with_a_pause(terminal, run)
    [groups] = read_lines(terminal.enter("call $SITE/api/v1/jobs/$JOB/error-groups"))
    for each in split_commands(results):
        terminal.enter(each, GROUP=groups["error_groups"][0]["error_group"])
    save, *others = split_commands(templates)
    [template] = read_lines(terminal.enter(save))
    terminal.enter("\n".join(others), TEMPLATE=template["id"])
    enter_parts(terminal, parts)
    sent = read_lines(terminal.enter(send))
    [many, *_] = read_lines(terminal.enter(send_many, JOB=sent[1]["job"]))
    terminal.enter(lists, JOB=job, ID=sent[1]["records"][0]["user_id"])
    enter_changes(terminal, changes)
    # The client is found where it is: what pip installs would stay.
    _install, *calls = split_commands(command_line)
    terminal.enter("\n".join(calls))
    listed = terminal.enter(f"PYTHONPATH={PYTHON_CLIENT} python3 - <<'END'\n{program}\nEND")

    assert ImportJob.objects.get(pk=job).state == "undone"
    assert [each["status"] for each in sent[0]["records"]] == ["created", "failed"]
    assert many["counts"]["created"] == 2
    assert "ann@example.com" in listed.split()


def enter_with_a_pause(terminal: Terminal, block: str) -> None:
    """Enter the commands of a run, of which the last stops it while it is under way."""
    *commands, resume, pause = split_commands(block)
    terminal.enter("\n".join(commands[:-1]))
    [piloted] = read_lines(terminal.enter(commands[-1]))
    terminal.work = lambda: None
    terminal.enter(resume)
    [paused] = read_lines(terminal.enter(pause))
    terminal.work = do_the_work
    terminal.enter(resume)

    assert (piloted["state"], paused["state"]) == ("paused", "paused")


def enter_parts(terminal: Terminal, block: str) -> None:
    measure, begin, find_offset, add, start = split_commands(block)
    [upload] = read_lines(terminal.enter(f"{measure}\n{begin}"))
    found = terminal.enter(find_offset, UPLOAD=upload["id"])
    terminal.enter(add, OFFSET=read_header(found, "Upload-Offset"))
    [job] = read_lines(terminal.enter(start))

    assert (job["state"], job["mode"]) == ("mapped", "update")


def enter_changes(terminal: Terminal, block: str) -> None:
    add_role, add, show, change, delete, add_webhook = split_commands(block)
    group = read_lines(terminal.enter(f"{add_role}\n{add}"))[-1]
    shown = terminal.enter(show, GROUP=group["id"])
    [changed] = read_lines(terminal.enter(change, ETAG=read_header(shown, "ETag")))
    terminal.enter(delete)
    [webhook] = read_lines(terminal.enter(add_webhook))

    assert changed["name"] == "Staff in Europe"
    assert webhook["secret"]
    assert not Group.objects.exists()


def read_header(printed: str, name: str) -> str:
    return re.findall(rf"^{name}: (.*?)\r?$", printed, re.MULTILINE | re.IGNORECASE)[0]
