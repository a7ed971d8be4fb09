"""The users of a connection: those of its source, and those it was matched with."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.identifiers import normalise_email, normalise_phone
from accounts.models import User
from imports.core.providers.systems.auth0 import DATABASE, PASSWORD, SUBJECT
from imports.models import Connection, OtherSubjectId, Status
from imports.services.connections.batches import Outcome
from interfaces.auth0.errors import (
    Refusal,
    refuse_body,
    refuse_known_user,
    refuse_unknown_user,
)
from interfaces.auth0.resources import ATTRIBUTE, METADATA, Composer, Kept, names_of, read_kept
from interfaces.auth0.writing import (
    KEPT_FIELD,
    refuse_withheld,
    write_one,
    write_row,
)

# Who was deleted, and was not enabled again by an administrator or an undo.
IS_DELETED = Q(is_active=False, attributes__contains={ATTRIBUTE: {"deleted": True}})
# How often a change is made again because somebody else has changed the same user meanwhile.
MOST_TRIES = 3
# Members that are a field of the profile each.
FIELDS: Mapping[str, str] = {
    "given_name": "given_name",
    "family_name": "family_name",
    "name": "display_name",
    "picture": "picture",
    "username": "username",
    "phone_number": "phone",
    "email": "email",
}
# What says of a value that it was verified, with the value.
VERIFIED: Mapping[str, str] = {"email_verified": "email", "phone_verified": "phone_number"}


class _Changed(Exception):
    """Somebody else has changed the user between reading and writing."""


class Users:
    """The users whom one request reads and writes."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.composer = Composer(connection)

    def select_all(self) -> QuerySet[User]:
        """Return those who belong to the connection, also who was deleted; no administrator."""
        source = self.connection.source
        linked = OtherSubjectId.objects.filter(source=source).values("user_id")
        people = User.objects.filter(is_staff=False, is_superuser=False)
        return people.filter(Q(source=source) | Q(pk__in=linked))

    def select(self) -> QuerySet[User]:
        """Return those who were not deleted, with the date by which a search knows a sign-in."""
        users = self.select_all().exclude(IS_DELETED)
        return users.alias(signed_in_at=Coalesce(F("last_login"), F("last_login_at_source")))

    def get(self, user_id: str) -> User:
        """Return a user by id; raises Refusal."""
        user = self.select().filter(subject_id=user_id).first()
        if user is None:
            raise refuse_unknown_user()
        return user

    def find_known(self, sent: Mapping[str, Any]) -> User | None:
        """Return who has the id, address, user name or number of a new user already."""
        found = Q(pk=None)
        if sent.get("user_id"):
            found |= Q(subject_id=complete_id(sent["user_id"]))
        if email := normalise_email(sent.get("email") or ""):
            found |= Q(email=email)
        if name := (sent.get("username") or "").strip():
            found |= Q(username__iexact=name)
        if phone := normalise_phone(sent.get("phone_number") or ""):
            found |= Q(phone=phone)
        return self.select_all().filter(found).order_by("pk").first()

    def create(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create a user, or bring back who was deleted; raises Refusal."""
        _refuse_mails(body)
        self.require_connection(body["connection"])
        sent = {name: value for name, value in body.items() if name != "connection"}
        if not any(sent.get(name) for name in ("email", "username", "phone_number")):
            raise refuse_body("Missing required property: email")
        known = self.find_known(sent)
        if known is not None and not is_deleted(known):
            raise refuse_known_user()
        if known is not None:
            return self._bring_back(known, sent)
        kept = Kept().overlay(sent)
        row = write_row(_write_members(sent), kept=kept if kept != Kept() else None)

        def refuse_known(outcomes: list[Outcome]) -> None:
            if outcomes[0].status not in (Status.CREATED, Status.FAILED):
                raise refuse_known_user()

        outcome = write_one(self.connection, row, refuse_known)
        return self._show(outcome.user_id)

    def _bring_back(self, user: User, sent: Mapping[str, Any]) -> dict[str, Any]:
        """Have somebody deleted be who is sent: what was of them before and is not sent is gone."""
        gone = dict.fromkeys((*FIELDS, "nickname", *METADATA), None)
        wanted = {**gone, "blocked": False, **sent}
        wanted.pop("user_id", None)
        # Metadata is not merged with that of before.
        kept = Kept().overlay(sent)
        self._change(user, wanted, kept)
        return self._show(user.pk)

    def update(self, user_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change the members that are sent; raises Refusal."""
        _refuse_mails(body)
        if "connection" in body:
            self.require_connection(body["connection"])
        others = ("connection", "client_id", "verify_email", "verify_phone_number")
        sent = {name: value for name, value in body.items() if name not in others}
        if not sent:
            raise refuse_body("Too few properties defined (0)")
        user = self.get(user_id)
        for _ in range(MOST_TRIES):
            try:
                self._change(user, sent, self._merge(user, sent))
            except _Changed:
                user = self.get(user_id)
            else:
                return self._show(user.pk)
        raise Refusal(409, "Somebody else changes this user at the same time. Try again.")

    def delete(self, user_id: str) -> None:
        """Disable a user, who is hidden from now on; of nobody, it is done already."""
        user = self.select().filter(subject_id=user_id).first()
        if user is None:
            return
        kept = read_kept(user)
        deleted = Kept(kept.nickname, kept.metadata, is_deleted=True)
        before = {SUBJECT: user_id, "blocked": not user.is_active}
        row = write_row({SUBJECT: user_id, "blocked": True}, before, deleted)
        write_one(self.connection, row)

    def require_connection(self, name: str) -> None:
        """Raise Refusal for the name of another connection than that of the client."""
        if name not in names_of(self.connection):
            raise Refusal(
                400,
                f"The connection does not exist. That of this client is “{self.connection.source}”"
                ".",
                "inexistent_connection",
            )

    def _merge(self, user: User, sent: Mapping[str, Any]) -> Kept:
        """Return what is to be kept after a change: metadata is merged at its first level."""
        kept = read_kept(user)
        shown = self.composer.show_metadata(user, kept)
        merged = {
            name: _merge_level(shown[name], sent[name] or {}) for name in METADATA if name in sent
        }
        return kept.overlay({**sent, **merged})

    def _change(self, user: User, sent: Mapping[str, Any], kept: Kept) -> None:
        """Write what a change says, and what is gone by it. Raises Refusal and _Changed."""
        stored = user.attributes.get(ATTRIBUTE)
        before, after = self._compare(user, sent, kept)
        is_same = stored is None and not kept.to_json()
        row = write_row(after, before, None if is_same else kept)

        def refuse(outcomes: list[Outcome]) -> None:
            refuse_withheld(outcomes)
            for field, old, _ in outcomes[0].changes:
                if field == KEPT_FIELD and old != stored:
                    raise _Changed

        write_one(self.connection, row, refuse)

    def _compare(
        self, user: User, sent: Mapping[str, Any], kept: Kept
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what the user was and is to be, as far as it changes, in the form of imports."""
        present = {**self.composer.compose(user), "name": user.display_name}
        before: dict[str, Any] = {SUBJECT: user.subject_id}
        after: dict[str, Any] = {SUBJECT: user.subject_id}
        for name in FIELDS:
            if name in sent:
                _put(before, name, present.get(name))
                _put(after, name, sent[name])
        for name, of in VERIFIED.items():
            if name in sent or (sent.get(of) and sent[of] != present.get(of)):
                after |= _verify(name, of, sent, present)
        for name in METADATA:
            if name in sent:
                before[name], after[name] = present[name], kept.metadata.get(name, {})
        if "blocked" in sent:
            before["blocked"], after["blocked"] = not user.is_active, sent["blocked"]
        _put(after, PASSWORD, sent.get("password"))
        return before, after

    def _show(self, pk: int | None) -> dict[str, Any]:
        user = None if pk is None else User.objects.filter(pk=pk).first()
        if user is None:
            raise refuse_unknown_user()
        return self.composer.compose(user)

    def show(self, users: Iterable[User]) -> list[dict[str, Any]]:
        return list(self.composer.compose_all(list(users)))


def complete_id(user_id: str) -> str:
    """Return an id with the name of its kind, which imports leave out."""
    return user_id if "|" in user_id else f"{DATABASE}|{user_id}"


def make_id() -> str:
    return f"{DATABASE}|{secrets.token_hex(12)}"


def is_deleted(user: User) -> bool:
    return not user.is_active and read_kept(user).is_deleted


def _write_members(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return a new user in the form of imports."""
    apart = {"password", "nickname", "verify_email"}
    user = {name: value for name, value in sent.items() if name not in apart}
    user[SUBJECT] = complete_id(sent["user_id"]) if sent.get("user_id") else make_id()
    _put(user, PASSWORD, sent.get("password"))
    return user


def _put(user: dict[str, Any], name: str, value: Any) -> None:
    if value is not None and value != "":
        user[name] = value


def _merge_level(present: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return metadata with what is sent of it; null takes away, and nothing at all takes all."""
    merged = {**present, **sent} if sent else {}
    return {name: value for name, value in merged.items() if value is not None}


def _verify(
    name: str, of: str, sent: Mapping[str, Any], present: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a value with whether it is verified; raises Refusal for what cannot be said of it."""
    value = sent.get(of, present.get(of))
    if not value:
        raise refuse_body(f"{name} says something of {of}, which the user does not have")
    is_verified = bool(sent.get(name, False))
    if not is_verified and value == present.get(of) and present.get(name):
        raise Refusal(
            400,
            f"What was verified stays so: {name} can be false for another {of} alone.",
            "operation_not_supported",
        )
    return {of: value, name: is_verified}


def _refuse_mails(body: Mapping[str, Any]) -> None:
    for name in ("verify_email", "verify_phone_number"):
        if body.get(name):
            raise Refusal(
                400,
                f"{name} is not possible: whoever signs in here is asked then.",
                "operation_not_supported",
            )


def list_matched(users: Users, rows: Sequence[Mapping[str, Any]]) -> dict[str, User]:
    """Return the users of a connection by their ids and addresses, of those that rows have."""
    ids = [complete_id(row["user_id"]) for row in rows if isinstance(row.get("user_id"), str)]
    emails = [normalise_email(row["email"]) for row in rows if isinstance(row.get("email"), str)]
    found = users.select_all().filter(Q(subject_id__in=ids) | Q(email__in=emails))
    matched: dict[str, User] = {}
    for user in found:
        matched[user.subject_id] = user
        if user.email:
            matched[user.email] = user
    return matched
