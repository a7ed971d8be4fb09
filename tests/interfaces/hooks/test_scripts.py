"""The commands of the guide and the scripts of a connection's page, against a real server."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts.models import User
from imports.models import MovedUser
from imports.services.connections.secrets import issue_secret
from interfaces.hooks.guide import PAGE, render_page
from interfaces.hooks.setup import describe_setup
from tests.imports.connecting import create_connection
from tests.interfaces.guides import read_blocks
from tests.interfaces.hooks.conftest import PASSWORD, TENANT
from tests.interfaces.running import run

# What Auth0 gives its scripts.
AUTH0 = """
class WrongUsernameOrPasswordError extends Error {
  constructor(user, message) { super(message); }
}
class UnauthorizedError extends Error {}
const configuration = { USERFERRY_TOKEN: process.env.USERFERRY_TOKEN };
const call = (script, ...given) => new Promise((resolve) =>
  script(...given, (error, profile) => resolve(error
    ? `${error.constructor.name}: ${error.message}` : profile ?? null)));
"""
ASKED = """
const found = [];
for (const [name, password] of [["ada", "%(password)s"], ["ada", "wrong"], ["nobody", "wrong"]]) {
  found.push(await call(login, name, password));
}
for (const name of ["ada@example.com", "nobody@example.com"]) {
  found.push(await call(getByEmail, name));
}
const event = (triggerSource, password) => ({
  triggerSource, userName: "ada", request: { password }, response: { forceAliasCreation: null },
});
const run = (...given) => handler(event(...given)).then((said) => said.response, String);
found.push(await run("UserMigration_Authentication", "%(password)s"));
found.push(await run("UserMigration_Authentication", "wrong"));
found.push(await run("UserMigration_ForgotPassword", undefined));
found.push(await run("PreSignUp_SignUp", "x"));
process.env.USERFERRY_TOKEN = configuration.USERFERRY_TOKEN = "unknown";
found.push(await call(login, "ada", "wrong"));
found.push(await run("UserMigration_Authentication", "wrong"));
console.log(JSON.stringify(found));
"""
WRONG = "The name or the password is not correct."
UNKNOWN_TOKEN = "The token is missing, unknown, expired, or not for this hook."


def test_the_guide_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == render_page(), "Generate it again, as its head says."


@pytest.mark.django_db(transaction=True)
def test_scripts_and_documented_commands_work_verbatim(
    live_server: Any, operator: User, ada: User, tmp_path: Any
) -> None:
    connection = create_connection(operator, kind="hook", name="Acme", tenant=TENANT)
    token = issue_secret(connection, actor=operator)
    setups = {each.label: each for each in describe_setup(connection, live_server.url)}
    scripts = [*setups["Auth0"].scripts.values(), *setups["Amazon Cognito"].scripts.values()]
    script = tmp_path / "scripts.mjs"
    script.write_text("\n".join([AUTH0, *scripts, ASKED % {"password": PASSWORD}]))
    commands = [each for each in read_blocks(PAGE.name, "sh") if each.startswith("curl ")]

    environment = {"USERFERRY_TOKEN": token, "TOKEN": token, "SITE": live_server.url}
    told = json.loads(run(["node", str(script)], environment))
    answers = [json.loads(run(["bash", "-c", each], environment)) for each in commands]

    profile = {
        "user_id": "ada",
        "email": "ada@example.com",
        "username": "ada",
        "email_verified": False,
    }
    attributes = {"email": "ada@example.com", "email_verified": "false"}
    response = {
        "forceAliasCreation": None,
        "userAttributes": attributes,
        "messageAction": "SUPPRESS",
    }
    assert told == [
        profile,
        f"WrongUsernameOrPasswordError: {WRONG}",
        f"WrongUsernameOrPasswordError: {WRONG}",
        profile,
        None,
        {**response, "finalUserStatus": "CONFIRMED"},
        f"Error: {WRONG}",
        response,
        "Error: Not a trigger that migrates users.",
        f"Error: {UNKNOWN_TOKEN}",
        f"Error: {UNKNOWN_TOKEN}",
    ]
    assert answers == [{"status": "password_match"}, profile]
    assert MovedUser.objects.count() == 1
