"""The target fields a source column can go to, derived from the canonical record."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from imports.core.records.records import UserImportRecord

ACTIVE = "profile.active"
ATTRIBUTES = "profile.attributes"
PASSWORD_FORMAT = "authenticators.password.format"  # noqa: S105 - the name of a field
PASSWORD_PARAMS = "authenticators.password.params"  # noqa: S105 - the name of a field
# Fields whose values are never shown or stored in clear.
SECRET_TARGETS = frozenset(
    {
        "authenticators.password.hash",
        "authenticators.password.params",
        "authenticators.password.plaintext",
        "authenticators.totp.secret",
        "authenticators.recovery_codes",
    }
)
# Fields that hold a date and time.
TIMESTAMPS = frozenset(
    {
        "profile.created_at",
        "profile.last_login",
        "profile.updated_at",
        "authenticators.password.expires_at",
    }
)
LABELS = {
    "authenticators.password": "Password",
    "authenticators.totp": "Authenticator app",
    "subject_id": "Subject id",
    "profile.username": "User name",
    "profile.email": "E-mail",
    "profile.email_verified": "E-mail verified",
    "profile.emails": "Further e-mail addresses",
    "profile.zoneinfo": "Time zone",
    "profile.picture": "Picture URL",
    "profile.last_login": "Last sign-in",
    "profile.created_at": "Created",
    "profile.updated_at": "Last changed",
    "authenticators.password.hash": "Password hash",
    "authenticators.password.format": "Password hash format",
    "authenticators.password.params": "Password hash parameters",
    "authenticators.password.plaintext": "Password (plain)",
    "authenticators.password.expires_at": "Password expires",
    "authenticators.password.must_change": "Password must change",
    "authenticators.totp.secret": "Authenticator app secret",
    "authenticators.totp.name": "Authenticator app name",
    "authenticators.totp.digits": "Authenticator app digits",
    "authenticators.totp.period": "Authenticator app period",
    "authenticators.totp.algorithm": "Authenticator app algorithm",
}


@dataclass(frozen=True, slots=True)
class Target:
    """One field of the canonical record that a column can be mapped to.

    `path` is its place in the record, `part` the heading under which it is listed.
    """

    path: str
    label: str
    part: str
    description: str
    is_list: bool
    is_secret: bool


@cache
def list_targets() -> dict[str, Target]:
    """Return every target field by path, in the record's order; attributes come beside these."""
    return {target.path: target for target in _walk(UserImportRecord, "", "Identity")}


def get_label(path: str) -> str:
    """Return what people call a target field; the name of an attribute, else the path itself."""
    target = list_targets().get(path)
    if target is None and path.startswith(f"{ATTRIBUTES}."):
        return path.removeprefix(f"{ATTRIBUTES}.")
    return target.label if target else LABELS.get(path, path)


def is_target(path: str) -> bool:
    """Return whether a column can be mapped to this path, attributes included."""
    prefix, _, name = path.rpartition(".")
    return path in list_targets() or (prefix == ATTRIBUTES and bool(name))


# Parts whose fields are targets of their own; lists of objects are one target each.
NESTED: dict[str, str] = {
    "profile": "Profile",
    "authenticators": "Authenticators",
    "memberships": "Memberships",
    "authenticators.password": "Authenticators",
    "authenticators.totp": "Authenticators",
}


def _walk(model: type[BaseModel], prefix: str, part: str) -> Iterator[Target]:
    for name, field in model.model_fields.items():
        path = f"{prefix}{name}"
        if path == ATTRIBUTES:
            continue
        if path in NESTED:
            yield from _walk(_find_model(field.annotation), f"{path}.", NESTED[path])
        else:
            yield _make_target(path, field, part)


def _make_target(path: str, field: FieldInfo, part: str) -> Target:
    name = path.rpartition(".")[2]
    return Target(
        path=path,
        label=LABELS.get(path, name.replace("_", " ").capitalize()),
        part=part,
        description=field.description or "",
        is_list=typing.get_origin(field.annotation) is list,
        is_secret=path in SECRET_TARGETS,
    )


def _find_model(annotation: Any) -> type[BaseModel]:
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        return next(
            _find_model(item) for item in typing.get_args(annotation) if item is not type(None)
        )
    return typing.cast("type[BaseModel]", annotation)
