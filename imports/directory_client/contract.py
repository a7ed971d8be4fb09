"""What every legacy directory is asked and answers, whatever protocol it speaks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

MESSAGE_LENGTH = 300


class Verdict(StrEnum):
    """What a directory says of a person.

    REFUSED is for systems that do not tell an unknown user from a wrong password. BLOCKED must
    only be said to somebody who has given the right password: it tells that the account exists.
    OTHER_PERSON is said here, of an entry that is not that of whoever signs in.
    """

    MIGRATE = "migrate"
    REQUIRE_NEW_PASSWORD = "require_new_password"  # noqa: S105
    FOUND = "found"
    BLOCKED = "blocked"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105
    UNKNOWN_USER = "unknown_user"
    REFUSED = "refused"
    OTHER_PERSON = "other_person"


PROVEN = frozenset({Verdict.MIGRATE, Verdict.REQUIRE_NEW_PASSWORD, Verdict.FOUND})
# After these another directory may still know the person.
UNDECIDED = frozenset({Verdict.UNKNOWN_USER, Verdict.REFUSED, Verdict.OTHER_PERSON})
# Is told a profile; returns why its password must not be tried, in words for the operator, or "".
FindObjection = Callable[[Mapping[str, Any]], str]


class DirectoryError(Exception):
    """A directory did not respond; the message says why to an operator, and holds no secret."""


class NotAllowed(DirectoryError):
    """The directory may not be asked as it is set up; asking again will not help."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what came back, with every secret masked."""

    request: str
    response: str
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a directory said. `profile` is a row of the source system, to be mapped.

    `message` is for the person who signs in, `detail` for the operator.
    """

    verdict: Verdict
    profile: Mapping[str, Any] | None = field(default=None, repr=False)
    message: str = ""
    detail: str = ""

    @property
    def is_proven(self) -> bool:
        return self.verdict in PROVEN


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach a directory; which fields count depends on its kind.

    `timeout` is in seconds, for each step of an exchange. `secret` is in clear.
    """

    kind: str
    url: str
    client_id: str = ""
    secret: str = field(default="", repr=False)
    token_url: str = ""
    scope: str = ""
    bind_dn: str = ""
    base_dn: str = ""
    user_filter: str = ""
    start_tls: bool = False
    timeout: float = 5.0


class Client(Protocol):
    """Speaks one protocol. Each method raises DirectoryError when there is no response."""

    # The requests made so far and what came back, with the secrets masked.
    exchanges: list[Exchange]

    def verify(self, identifier: str, password: str) -> Answer:
        """Ask whether the password is that of the user; `identifier` is what the person typed."""
        ...

    def look_up(self, identifier: str) -> Answer:
        """Ask for a user's profile without a password: FOUND, UNKNOWN_USER or BLOCKED."""
        ...

    def can_find(self, identifier: str) -> bool:
        """Return whether the directory, as it is set up, can look this name up."""
        return False

    def verify_person(self, identifier: str, password: str, objection: FindObjection) -> Answer:
        """Verify, but only for an entry that nothing speaks against: OTHER_PERSON otherwise.

        The password is sent once the entry is known, by every kind that can look it up. Of the
        others, the right password for somebody else's entry is not taken for an answer.
        """
        if self.can_find(identifier):
            found = self.look_up(identifier)
            if found.verdict is Verdict.UNKNOWN_USER:
                return found
            # Of a blocked user there may be no profile: nothing says whose entry it is.
            if reason := objection(found.profile or {}):
                return Answer(Verdict.OTHER_PERSON, detail=reason)
        answer = self.verify(identifier, password)
        if answer.is_proven and (reason := objection(answer.profile or {})):
            return Answer(Verdict.OTHER_PERSON, detail=reason)
        return answer

    def mark_migrated(self, subject_id: str) -> None:
        """Tell the directory that the user signs in elsewhere now. Doing it twice is safe."""
        raise DirectoryError("This kind of directory cannot be told.")


def bound_message(text: object) -> str:
    """Return a directory's words for the user as one short line, or nothing."""
    return " ".join(text.split())[:MESSAGE_LENGTH] if isinstance(text, str) else ""
