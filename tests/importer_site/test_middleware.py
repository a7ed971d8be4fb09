"""What stands before every view, and a refusal that reaches the client over a real server."""

import http.client
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.test import Client

from accounts.models import User
from importer_site.embedded.server import find_free_port
from tests.importer_site.conftest import PROJECT, await_condition

# Beyond what Django reads at all, and what sockets hold between two processes.
LARGE = b"a=" + b"x" * 8_000_000
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    "path",
    ["/%00", "/accounts/login/?next=%00", "/admin/accounts/user/?q=a%00", "/admin/?%00=a"],
)
def test_nul_in_a_url_is_a_bad_request(db: None, path: str) -> None:
    assert Client().get(path).status_code == 400


def test_nul_in_a_form_is_a_bad_request(db: None) -> None:
    form = {"login": "ada\0", "password": "Blue-River-42"}

    response = Client().post("/accounts/login/", form)
    typed = Client().post("/accounts/login/", "login=ada%00", content_type=FORM["Content-Type"])

    assert response.status_code == 200  # a form with files: its fields refuse NUL themselves
    assert typed.status_code == 400


@pytest.mark.parametrize("name", ["source", "search", "state", "q", "status", "error_group"])
@pytest.mark.parametrize(
    "path",
    ["accounts/user/", "imports/", "imports/sources/show/", "imports/sources/people/"],
)
def test_no_filter_of_a_page_passes_nul_on(admin_user: User, path: str, name: str) -> None:
    client = Client()
    client.force_login(admin_user)

    assert client.get(f"/admin/{path}?{name}=%00").status_code == 400


@pytest.fixture(scope="module")
def server() -> Iterator[http.client.HTTPConnection]:
    """A connection to gunicorn as production starts it."""
    port = find_free_port()
    command = ["-m", "gunicorn", "--config", "python:importer_site.gunicorn"]
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, *command, "--bind", f"127.0.0.1:{port}", "--workers", "1"],
        cwd=PROJECT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "importer_site.settings"},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def is_answering() -> bool:
        try:
            connection.request("GET", "/api/")
            return connection.getresponse().read() != b""
        except OSError:
            connection.close()
            return False

    try:
        assert await_condition(is_answering)
        yield connection
    finally:
        connection.close()
        process.terminate()
        process.wait(30)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/accounts/login/", 413),
        ("POST", "/api/v1/jobs/1/templates", 401),
        ("PUT", "/api/v1/jobs/1/mapping", 401),
        ("PATCH", "/api/v1/jobs", 405),
        ("POST", "/api/v1/nothing", 404),
    ],
)
def test_refusal_of_a_large_body_reaches_the_client_on_a_connection_that_lives(
    server: http.client.HTTPConnection, method: str, path: str, status: int
) -> None:
    server.request(method, path, LARGE, FORM)
    refused = server.getresponse()
    refused.read()
    server.auto_open = 0  # a new connection would hide that this one broke
    server.request("GET", "/api/")
    again = server.getresponse()
    again.read()
    server.auto_open = 1

    assert (refused.status, again.status) == (status, 404)
