"""The permissions that roles can be given are those that pages, endpoints and the admin ask for."""

import re
from itertools import chain
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.http import HttpRequest
from django.test import RequestFactory

from accounts.models import User
from accounts.permission_areas import list_permission_areas

LISTED = {code for words in list_permission_areas().values() for code in words}
CODE = re.compile(
    r"\b(?:accounts|exports|imports|oidc)"
    r"\.(?:add|approve|change|delete|export|overwrite|run|undo|view)_\w+"
)
# Whoever may see imports may see their sources.
WITHOUT_EFFECT = {"imports.view_sourceday"}
# The admin allows it for single ones: those that are closed.
FOR_SOME = {"imports.delete_legacydirectory"}


def find_codes(*folders: str) -> set[str]:
    """Return every permission that the sources name."""
    places = [Path(settings.BASE_DIR) / folder for folder in folders]
    files = chain.from_iterable(place.rglob("*.*") for place in places)
    texts = (file.read_text() for file in files if file.suffix in {".py", ".html"})
    return {code for text in texts for code in CODE.findall(text)}


def list_admin_permissions(request: HttpRequest) -> set[str]:
    """Return every permission by which the admin lets somebody do something."""
    return {
        f"{model._meta.app_label}.{action}_{model._meta.model_name}"
        for model, pages in admin.site._registry.items()
        for action, is_possible in pages.get_model_perms(request).items()
        if is_possible
    }


def test_every_permission_that_the_sources_name_is_listed() -> None:
    named = find_codes("accounts", "exports", "imports", "interfaces", "templates")

    assert named <= LISTED | WITHOUT_EFFECT


def test_every_permission_that_the_admin_asks_for_is_listed_and_no_other(
    rf: RequestFactory,
) -> None:
    request = rf.get("/admin/")
    request.user = User(is_active=True, is_staff=True, is_superuser=True)
    ours = find_codes(
        "imports/views",
        "imports/api",
        "imports/services",
        "accounts",
        "exports",
        "interfaces/oidc/admin",
    )

    asked_for = list_admin_permissions(request) - WITHOUT_EFFECT | FOR_SOME

    assert asked_for <= LISTED
    assert asked_for | ours == LISTED


@pytest.mark.django_db
def test_every_listed_permission_exists() -> None:
    found = Permission.objects.values_list("content_type__app_label", "codename")

    assert {f"{app_label}.{codename}" for app_label, codename in found} >= LISTED


def test_every_listed_permission_is_in_the_documentation_in_its_words() -> None:
    page = (Path(settings.BASE_DIR) / "docs/permissions.md").read_text()

    for words in list_permission_areas().values():
        for code, text in words.items():
            assert f"| `{code}` | {text} |" in page
