"""Error pages: in the site's own frame, whatever is broken."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.urls import path

from importer_site.errors import show_error

handler500 = show_error
FRAME = 'class="uf-brand"'


def fail(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def refuse(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def lose_database(request: HttpRequest) -> HttpResponse:
    raise OperationalError


urlpatterns = [path("fail/", fail), path("refuse/", refuse), path("lose/", lose_database)]


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/fail/", 500, "Something went wrong"),
        ("/lose/", 503, "Service unavailable"),
        ("/refuse/", 403, "Permission required"),
        ("/nowhere/", 404, "Page not found"),
    ],
)
@override_settings(ROOT_URLCONF=__name__)
def test_error_without_database_shows_its_page(
    visitor: Client, address: str, status: int, words: str
) -> None:
    response = visitor.get(address)

    assert response.status_code == status
    assert words in response.content.decode()
    assert FRAME in response.content.decode()


def test_form_without_token_shows_the_page_for_it() -> None:
    response = Client(enforce_csrf_checks=True).post("/accounts/login/")

    assert response.status_code == 403
    assert "Form expired" in response.content.decode()


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500", "503"])
@override_settings(
    STORAGES={
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }
)
def test_error_page_without_manifest_of_static_files_is_rendered(name: str) -> None:
    assert FRAME in render_to_string(f"{name}.html")
