"""An application, and a user who signs in to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from accounts.models import User
from interfaces.oidc import keys
from interfaces.oidc.models import Application
from interfaces.oidc.services import save_application
from tests.accounts.conftest import (
    foreign_hash,
    make_group,
    make_role,
    make_user,
    quick_sign_in,
    sign_in_as,
    superuser,
    superuser_client,
)
from tests.interfaces.oidc.calling import CALLBACK, PASSWORD, Rider

__all__ = [
    "foreign_hash",
    "make_group",
    "make_role",
    "make_user",
    "quick_sign_in",
    "sign_in_as",
    "superuser",
    "superuser_client",
]

MakeApplication = Callable[..., Application]
EVERYTHING = "openid profile email phone groups roles offline_access"


@cache
def make_pem() -> str:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@pytest.fixture
def ready_key(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first key that was made before, so that few tests wait for one."""
    stock, generate = [make_pem()], keys._generate
    monkeypatch.setattr(keys, "_generate", lambda: stock.pop() if stock else generate())


@pytest.fixture
def make_application(ready_key: None) -> MakeApplication:
    def make(**fields: object) -> Application:
        scopes = str(fields.pop("scopes", EVERYTHING)).split()
        application = Application(**{"name": "Wiki", "redirect_uris": CALLBACK, **fields})
        application.set_scopes(scopes)
        application.plain_secret = save_application(application)
        return application

    return make


@pytest.fixture
def application(make_application: MakeApplication) -> Application:
    """A trusted one: most tests are not about consent."""
    return make_application(skip_consent=True)


@pytest.fixture
def ada(make_user: Callable[..., User]) -> User:
    return make_user(
        subject_id="hr-1",
        username="ada",
        email="ada@example.com",
        phone="+441632960001",
        given_name="Ada",
        family_name="Lovelace",
        locale="en-GB",
        zoneinfo="Europe/London",
        source="hr",
        password=PASSWORD,
        last_login=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.fixture
def rider(ada: User, application: Application) -> Rider:
    """Ada's browser, signed in, and the application that she goes to."""
    rider = Rider(application)
    rider.enter(ada)
    return rider
