"""Auth0: the scripts Login and Get User of a custom database that imports its users."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.sign_in.judging import Verdict
from interfaces.hooks.contract import (
    LOOK_UP,
    VERIFY,
    Asked,
    Caller,
    Decrypt,
    Operation,
    Person,
    Reply,
    read_text,
    refuse_plainly,
)

# Auth0 puts it before the ids of its database users by itself.
OWN_PREFIX = "auth0|"
REFUSALS = {
    Verdict.WRONG: (401, "The name or the password is not correct."),
    Verdict.UNKNOWN: (401, "The name or the password is not correct."),
    Verdict.LOCKED: (403, "Too many failed attempts. Try again in a few minutes."),
    Verdict.DISABLED: (403, "The account is disabled."),
    Verdict.MUST_CHANGE: (403, "The password has expired. Reset it."),
    Verdict.TOO_MANY: (429, "Too many failed attempts. Try again in a few minutes."),
    Verdict.TROUBLE: (503, "Try again later."),
}
LOGIN = """\
async function login(userNameOrEmail, password, callback) {
  let response, body;
  try {
    response = await fetch("{url}/login", {
      method: "POST",
      headers: {
        "Authorization": "Bearer " + configuration.USERFERRY_TOKEN,
        "Content-Type": "application/json",
      },
      body: JSON.stringify({ name: userNameOrEmail, password: password }),
      signal: AbortSignal.timeout(10000),
    });
    body = await response.json();
  } catch (error) {
    return callback(new Error("Userferry cannot be reached."));
  }
  if (response.ok) return callback(null, body);
  if (body.verdict === "wrong") {
    return callback(new WrongUsernameOrPasswordError(userNameOrEmail, body.error));
  }
  if (response.status === 403 && body.verdict) {
    return callback(new UnauthorizedError(body.error));
  }
  return callback(new Error(body.error));
}
"""
GET_USER = """\
async function getByEmail(email, callback) {
  let response, body;
  try {
    response = await fetch("{url}/get-user", {
      method: "POST",
      headers: {
        "Authorization": "Bearer " + configuration.USERFERRY_TOKEN,
        "Content-Type": "application/json",
      },
      body: JSON.stringify({ name: email }),
      signal: AbortSignal.timeout(10000),
    });
    body = response.status === 404 ? {} : await response.json();
  } catch (error) {
    return callback(new Error("Userferry cannot be reached."));
  }
  if (response.ok) return callback(null, body);
  if (response.status === 404) return callback(null);
  return callback(new Error(body.error));
}
"""


def read_login(body: Mapping[str, Any], decrypt: Decrypt) -> Asked:
    return Asked(name=read_text(body, "name"), password=read_text(body, "password"))


def read_name(body: Mapping[str, Any], decrypt: Decrypt) -> Asked:
    return Asked(name=read_text(body, "name"))


def answer_login(verdict: Verdict, asked: Asked, person: Person | None) -> Reply:
    if verdict is Verdict.RIGHT and person is not None:
        return Reply(200, write_profile(person))
    status, message = REFUSALS[verdict]
    said = Verdict.WRONG if verdict is Verdict.UNKNOWN else verdict
    return Reply(status, {"verdict": said, "error": message})


def answer_look_up(verdict: Verdict, asked: Asked, person: Person | None) -> Reply:
    if person is None:
        return refuse_plainly(404, "There is no such user.")
    return Reply(200, write_profile(person))


def write_profile(person: Person) -> dict[str, Any]:
    """Return a user in the words of Auth0's profile, without what is not known."""
    profile = {
        "user_id": person.subject_id.removeprefix(OWN_PREFIX),
        "email": person.email,
        "username": person.username,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "name": person.name,
        "picture": person.picture,
        "locale": person.locale,
    }
    known: dict[str, Any] = {name: value for name, value in profile.items() if value}
    return {**known, "email_verified": person.email_verified}


CALLER = Caller(
    name="auth0",
    label="Auth0",
    source="https://auth0.com/docs/authenticate/database-connections/custom-db/templates/login",
    # Of the 20 that a script may take; it gives up earlier.
    seconds=10,
    operations=(
        Operation(
            path="login",
            summary="Return the profile of a user whose password is right",
            scope=VERIFY,
            read=read_login,
            answer=answer_login,
            example={"name": "ada@example.com", "password": "…"},
        ),
        Operation(
            path="get-user",
            summary="Return the profile of a user, before a password is reset",
            scope=LOOK_UP,
            read=read_name,
            answer=answer_look_up,
            example={"name": "ada@example.com"},
        ),
    ),
    setup=(
        "In the Auth0 dashboard, create a database connection that uses your own database, and"
        " switch on “Import Users to Auth0”.",
        "Add the setting “USERFERRY_TOKEN” with a token of this connection, and paste the scripts.",
    ),
    scripts={"Login": LOGIN, "Get User": GET_USER},
)
