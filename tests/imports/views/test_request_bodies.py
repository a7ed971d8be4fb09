"""Bodies of requests: nothing is read of one whose sender may not send it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.test import Client
from django.test.client import ClientHandler
from django.urls import reverse
from pytest_django.fixtures import Settings

from importer_site.request_bodies import FORM_LIMIT, STRANGER_LIMIT
from imports.models import ImportJob
from tests.imports.views.conftest import SignIn

pytestmark = pytest.mark.django_db
HUGE = 1 << 40


class Body(io.RawIOBase):
    """What a client sends without end; it notes whether anybody reads of it."""

    was_read = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        self.was_read = True
        return b""


class Watching(ClientHandler):
    """Notes whether the site has read the body: afterwards the handler itself reads the rest."""

    has_read = False

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        response = super().get_response(request)
        self.has_read = request.environ["wsgi.input"].was_read
        return response


Send = Callable[..., tuple[int, bool]]


@pytest.fixture
def send(settings: Settings) -> Send:
    """Return a function that posts a body; it returns the status, and whether it was read."""
    # It reads what is left of a refused body, of which nothing is kept.
    discards = "importer_site.middleware.ReadToEndMiddleware"
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each != discards]

    def post(
        path: str, client: Client | None = None, size: int = HUGE, **more: str
    ) -> tuple[int, bool]:
        body = Body()
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "multipart/form-data; boundary=x",
            "CONTENT_LENGTH": str(size),
            "wsgi.input": body,
            "wsgi.url_scheme": "http",
            **more,
        }
        kept = client.cookies.output(header="", sep=";") if client is not None else ""
        environ["HTTP_COOKIE"] = f"csrftoken={'a' * 32};{kept}"
        handler = Watching(enforce_csrf_checks=True)
        return handler(environ).status_code, handler.has_read

    return post


@pytest.mark.parametrize("name", ["account_login", "home", "admin:index", "api_token"])
def test_stranger_s_huge_form_is_refused_unread(send: Send, name: str) -> None:
    assert send(reverse(name)) == (413, False)


@pytest.mark.parametrize("path", ["/nowhere/", "/api/v1/nowhere"])
def test_huge_body_for_an_address_that_there_is_not_is_refused_unread(
    send: Send, path: str
) -> None:
    assert send(path) == (404, False)


def test_stranger_s_upload_leads_to_the_sign_in_unread(send: Send) -> None:
    assert send(reverse("imports:upload")) == (302, False)


def test_upload_by_somebody_without_the_permission_is_refused_unread(
    send: Send, sign_in: SignIn
) -> None:
    client = sign_in("imports.view_importjob")

    assert send(reverse("imports:upload"), client) == (403, False)


def test_huge_form_of_somebody_signed_in_is_refused_unread_elsewhere(
    send: Send, sign_in: SignIn
) -> None:
    client = sign_in("imports.add_importjob")

    assert send(reverse("imports:job_list"), client, FORM_LIMIT + 1) == (413, False)


@pytest.mark.parametrize("headers", [{}, {"HTTP_ORIGIN": "https://elsewhere.example"}])
def test_upload_that_another_site_may_have_sent_is_refused_unread(
    send: Send, sign_in: SignIn, headers: dict[str, str]
) -> None:
    client = sign_in("imports.add_importjob")

    assert send(reverse("imports:upload"), client, **headers) == (403, False)


def test_upload_beyond_the_limit_is_refused_unread(
    send: Send, sign_in: SignIn, settings: Settings
) -> None:
    settings.IMPORT_UPLOAD_MB = 1
    client = sign_in("imports.add_importjob")
    origin = {"HTTP_ORIGIN": "http://localhost"}

    assert send(reverse("imports:upload"), client, 2 << 20, **origin) == (400, False)


@pytest.mark.parametrize("token", ["", "Bearer nonsense"])
def test_upload_by_api_without_a_token_is_refused_unread(send: Send, token: str) -> None:
    assert send("/api/v1/jobs", HTTP_AUTHORIZATION=token) == (401, False)


def test_forms_of_ordinary_size_are_read(send: Send, sign_in: SignIn) -> None:
    assert send(reverse("account_login"), size=STRANGER_LIMIT)[1]
    assert send(reverse("imports:upload"), sign_in("imports.add_importjob"), size=1000)[1]


def test_whoever_may_upload_does(sign_in: SignIn) -> None:
    client = sign_in("imports.add_importjob")
    file = SimpleUploadedFile("users.csv", b"id,email\n1,a@example.com\n")

    response = client.post(reverse("imports:upload"), {"file": file})

    job = ImportJob.objects.get()
    assert response["Location"] == reverse("imports:mapping", args=[job.pk])
