"""Migrate users just in time: at sign-in or password reset, by legacy directories."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.models import User
from imports.core.problems import CODES
from imports.core.problems.conflict_kinds import Reason
from imports.core.problems.of_runs import DELETED_HERE
from imports.directory_client.asking import NoAnswer, Question, Reply, ask
from imports.directory_client.breaker import has_trouble
from imports.directory_client.contract import UNDECIDED, Verdict
from imports.directory_client.limits import TooManyAttempts
from imports.directory_client.registry import KINDS
from imports.models import DirectoryAttempt, DirectoryMode, LegacyDirectory
from imports.services.directories.directories import OPEN_MODES, get_target
from imports.services.directories.migration import MigratedUser, foresee, write_migrated_user
from imports.services.directories.whose_password import (
    EntryCheck,
    choose_directories,
    is_waiting,
    may_compare,
)

TOO_MANY_CODE, TROUBLE_CODE, BLOCKED_CODE = "too_many", "trouble", "blocked"
# The password is right, but the account could not be set up.
UNMADE_CODE = "unmade"
TOO_MANY = "Too many failed attempts. Try again later."
TROUBLE = (
    "The name or the password is not correct, or the older accounts cannot be reached at the "
    "moment. If you have not signed in here before, try again in a few minutes."
)
BLOCKED = "Your account is blocked. Contact the administrators of this site."
CONFLICT = (
    "Your password is right, but an account here has the same e-mail address or user name as "
    "yours. Contact the administrators of this site with the reference {}."
)
FAILED = (
    "Your password is right, but your account could not be set up here. Contact the "
    "administrators of this site with the reference {}."
)
# What belongs to another user.
TAKEN = frozenset({Reason.VALUE_TAKEN, Reason.AUTHENTICATOR_TAKEN})


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody who signs in: what they typed, from where, and whom it names here, if anybody."""

    identifier: str
    password: str = field(repr=False)
    address: str
    known: User | None

    def ask_about(self, check: EntryCheck) -> Question:
        """Return the question for a directory; the password is for entries past the check only."""
        return Question(self.identifier, self.password, self.address, objection=check)


@dataclass(frozen=True, slots=True)
class SignInResult:
    """Who is signed in; for nobody, words to say instead of the usual ones, if there are any.

    `code` says the same to programs: one of the names below.
    """

    user: User | None
    message: str = ""
    code: str = ""


def list_directories(identifier: str, modes: Iterable[DirectoryMode]) -> list[LegacyDirectory]:
    """Return the directories to ask for this identifier, in order."""
    # Without their jobs: at most sign-ins there are no directories, and a join has its price.
    found = LegacyDirectory.objects.filter(mode__in=list(modes))
    domain = identifier.rpartition("@")[2].lower() if "@" in identifier else ""
    return [
        directory
        for directory in found
        if not directory.email_domains or domain in directory.email_domains
    ]


def complete_sign_in(user: User | None, sign_in: SignIn) -> SignInResult:
    """Return who signs in, given whom Userferry's own check of the password found.

    Asks the directories for whoever is unknown or waiting, and writes those whose password is
    right: whole, or not at all. The same person arriving twice at once is created once.
    """
    directories = list_directories(sign_in.identifier, OPEN_MODES)
    in_shadow = [each for each in directories if each.mode == DirectoryMode.SHADOW]
    for directory in choose_directories(in_shadow, user or sign_in.known):
        compare(directory, user, sign_in)
    if user is not None:
        return SignInResult(user)
    asked = [directory for directory in directories if directory.mode != DirectoryMode.SHADOW]
    if sign_in.known is None or is_waiting(sign_in.known):
        result = _ask_in_order(choose_directories(asked, sign_in.known), sign_in)
        if result.user is not None or result.message:
            return result
    # Said to everybody while it lasts, so that it does not tell who has an account here.
    is_troubled = asked and has_trouble([directory.pk for directory in asked])
    return SignInResult(None, TROUBLE, TROUBLE_CODE) if is_troubled else SignInResult(None)


