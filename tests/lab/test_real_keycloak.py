"""A real Keycloak: a realm that has changed its hashes, with people in every state."""

from __future__ import annotations

import base64
import json
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from accounts.models import Group, Role, User
from importer_site.embedded.server import find_free_port
from tests.lab.people import Person, import_export, list_differences, make_code
from tests.lab.servers import ask, need, run, serve

pytestmark = pytest.mark.lab

RELEASE = "26.7.0"
REALM = "library"
# What Keycloak stores of the secret is its text, not the bytes it stands for in base32.
STORED_SECRET = "HELLO-LAB-SECRET-0042"
OLD, NEW = "hashAlgorithm(pbkdf2-sha256) and hashIterations(27500)", "hashAlgorithm(argon2)"
ENVIRONMENT = {
    "KC_BOOTSTRAP_ADMIN_USERNAME": "admin",
    "KC_BOOTSTRAP_ADMIN_PASSWORD": "secret",
    "JAVA_OPTS_APPEND": "-XX:TieredStopAtLevel=1 -Xmx700m",
}


class Keycloak:
    """The admin API, with the files of the server."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder

    def ask_token(self, realm: str, name: str, password: str, code: str = "") -> str:
        """Return a token; empty where Keycloak does not let them in."""
        form = {"grant_type": "password", "client_id": "admin-cli", "username": name}
        data = urlencode({**form, "password": password, "totp": code}).encode()
        url = f"{self.url}/realms/{realm}/protocol/openid-connect/token"
        try:
            with urlopen(Request(url, data)) as answer:  # noqa: S310
                token: str = json.load(answer)["access_token"]
        except OSError:
            return ""
        return token

    def call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {self.ask_token('master', 'admin', 'secret')}"}
        status, answer = ask(method, f"{self.url}/admin/realms{path}", body, headers)
        assert status < 300, (path, status, answer)
        return answer

    def make(self, name: str, password: str = "", **fields: Any) -> None:
        person = {"username": name, "email": f"{name}@example.com", "enabled": True}
        names = {"firstName": name.title(), "lastName": "Lab"}
        secret = {"type": "password", "value": password, "temporary": False}
        given = {"credentials": [secret]} if password else {}
        self.call("POST", f"/{REALM}/users", {**person, **names, **given, **fields})

    def read_id(self, name: str) -> str:
        identity: str = self.call("GET", f"/{REALM}/users?exact=true&username={name}")[0]["id"]
        return identity


def install(folder: Path) -> Path:
    """Unpack the distribution from the Maven repository; return its command."""
    need("java", "mvn")
    artifact = f"org.keycloak:keycloak-quarkus-dist:{RELEASE}:zip"
    copy = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
    own = f"-Dmaven.repo.local={folder}/repository"
    run(["mvn", "-q", "-B", own, copy, f"-Dartifact={artifact}", "-DoutputDirectory=."], folder)
    with zipfile.ZipFile(folder / f"keycloak-quarkus-dist-{RELEASE}.zip") as archive:
        archive.extractall(folder)
    command = folder / f"keycloak-{RELEASE}/bin/kc.sh"
    command.chmod(0o755)
    return command


@pytest.fixture(scope="module")
def realm(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Person]]:
    """The export of a realm, and its people as they were when the server was stopped."""
    folder = tmp_path_factory.mktemp("keycloak")
    command = install(folder)
    port = find_free_port()
    keycloak = Keycloak(f"http://127.0.0.1:{port}", folder)
    start = [command, "start-dev", "--http-host=127.0.0.1", f"--http-port={port}"]
    with serve(start, folder, f"{keycloak.url}/realms/master", **ENVIRONMENT):
        fill(keycloak)
        people = list_people(keycloak)
    path = folder / "realm.json"
    whole = ["--realm", REALM, "--file", path, "--db=dev-file"]
    run([command, "export", *whole], folder, **ENVIRONMENT)
    return path, people


def fill(keycloak: Keycloak) -> None:
    keycloak.call("POST", "", {"realm": REALM, "enabled": True, "passwordPolicy": OLD})
    keycloak.call("POST", f"/{REALM}/roles", {"name": "librarian"})
    keycloak.call("POST", f"/{REALM}/groups", {"name": "readers"})
    keycloak.make("ada", "Copper-Lantern-3", emailVerified=True, groups=["/readers"])
    keycloak.call("PUT", f"/{REALM}", {"passwordPolicy": NEW})
    keycloak.make("bob", "Silver-Anchor-9")
    keycloak.make("cyd", "Velvet-Harbour-2", enabled=False)
    keycloak.make("dora", "Marble-Window-4", requiredActions=["UPDATE_PASSWORD"])
    login = {"identityProvider": "google", "userId": "104217", "userName": "eve@example.com"}
    keycloak.call("POST", f"/{REALM}/identity-provider/instances", GOOGLE)
    keycloak.make("eve", federatedIdentities=[login])
    app = {"algorithm": "HmacSHA1", "digits": 6, "period": 30, "subType": "totp"}
    otp = {
        "type": "otp",
        "userLabel": "Phone",
        "secretData": json.dumps({"value": STORED_SECRET}),
        "credentialData": json.dumps(app),
    }
    password = {"type": "password", "value": "Amber-Garden-8"}
    keycloak.make("fay", credentials=[password, otp])
    client = {"clientId": "robot", "serviceAccountsEnabled": True, "publicClient": False}
    keycloak.call("POST", f"/{REALM}/clients", client)
    role = keycloak.call("GET", f"/{REALM}/roles/librarian")
    place = f"/{REALM}/users/{keycloak.read_id('ada')}/role-mappings/realm"
    keycloak.call("POST", place, [role])


GOOGLE = {
    "alias": "google",
    "providerId": "google",
    "enabled": True,
    "config": {"clientId": "lab", "clientSecret": "lab"},
}


def list_people(keycloak: Keycloak) -> list[Person]:
    """Return the people, after asking the server who may sign in."""
    passwords = {
        "ada": "Copper-Lantern-3",
        "bob": "Silver-Anchor-9",
        "cyd": "Velvet-Harbour-2",
        "dora": "Marble-Window-4",
        "eve": "",
        "fay": "Amber-Garden-8",
    }
    assert keycloak.ask_token(REALM, "ada", passwords["ada"])
    assert keycloak.ask_token(REALM, "bob", passwords["bob"])
    assert not keycloak.ask_token(REALM, "cyd", passwords["cyd"])
    assert keycloak.ask_token(REALM, "fay", passwords["fay"], make_code(encode(STORED_SECRET)))
    return [
        Person(
            name,
            subject_id=keycloak.read_id(name),
            email=f"{name}@example.com",
            password=password,
            is_active=name != "cyd",
            totp_secret=encode(STORED_SECRET) if name == "fay" else "",
        )
        for name, password in passwords.items()
    ]


def encode(secret: str) -> str:
    """Return the text of a secret in base32, as an authenticator app takes it."""
    return base64.b32encode(secret.encode()).decode().rstrip("=")


def test_people_of_the_realm_sign_in_as_before(
    realm: tuple[Path, list[Person]], operator: User
) -> None:
    path, people = realm
    for key in ("readers", "/readers"):
        Group.objects.get_or_create(key=key)
    for key in ("librarian", f"default-roles-{REALM}", "offline_access", "uma_authorization"):
        Role.objects.get_or_create(key=key)

    job = import_export(path, operator)

    assert job.state == "completed"
    assert list_differences(people, operator) == []
    ada, dora, eve = (User.objects.get(username=name) for name in ("ada", "dora", "eve"))
    assert [group.key for group in ada.groups.all()] in (["readers"], ["/readers"])
    assert "librarian" in {role.key for role in ada.roles.all()}
    assert dora.password_expires_at is not None
    assert list(eve.socialaccount_set.values_list("provider", "uid")) == [("google", "104217")]
