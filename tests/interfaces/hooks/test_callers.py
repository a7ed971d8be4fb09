"""How each system is answered, word by word."""

from __future__ import annotations

import pytest

from accounts.sign_in.judging import Verdict
from interfaces.hooks.answers import list_answers
from interfaces.hooks.contract import Caller, Operation
from interfaces.hooks.registry import CALLERS

OKTA = "com.okta.action.update"
EACH = [
    pytest.param(caller, operation, id=f"{name}-{operation.path}")
    for name, caller in CALLERS.items()
    for operation in caller.operations
]
each_operation = pytest.mark.parametrize(("caller", "operation"), EACH)
# Status, and what of the body tells: by caller, path and verdict.
RIGHT, WRONG, LOCKED, DISABLED = Verdict.RIGHT, Verdict.WRONG, Verdict.LOCKED, Verdict.DISABLED
MUST_CHANGE, TOO_MANY, TROUBLE = Verdict.MUST_CHANGE, Verdict.TOO_MANY, Verdict.TROUBLE
SPELLED = {
    ("okta", ""): {
        RIGHT: (200, "VERIFIED"),
        WRONG: (200, "UNVERIFIED"),
        LOCKED: (200, "UNVERIFIED"),
        DISABLED: (200, "UNVERIFIED"),
        MUST_CHANGE: (200, "UNVERIFIED"),
        TOO_MANY: (429, "errorSummary"),
        TROUBLE: (503, "errorSummary"),
    },
    ("entra", ""): {
        RIGHT: (200, "passwordSubmit.MigratePassword"),
        WRONG: (200, "passwordSubmit.Retry"),
        LOCKED: (200, "Too many failed attempts"),
        DISABLED: (200, "Your account is disabled"),
        MUST_CHANGE: (200, "passwordSubmit.UpdatePassword"),
        TOO_MANY: (200, "passwordSubmit.Block"),
        TROUBLE: (503, "Try again"),
    },
    ("kratos", ""): {
        RIGHT: (200, "password_match"),
        WRONG: (403, "mismatch"),
        LOCKED: (403, "mismatch"),
        DISABLED: (403, "mismatch"),
        MUST_CHANGE: (403, "mismatch"),
        TOO_MANY: (429, "Try again"),
        TROUBLE: (503, "Try again"),
    },
    ("auth0", "login"): {
        RIGHT: (200, "ada@example.com"),
        WRONG: (401, "wrong"),
        LOCKED: (403, "locked"),
        DISABLED: (403, "disabled"),
        MUST_CHANGE: (403, "expired"),
        TOO_MANY: (429, "too_many"),
        TROUBLE: (503, "trouble"),
    },
    ("auth0", "get-user"): {RIGHT: (200, "ada@example.com"), Verdict.UNKNOWN: (404, "no such")},
    ("cognito", "authentication"): {
        RIGHT: (200, "CONFIRMED"),
        WRONG: (403, "not correct"),
        LOCKED: (403, "Too many"),
        DISABLED: (403, "disabled"),
        MUST_CHANGE: (200, "RESET_REQUIRED"),
        TOO_MANY: (429, "Try again"),
        TROUBLE: (503, "Try again"),
    },
    ("cognito", "forgot-password"): {
        RIGHT: (200, "email_verified"),
        Verdict.UNKNOWN: (404, "no such"),
    },
}


@each_operation
def test_each_verdict_is_spelled_in_the_words_of_the_system(
    caller: Caller, operation: Operation
) -> None:
    answers = list_answers(operation)

    for verdict, (status, words) in SPELLED[caller.name, operation.path].items():
        assert (answers[verdict].status, words in str(answers[verdict].body)) == (status, True)


@each_operation
def test_an_unknown_name_is_answered_like_a_wrong_password(
    caller: Caller, operation: Operation
) -> None:
    answers = list_answers(operation)

    assert answers[Verdict.UNKNOWN] == answers.get(WRONG, answers[Verdict.UNKNOWN])


@each_operation
def test_only_a_right_password_is_answered_as_right(caller: Caller, operation: Operation) -> None:
    answers = dict(list_answers(operation))
    right = answers.pop(RIGHT)

    assert right.status == 200
    assert right not in answers.values()


def test_okta_gets_a_command() -> None:
    (operation,) = CALLERS["okta"].operations

    assert list_answers(operation)[RIGHT].body == {
        "commands": [{"type": OKTA, "value": {"credential": "VERIFIED"}}]
    }


def test_entra_gets_its_nonce_back_with_a_title_and_a_message_for_who_is_blocked() -> None:
    (operation,) = CALLERS["entra"].operations

    assert list_answers(operation)[DISABLED].body == {
        "data": {
            "@odata.type": "microsoft.graph.onPasswordSubmitResponseData",
            "actions": [
                {
                    "@odata.type": "microsoft.graph.passwordSubmit.Block",
                    "title": "Sign-in blocked",
                    "message": "Your account is disabled. Contact support.",
                }
            ],
            "nonce": "<GUID>",
        }
    }


def test_cognito_gets_texts_for_attributes_and_sends_no_welcome() -> None:
    operation = CALLERS["cognito"].operations[0]

    assert list_answers(operation)[RIGHT].body == {
        "response": {
            "userAttributes": {
                "email": "ada@example.com",
                "email_verified": "true",
                "given_name": "Ada",
                "family_name": "Lovelace",
                "name": "Ada Lovelace",
            },
            "messageAction": "SUPPRESS",
            "finalUserStatus": "CONFIRMED",
        }
    }
