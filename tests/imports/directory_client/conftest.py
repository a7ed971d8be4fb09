"""The reference directory, running for real, and people who sign in through it."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from imports.directory_client.registry import KINDS
from imports.models import DirectoryMode, LegacyDirectory
from imports.services.directories.directories import (
    change_mode,
    encrypt_directory_secret,
    save_directory,
)
from samples.legacy_directory.app import LegacyDirectory as ReferenceApp
from samples.legacy_directory.store import UserStore, hash_password
from tests.imports.views.conftest import admin as admin
from tests.imports.views.conftest import sign_in as staff

__all__ = ["admin", "staff"]

TOKEN = "token-of-the-tests"
PASSWORD = "Heron-Ladder-27"
WEAK = "12345"
FOR_EVER = "9999-12-31 23:59:59 +00:00"
SIGN_IN = "/accounts/login/"

MakeDirectory = Callable[..., LegacyDirectory]


@pytest.fixture(autouse=True)
def _quick_sign_in(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Answer failures at once, and allow directories on this machine."""
    for module in ("accounts.sign_in.adapters", "imports.views.directories.forms"):
        monkeypatch.setattr(f"{module}.wait_out_failed_sign_in", lambda started: None)
    settings.LEGACY_DIRECTORY_HOSTS = ["127.0.0.1"]


class Reference:
    """The reference directory on a free port; `delay` and `status` make it misbehave."""

    def __init__(self, path: Path) -> None:
        self.store = UserStore(path)
        self.app = ReferenceApp(self.store, TOKEN)
        self.delay = 0.0
        self.status = 0
        self.url = ""

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.status:
            self.app.requests.append(scope["path"])
            await send({"type": "http.response.start", "status": self.status, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await self.app(scope, receive, send)

    @property
    def requests(self) -> list[str]:
        return self.app.requests

    def add(self, name: str, password: str = PASSWORD, **columns: Any) -> str:
        """Add a user and return the e-mail address they sign in with."""
        email = f"{name}@example.com"
        user = {
            "Id": f"old-{name}",
            "UserName": name,
            "Email": email,
            "EmailConfirmed": 1,
            "PasswordHash": hash_password(password, rounds=1),
        }
        self.store.add({**user, **columns})
        return email


@contextmanager
def running_app(app: Any) -> Iterator[str]:
    """Run an ASGI application on a free port in a thread, and yield its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(512)
        config = uvicorn.Config(app, ws="none", lifespan="off", log_level="error")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def reference(tmp_path: Path) -> Iterator[Reference]:
    found = Reference(tmp_path / "old.sqlite3")
    with running_app(found) as found.url:
        yield found


@pytest.fixture
def make_directory(operator: User) -> MakeDirectory:
    """Return a function that sets up a directory and puts it in a mode."""

    def make(
        kind: str = "http",
        mode: DirectoryMode = DirectoryMode.ON,
        *,
        secret: str = TOKEN,
        actor: User = operator,
        **fields: Any,
    ) -> LegacyDirectory:
        number = LegacyDirectory.objects.count() + 1
        given = {"name": f"Directory {number}", "source": "old system", "position": number}
        directory = LegacyDirectory(kind=kind, **{**given, **fields})
        directory.secret = encrypt_directory_secret(secret)
        save_directory(directory, KINDS[kind].mapping, actor=actor)
        change_mode(directory, mode, actor=actor)
        return directory

    return make


@pytest.fixture
def directory(make_directory: MakeDirectory, reference: Reference) -> LegacyDirectory:
    """The reference directory, set up and on."""
    return make_directory(url=reference.url)


def sign_in(login: str, password: str = PASSWORD, client: Client | None = None) -> Client:
    """Sign in at the real page, and return the browser."""
    browser = client or Client()
    browser.last = browser.post(SIGN_IN, {"login": login, "password": password})
    return browser


def is_signed_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def read_error(browser: Client) -> str:
    """Return what the sign-in page said."""
    form = browser.last.context["form"]
    return " ".join(form.non_field_errors())