def _ask_in_order(directories: list[LegacyDirectory], sign_in: SignIn) -> SignInResult:
    for directory in directories:
        if directory.mode == DirectoryMode.DRAINING and sign_in.known is None:
            continue
        check = EntryCheck(directory, sign_in.known)
        try:
            reply = ask(get_target(directory), sign_in.ask_about(check))
        except TooManyAttempts:
            return SignInResult(None, TOO_MANY, TOO_MANY_CODE)
        except NoAnswer as reason:
            # Not the next one: the missing answer could decide.
            _note(directory, error=str(reason))
            return SignInResult(None, TROUBLE, TROUBLE_CODE)
        verdict = reply.answer.verdict
        if reply.answer.is_proven:
            return _bring_in(directory, reply, sign_in)
        if reply.was_asked:
            _note(directory, reply)
        if check.met is not None and _is_right(check.met, sign_in):
            return SignInResult(check.met)
        if verdict is Verdict.BLOCKED:
            return SignInResult(None, reply.answer.message or BLOCKED, BLOCKED_CODE)
        if verdict not in UNDECIDED:
            break
    return SignInResult(None)


def _bring_in(directory: LegacyDirectory, reply: Reply, sign_in: SignIn) -> SignInResult:
    migrated = write_migrated_user(
        directory, reply, password=sign_in.password, may_replace=is_waiting, known=sign_in.known
    )
    if migrated.user is None:
        return SignInResult(None, _explain(migrated), UNMADE_CODE)
    if migrated.has_new_password:
        return SignInResult(migrated.user)
    return SignInResult(migrated.user if _is_right(migrated.user, sign_in) else None)


def _is_right(user: User, sign_in: SignIn) -> bool:
    """Check the password here, of who is here already.

    Another request brought them in meanwhile, or they had come before under another name.
    """
    return not user.is_administrator and user.check_password(sign_in.password)


def _explain(migrated: MigratedUser) -> str:
    kind = CODES.get(migrated.reason)
    if kind is DELETED_HERE:
        return ""
    words = CONFLICT if kind is not None and kind.reason in TAKEN else FAILED
    return words.format(f"{migrated.job_id}-{migrated.row_number}")


def has_look_up(email: str) -> bool:
    """Return whether some directory can be asked who has this address."""
    found = list_directories(email, [DirectoryMode.ON])
    return any(KINDS[directory.kind].can_look_up for directory in found)


def look_up(email: str, address: str) -> bool:
    """Bring in whoever a directory knows by this address, so that a reset mail reaches them.

    Returns whether somebody was brought in. To be called when nobody here has the address.
    """
    question = Question(email, None, address)
    for directory in list_directories(email, [DirectoryMode.ON]):
        if not KINDS[directory.kind].can_look_up:
            continue
        try:
            reply = ask(get_target(directory), question)
        except TooManyAttempts:
            return False
        except NoAnswer as reason:
            _note(directory, error=str(reason), is_look_up=True)
            return False
        if reply.answer.verdict is Verdict.FOUND:
            migrated = write_migrated_user(directory, reply, password=None, may_replace=is_waiting)
            return migrated.user is not None
        if reply.was_asked:
            _note(directory, reply, is_look_up=True)
        if reply.answer.verdict not in UNDECIDED:
            return False
    return False


def compare(directory: LegacyDirectory, user: User | None, sign_in: SignIn) -> None:
    """Ask a directory in shadow, and note how its answer goes with Userferry's own.

    It is not asked with passwords that are none of its own.
    """
    known = user or sign_in.known
    if known is not None and not may_compare(directory, known):
        return
    local = "right" if user else "wrong" if known and known.has_usable_password() else "none"
    try:
        reply = ask(get_target(directory), sign_in.ask_about(EntryCheck(directory, known)))
    except TooManyAttempts:
        return
    except NoAnswer as reason:
        _note(directory, error=str(reason), local=local)
        return
    if not reply.was_asked:
        return
    if not reply.answer.is_proven:
        _note(directory, reply, local=local)
        return
    foreseen = foresee(directory, reply.answer.profile or {}, known)
    _note(
        directory,
        reply,
        local=local,
        status=foreseen.status,
        reason=foreseen.reason,
        subject_id=foreseen.subject_id[:200],
        user_id=foreseen.user_id,
    )


def _note(
    directory: LegacyDirectory, reply: Reply | None = None, *, error: str = "", **fields: object
) -> None:
    answer = reply.answer if reply else None
    DirectoryAttempt.objects.create(
        directory=directory,
        mode=directory.mode,
        verdict=answer.verdict.value if answer else "",
        detail=answer.detail[:300] if answer else "",
        milliseconds=reply.milliseconds if reply else 0,
        error=error[:500],
        **fields,
    )
