"""Ory Kratos and Ory Network: the password migration hook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.sign_in.judging import Verdict
from interfaces.hooks.contract import (
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

# 403 is a wrong password; everything but 200 and 403 is told as trouble, 502.
STATUSES = {Verdict.TOO_MANY: 429, Verdict.TROUBLE: 503}
SETTINGS = """\
selfservice:
  methods:
    password:
      config:
        migrate_hook:
          enabled: true
          config:
            url: {url}
            method: POST
            auth:
              type: api_key
              config:
                name: X-Api-Key
                in: header
                value: <a token of the connection>
"""


def read(body: Mapping[str, Any], decrypt: Decrypt) -> Asked:
    return Asked(name=read_text(body, "identifier"), password=read_text(body, "password"))


def answer(verdict: Verdict, asked: Asked, person: Person | None) -> Reply:
    if verdict is Verdict.RIGHT:
        return Reply(200, {"status": "password_match"})
    if verdict in STATUSES:
        return refuse_plainly(STATUSES[verdict], "Try again later.")
    return Reply(403, {"status": "password_mismatch"})


CALLER = Caller(
    name="kratos",
    label="Ory Kratos",
    source="https://github.com/ory/kratos/blob/master/selfservice/hook/password_migration_hook.go",
    seconds=30,
    header="X-Api-Key",
    operations=(
        Operation(
            path="",
            summary="Say whether the password of somebody who signs in with Ory is right",
            scope=VERIFY,
            read=read,
            answer=answer,
            example={"identifier": "ada@example.com", "password": "…"},
        ),
    ),
    setup=(
        "Import the identities with “use_password_migration_hook: true” in"
        " “credentials.password.config”, and add the hook to the configuration of Kratos.",
    ),
    scripts={"kratos.yml": SETTINGS},
)
