"""A real Ory Kratos: identities in every state, with passwords, an app and recovery codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from importer_site.embedded.server import find_free_port
from tests.lab.people import Person, import_export, list_differences, make_code
from tests.lab.servers import ask, build_go, serve

pytestmark = pytest.mark.lab

RELEASE = "github.com/ory/kratos@v1.3.1"
IDENTIFIER = {"ory.sh/kratos": {"credentials": {"password": {"identifier": True}}}}
SCHEMA = {
    "$id": "person",
    "type": "object",
    "properties": {
        "traits": {
            "type": "object",
            "properties": {
                "email": {"type": "string", "format": "email", **IDENTIFIER},
                "username": {"type": "string", **IDENTIFIER},
            },
        }
    },
}
CREDENTIALS = ("password", "oidc", "totp", "lookup_secret", "webauthn", "passkey")
# Of “Velvet-Harbour-2”, by crypt(3), as Kratos wants it spelt.
CRYPT = (
    "$sha512-crypt$rounds=6000$Kq7vT0sLx2Wd$"
    "HIUBgUn8Tz4xseffVpO0DMHkGHQmdi7TMZzduB81pa0qhV0fZWnwBLm9KBrWgUq4Bn80LYTNS36iku3kqOOL00"
)


class Kratos:
    """The admin API, and the pages of users as an application without a browser sees them."""

    def __init__(self, public: str, admin: str, folder: Path) -> None:
        self.public, self.admin, self.folder = public, admin, folder

    def make(self, name: str, state: str = "active", **credentials: Any) -> None:
        traits = {"email": f"{name}@example.com", "username": name}
        body = {"schema_id": "person", "traits": traits, "state": state}
        kinds = {kind: {"config": config} for kind, config in credentials.items()}
        status, answer = ask("POST", f"{self.admin}/identities", {**body, "credentials": kinds})
        assert status == 201, answer

    def sign_in(self, name: str, password: str) -> str:
        """Return a token; empty where Kratos does not let them in."""
        flow = ask("GET", f"{self.public}/self-service/login/api")[1]
        form = {"method": "password", "identifier": name, "password": password}
        token: str = ask("POST", flow["ui"]["action"], form)[1].get("session_token", "")
        return token

    def read_settings(self, headers: dict[str, str]) -> dict[str, Any]:
        flow: dict[str, Any] = ask(
            "GET", f"{self.public}/self-service/settings/api", headers=headers
        )[1]["ui"]
        return flow

    def add_second_factors(self, token: str) -> tuple[str, tuple[str, ...]]:
        """Add an authenticator app and recovery codes as users do; return secret and codes."""
        headers = {"X-Session-Token": token}
        page = self.read_settings(headers)
        secret = find_text(page, "totp_secret_key")["text"]
        form = {"method": "totp", "totp_code": make_code(secret)}
        assert ask("POST", page["action"], form, headers)[0] == 200
        page = self.read_settings(headers)
        form = {"method": "lookup_secret", "lookup_secret_regenerate": True}
        page = ask("POST", page["action"], form, headers)[1]["ui"]
        codes = find_text(page, "lookup_secret_codes")["context"]["secrets"]
        form = {"method": "lookup_secret", "lookup_secret_confirm": True}
        assert ask("POST", page["action"], form, headers)[0] == 200
        return secret, tuple(code["text"] for code in codes)

    def export(self) -> Path:
        """Write what its administrator gets of the identities with all credentials."""
        wanted = "&".join(f"include_credential={kind}" for kind in CREDENTIALS)
        path = self.folder / "identities.json"
        path.write_text(json.dumps(ask("GET", f"{self.admin}/identities?{wanted}")[1]))
        return path

    def read_id(self, name: str) -> str:
        found = ask("GET", f"{self.admin}/identities?credentials_identifier={name}")[1]
        identity: str = found[0]["id"]
        return identity


def find_text(page: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the text that a page shows under an id."""
    texts = (
        node["attributes"]["text"] for node in page["nodes"] if node["attributes"].get("id") == name
    )
    text: dict[str, Any] = next(texts)
    return text


@pytest.fixture(scope="module")
def kratos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kratos]:
    folder = tmp_path_factory.mktemp("kratos")
    command = build_go(folder, RELEASE, "-tags", "sqlite,json1")
    schema, settings = folder / "person.json", folder / "kratos.json"
    public, admin = find_free_port(), find_free_port()
    schema.write_text(json.dumps(SCHEMA))
    settings.write_text(json.dumps(make_settings(public, admin, schema)))
    api = Kratos(f"http://127.0.0.1:{public}", f"http://127.0.0.1:{admin}/admin", folder)
    server = [command, "serve", "--dev", "-c", settings]
    with serve(server, folder, f"{api.admin}/health/ready"):
        yield api


def make_settings(public: int, admin: int, schema: Path) -> dict[str, Any]:
    here = {"host": "127.0.0.1"}
    return {
        "dsn": "memory",
        "serve": {
            "public": {"base_url": f"http://127.0.0.1:{public}/", "port": public, **here},
            "admin": {"port": admin, **here},
        },
        "identity": {
            "default_schema_id": "person",
            "schemas": [{"id": "person", "url": schema.as_uri()}],
        },
        "selfservice": {
            "default_browser_return_url": "http://127.0.0.1/",
            "methods": {
                "password": {"enabled": True, "config": {"haveibeenpwned_enabled": False}},
                "totp": {"enabled": True, "config": {"issuer": "Lab"}},
                "lookup_secret": {"enabled": True},
            },
        },
        "hashers": {"algorithm": "argon2"},
        "courier": {"smtp": {"connection_uri": "smtp://127.0.0.1:1/"}},
    }


def test_identities_sign_in_as_before(kratos: Kratos, operator: User) -> None:
    kratos.make("ada", password={"password": "Copper-Lantern-3"})
    kratos.make("bob", password={"password": "Silver-Anchor-9"})
    kratos.make("cy", password={"hashed_password": CRYPT})
    kratos.make("dora", "inactive", password={"password": "Marble-Window-4"})
    kratos.make("eve", oidc={"providers": [{"provider": "google", "subject": "104217"}]})
    secret, codes = kratos.add_second_factors(kratos.sign_in("bob", "Silver-Anchor-9"))
    assert kratos.sign_in("cy", "Velvet-Harbour-2")
    assert not kratos.sign_in("dora", "Marble-Window-4")
    passwords = {"ada": "Copper-Lantern-3", "bob": "Silver-Anchor-9", "cy": "Velvet-Harbour-2"}
    people = [
        Person(
            name,
            subject_id=kratos.read_id(name),
            email=f"{name}@example.com",
            password=passwords.get(name, ""),
            is_active=name != "dora",
            totp_secret=secret if name == "bob" else "",
            recovery_codes=codes if name == "bob" else (),
        )
        for name in ("ada", "bob", "cy", "dora", "eve")
    ]

    job = import_export(kratos.export(), operator)

    assert job.state == "completed"
    assert list_differences(people, operator) == []
    eve = User.objects.get(username="eve")
    assert list(eve.socialaccount_set.values_list("provider", "uid")) == [("google", "104217")]
