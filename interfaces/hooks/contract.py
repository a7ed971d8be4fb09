"""What a system that asks about passwords says about itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.sign_in.judging import Verdict

# Decrypts a JSON Web Encryption with the keys of the connection; raises NotDecrypted.
Decrypt = Callable[[str], Mapping[str, Any]]
VERIFY, LOOK_UP = "verify", "look_up"
# The verdicts with which a system is told who it is.
TOLD = frozenset({Verdict.RIGHT, Verdict.MUST_CHANGE})


class BodyError(Exception):
    """A request that is not one of this system's; the message is for whoever sets it up."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks: about whom, and with which password; None asks about the person only.

    `address` is the network address of whoever signs in, where the system tells it; `nonce` stands
    in the answer as it came, and is good for one question.
    """

    name: str
    password: str | None = field(default=None, repr=False)
    address: str = ""
    nonce: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Person:
    """What a system is told of a user that it may create, in the words of OpenID Connect."""

    subject_id: str
    email: str = ""
    email_verified: bool = False
    phone: str = ""
    phone_verified: bool = False
    username: str = ""
    given_name: str = ""
    family_name: str = ""
    name: str = ""
    locale: str = ""
    zoneinfo: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer over HTTP; a body of None is empty."""

    status: int
    body: Any = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that a system asks, at its own path below the system's.

    `read` raises BodyError. `answer` is given the person only for verdicts of TOLD; a wrong
    password and an unknown name have to be answered alike. `example` is a body as it is sent, and
    `decrypted` what its encrypted part holds, if it has one.
    """

    path: str
    summary: str
    scope: str
    read: Callable[[Mapping[str, Any], Decrypt], Asked]
    answer: Callable[[Verdict, Asked, Person | None], Reply]
    example: Mapping[str, Any]
    decrypted: Mapping[str, Any] = field(default_factory=dict)


def refuse_plainly(status: int, message: str) -> Reply:
    return Reply(status, {"error": message})


@dataclass(frozen=True, slots=True)
class Caller:
    """One system that asks.

    `header` is where it sends the token of the connection. One with a `party` sends a token of the
    connection's issuer instead, which was issued to that application. `seconds` is how long it
    waits for an answer. `setup` says what to do there; `scripts` are
    texts to paste there, by name, in which `{url}` stands for the URL of this installation's hook.
    """

    name: str
    label: str
    source: str
    seconds: float
    operations: tuple[Operation, ...]
    setup: tuple[str, ...]
    header: str = "Authorization"
    party: str = ""
    scripts: Mapping[str, str] = field(default_factory=dict)
    refuse: Callable[[int, str], Reply] = refuse_plainly
    # Asks with GET whether anybody is there before it is switched on.
    has_health_check: bool = False

    def find_operation(self, path: str) -> Operation | None:
        return next((each for each in self.operations if each.path == path), None)


def read_text(body: Any, *path: str) -> str:
    """Return the text at a path of a body; raises BodyError where there is none."""
    found = body
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    if not isinstance(found, str) or not found:
        raise BodyError(f"The body has no text at {'.'.join(path)}.")
    return found


def find_text(body: Any, *path: str) -> str:
    """Return the text at a path of a body; empty where there is none."""
    try:
        return read_text(body, *path)
    except BodyError:
        return ""


def require_value(body: Mapping[str, Any], name: str, value: str) -> None:
    """Raise BodyError unless a member says that the body is what it is taken for."""
    if body.get(name) != value:
        raise BodyError(f"The body is not of this hook: {name} is not “{value}”.")
