"""Programs that call the API: each with a token of somebody who holds just some permissions."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
import pytest
from allauth.idp.oidc.models import Client as ApiClient
from allauth.idp.oidc.models import Token
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.access_tokens import SCOPE
from accounts.models import Role, User
from imports.api.application import api
from imports.api.requests.refusals import FILE_WORDS
from imports.core.problems import of_files
from imports.core.problems.catalogue import list_rows
from imports.models import ImportJob
from tests.against_document import compare_with_document
from tests.imports.conftest import import_sample

__all__ = ["compare_with_document"]

PATHS = api.get_openapi_schema()["paths"]
FILE_CODES = {kind.code for kind in list_rows(of_files)}


@dataclass(frozen=True)
class Answer:
    """What the API answered."""

    status: int
    body: Any
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Program:
    """Something that calls the API with a token."""

    token: str
    user: User

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Send JSON; headers are named with underscores."""
        content = b"" if body is None else orjson.dumps(body)
        return self._send(method, path, content, "application/json", headers)

    def upload(
        self, content: bytes, options: Any = None, *, name: str = "users.ndjson", **headers: str
    ) -> Answer:
        """Send a file with the options of its job."""
        data: dict[str, Any] = {"file": SimpleUploadedFile(name, content)}
        if options is not None:
            data["options"] = orjson.dumps(options).decode()
        sent = {"Authorization": f"Bearer {self.token}"} | _name(headers)
        answer = read_answer(Client().post("/api/v1/jobs", data, headers=sent))
        require_documented("POST", "/jobs", answer)
        return answer

    def _send(
        self, method: str, path: str, content: bytes, kind: str, headers: dict[str, str]
    ) -> Answer:
        sent = {"Authorization": f"Bearer {self.token}"} | _name(headers)
        answer = read_answer(
            Client().generic(method, f"/api/v1{path}", content, content_type=kind, headers=sent)
        )
        require_documented(method, path, answer)
        return answer


def require_documented(method: str, path: str, answer: Answer) -> None:
    """Demand that an operation which refuses a request does so as the document says of it."""
    operation = find_operation(method, path)
    if operation is None or answer.status < 400 or method == "HEAD":
        return
    described = operation["responses"].get(answer.status, {}).get("description", "")
    code = answer.body["code"]
    is_of_file = code in FILE_CODES and FILE_WORDS in described
    assert is_of_file or f"`{code}`" in described, f"{method} {path} refused with {code}"


def find_operation(method: str, path: str) -> Any:
    """Return what the OpenAPI document says of an operation; None if there is none."""
    for template, methods in PATHS.items():
        pattern = re.sub(r"{source}", ".+", re.sub(r"{(?!source)\w+}", "[^/]+", template))
        if re.fullmatch(pattern, f"/api/v1{path.partition('?')[0]}"):
            return methods.get(method.lower())
    return None


def _name(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def read_answer(response: Any) -> Answer:
    """Return what a response of Django's test client says."""
    kind = response.headers.get("Content-Type", "")
    content = response.getvalue()
    is_json = kind.endswith("json") and "ndjson" not in kind
    body = orjson.loads(content) if content and is_json else content
    return Answer(response.status_code, body, response.headers)


MakeProgram = Callable[..., Program]


@pytest.fixture
def make_program(db: None) -> MakeProgram:
    """Return a function that makes a program whose owner holds just these permissions."""

    def make(
        *permissions: str,
        scope: str = SCOPE,
        is_superuser: bool = False,
        is_staff: bool = True,
        is_active: bool = True,
    ) -> Program:
        number = User.objects.count()
        user = User(subject_id=f"owner-{number}", email=f"owner{number}@example.com")
        user.is_staff, user.is_superuser, user.is_active = is_staff, is_superuser, is_active
        user.set_unusable_password()
        user.save()
        role = Role.objects.create(key=f"role of {user.pk}")
        for permission in permissions:
            app_label, _, codename = permission.partition(".")
            role.permissions.add(
                Permission.objects.get(content_type__app_label=app_label, codename=codename)
            )
        user.roles.add(role)
        return Program(make_token(user, scope), user)

    return make


def make_token(user: User, scope: str = SCOPE) -> str:
    """Return a token of a new client of the user's."""
    value = secrets.token_urlsafe()
    client = ApiClient.objects.create(name="Automation", owner=user)
    token = Token(type=Token.Type.ACCESS_TOKEN, client=client)
    token.expires_at = timezone.now() + timedelta(hours=1)
    token.set_value(value)
    token.set_scopes(scope.split())
    token.save()
    return value


@pytest.fixture
def program(make_program: MakeProgram) -> Program:
    """A program of a superuser."""
    return make_program(is_superuser=True)


@pytest.fixture
def finished_job(operator: User) -> ImportJob:
    """The sample with the mistakes, imported: three users and fifteen failed records."""
    return import_sample(operator)
