"""A real Synapse: users of its admin API and of its database, in every state that it knows."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from accounts.models import User
from importer_site.embedded.server import find_free_port
from tests.lab.people import Person, import_export, list_differences
from tests.lab.servers import ask, install_python, run, serve

pytestmark = pytest.mark.lab

RELEASE = "matrix-synapse==1.163.2"
PEPPER = "harbour-salt-5"
SETTINGS = f"""
registration_shared_secret: shared
trusted_key_servers: []
bcrypt_rounds: 4
password_config: {{pepper: {PEPPER}}}
rc_login:
  address: {{per_second: 1000, burst_count: 1000}}
  account: {{per_second: 1000, burst_count: 1000}}
"""
ROOT, PASSWORD = "root", "Turquoise-Kettle-7"


class Synapse:
    """The admin API, as its first administrator."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.token = self.sign_in(ROOT, PASSWORD)

    def sign_in(self, name: str, password: str) -> str:
        """Return a token; empty where the server does not let them in."""
        identifier = {"type": "m.id.user", "user": name}
        form = {"type": "m.login.password", "identifier": identifier, "password": password}
        token: str = ask("POST", f"{self.url}/_matrix/client/v3/login", form)[1].get(
            "access_token", ""
        )
        return token

    def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        status, answer = ask(method, f"{self.url}/_synapse/admin/v2/users{path}", body, headers)
        assert status < 300, answer
        return answer

    def put(self, name: str, **fields: Any) -> None:
        self.call("PUT", f"/{quote(name_user(name))}", fields)

    def export_api(self) -> Path:
        """Write what its administrator gets: the list, then each user."""
        listed = self.call("GET", "?deactivated=true&locked=true&limit=100")["users"]
        users = [self.call("GET", f"/{quote(user['name'])}") for user in listed]
        path = self.folder / "synapse.json"
        path.write_text(json.dumps(users))
        return path

    def export_table(self) -> Path:
        """Write the table of users with a header, as psql's \\copy does."""
        path = self.folder / "users.csv"
        with sqlite3.connect(self.folder / "homeserver.db") as database, path.open("w") as file:
            rows = database.execute("SELECT * FROM users")
            writer = csv.writer(file)
            writer.writerow([column[0] for column in rows.description])
            writer.writerows(rows)
        return path


def name_user(name: str) -> str:
    return f"@{name}:chat.example.com"


@pytest.fixture(scope="module")
def synapse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synapse]:
    """A server with people in every state, made by its own tools."""
    folder = tmp_path_factory.mktemp("synapse")
    commands = install_python(folder, RELEASE)
    server = [commands / "python", "-m", "synapse.app.homeserver"]
    place = ["--server-name", "chat.example.com", "--data-directory", "."]
    run([*server, *place, "-c", "server.yaml", "--generate-config", "--report-stats=no"], folder)
    port, settings = find_free_port(), folder / "server.yaml"
    settings.write_text(settings.read_text().replace("port: 8008", f"port: {port}") + SETTINGS)
    url = f"http://127.0.0.1:{port}"
    with serve([*server, "-c", "server.yaml"], folder, f"{url}/health"):
        register = [commands / "register_new_matrix_user", "-c", "server.yaml", "-a", url]
        run([*register, "-u", ROOT, "-p", PASSWORD], folder)
        server_api = Synapse(url, folder)
        fill(server_api)
        yield server_api


def fill(synapse: Synapse) -> None:
    address = [{"medium": "email", "address": "Ada@Example.com"}]
    synapse.put("ada", password="Copper-Lantern-3", threepids=address, displayname="Ada Byron")
    # Typed with a ligature, which Synapse takes for two letters.
    synapse.put("bob", password="o\ufb03ce-Anchor-9")
    synapse.put("cy", password="Velvet-Harbour-2")
    synapse.put("cy", locked=True)
    synapse.put("dora", password="Marble-Window-4")
    synapse.put("dora", deactivated=True)
    synapse.put("helper", password="Silver-Bridge-6", user_type="bot")
    synapse.put("gone", displayname="no password")


def make_people(synapse: Synapse, *, with_passwords: bool) -> list[Person]:
    """Return the people as they are, after asking the server who may sign in."""
    passwords = {
        ROOT: PASSWORD,
        "ada": "Copper-Lantern-3",
        "bob": "office-Anchor-9",
        "cy": "Velvet-Harbour-2",
        "dora": "Marble-Window-4",
        "gone": "",
    }
    disabled = {"cy", "dora"}
    for name, password in passwords.items():
        assert bool(synapse.sign_in(name, password)) is (bool(password) and name not in disabled)
    return [
        Person(
            name,
            subject_id=name_user(name),
            password=password if with_passwords else "",
            is_active=name not in disabled,
        )
        for name, password in passwords.items()
    ]


def test_users_of_the_admin_api_are_the_same_people(synapse: Synapse, operator: User) -> None:
    people = [
        Person("ada", name_user("ada"), "ada@example.com") if person.login == "ada" else person
        for person in make_people(synapse, with_passwords=False)
    ]

    job = import_export(synapse.export_api(), operator)

    assert job.state == "completed"
    assert list_differences(people, operator) == []


def test_users_of_the_table_sign_in_as_before(synapse: Synapse, operator: User) -> None:
    people = make_people(synapse, with_passwords=True)

    job = import_export(synapse.export_table(), operator, {"pepper": PEPPER})

    assert job.state == "completed"
    assert list_differences(people, operator) == []
