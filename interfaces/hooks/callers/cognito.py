"""Amazon Cognito: the Lambda trigger that migrates users."""

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
    require_value,
)

SIGN_IN, FORGOTTEN = "UserMigration_Authentication", "UserMigration_ForgotPassword"
STATUSES = {Verdict.TOO_MANY: 429, Verdict.TROUBLE: 503}
REFUSALS = {
    Verdict.LOCKED: "Too many failed attempts. Try again in a few minutes.",
    Verdict.DISABLED: "The account is disabled.",
}
LAMBDA = """\
// index.mjs, Node.js 20 or newer. Set the environment variable USERFERRY_TOKEN.
const PATHS = {
  UserMigration_Authentication: "authentication",
  UserMigration_ForgotPassword: "forgot-password",
};

export const handler = async (event) => {
  const path = PATHS[event.triggerSource];
  if (!path) throw new Error("Not a trigger that migrates users.");
  const response = await fetch("{url}/" + path, {
    method: "POST",
    headers: {
      "Authorization": "Bearer " + process.env.USERFERRY_TOKEN,
      "Content-Type": "application/json",
    },
    body: JSON.stringify({
      triggerSource: event.triggerSource,
      userName: event.userName,
      request: { password: event.request.password },
    }),
    signal: AbortSignal.timeout(4500),
  });
  const body = await response.json();
  if (!response.ok) throw new Error(body.error);
  event.response = { ...event.response, ...body.response };
  return event;
};
"""


def read_sign_in(body: Mapping[str, Any], decrypt: Decrypt) -> Asked:
    require_value(body, "triggerSource", SIGN_IN)
    return Asked(name=read_text(body, "userName"), password=read_text(body, "request", "password"))


def read_forgotten(body: Mapping[str, Any], decrypt: Decrypt) -> Asked:
    require_value(body, "triggerSource", FORGOTTEN)
    return Asked(name=read_text(body, "userName"))


def answer_sign_in(verdict: Verdict, asked: Asked, person: Person | None) -> Reply:
    if person is not None:
        status = "CONFIRMED" if verdict is Verdict.RIGHT else "RESET_REQUIRED"
        return Reply(200, {"response": {**_write_response(person), "finalUserStatus": status}})
    if verdict in STATUSES:
        return refuse_plainly(STATUSES[verdict], "Try again later.")
    wrong = "The name or the password is not correct."
    return refuse_plainly(403, REFUSALS.get(verdict, wrong))


def answer_forgotten(verdict: Verdict, asked: Asked, person: Person | None) -> Reply:
    """Return whoever a code can be sent to; without a verified address, Cognito sends none."""
    if person is None:
        return refuse_plainly(404, "There is no such user.")
    return Reply(200, {"response": _write_response(person)})


def _write_response(person: Person) -> dict[str, Any]:
    attributes = {
        "email": person.email,
        "email_verified": str(person.email_verified).lower() if person.email else "",
        "phone_number": person.phone,
        "phone_number_verified": str(person.phone_verified).lower() if person.phone else "",
        "given_name": person.given_name,
        "family_name": person.family_name,
        "name": person.name,
        "locale": person.locale,
        "zoneinfo": person.zoneinfo,
        "picture": person.picture,
    }
    return {
        "userAttributes": {name: value for name, value in attributes.items() if value},
        "messageAction": "SUPPRESS",
    }


CALLER = Caller(
    name="cognito",
    label="Amazon Cognito",
    source="https://docs.aws.amazon.com/cognito/latest/developerguide/"
    "user-pool-lambda-migrate-user.html",
    seconds=5,
    operations=(
        Operation(
            path="authentication",
            summary="Return the attributes of a user whose password is right",
            scope=VERIFY,
            read=read_sign_in,
            answer=answer_sign_in,
            example={
                "triggerSource": SIGN_IN,
                "userName": "ada@example.com",
                "request": {"password": "…"},
            },
        ),
        Operation(
            path="forgot-password",
            summary="Return the attributes of a user who has forgotten the password",
            scope=LOOK_UP,
            read=read_forgotten,
            answer=answer_forgotten,
            example={"triggerSource": FORGOTTEN, "userName": "ada@example.com", "request": {}},
        ),
    ),
    setup=(
        "Create a Lambda function with the text below, set its environment variable"
        " “USERFERRY_TOKEN” to a token of this connection, and its time-out to 5 seconds.",
        "Make it the “Migrate user” trigger of the user pool, whose app client allows"
        " “ALLOW_USER_PASSWORD_AUTH”.",
    ),
    scripts={"index.mjs": LAMBDA},
)
