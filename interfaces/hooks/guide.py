"""Write the lower part of docs/sign-in-hooks.md out of what each system says about itself.

`manage.py shell -c "from interfaces.hooks.guide import write_page; write_page()"`
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from accounts.sign_in.judging import Verdict
from imports.services.connections.kinds import HOOK
from interfaces.hooks.answers import list_answers
from interfaces.hooks.contract import Caller, Operation, Reply
from interfaces.hooks.document import write_path
from interfaces.hooks.registry import CALLERS

PAGE = Path(__file__).parents[2] / "docs" / "sign-in-hooks.md"
WORDS = {
    Verdict.RIGHT: "right",
    Verdict.WRONG: "wrong",
    Verdict.UNKNOWN: "unknown name, or an administrator",
    Verdict.LOCKED: "locked after too many failed attempts",
    Verdict.DISABLED: "right, but the user is disabled",
    Verdict.MUST_CHANGE: "right, but expired",
    Verdict.TOO_MANY: "too many failed attempts from the IP address",
    Verdict.TROUBLE: "not verified: no turn in time, or a legacy directory does not answer",
}
FOUND = {Verdict.RIGHT: "found", Verdict.UNKNOWN: "unknown, disabled, or an administrator"}

# What stands above it in the page is written by hand.
MARK = "<!-- From here on, interfaces/hooks/guide.py writes this page. -->\n"
SITE = "https://userferry.example.com"


def write_page() -> None:
    PAGE.write_text(render_page(), "utf-8")


def render_page() -> str:
    """Return docs/sign-in-hooks.md as it has to be."""
    above = PAGE.read_text("utf-8").partition(MARK)[0]
    return above + MARK + "".join(f"\n{_render_caller(each)}" for each in CALLERS.values())


def _render_caller(caller: Caller) -> str:
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(caller.setup, start=1))
    return "\n".join(
        [
            f"## {caller.label}\n",
            f"{_describe_token(caller)} It waits {caller.seconds:g} seconds."
            f" [Documentation]({caller.source})\n",
            f"{steps}\n",
            *(_render_script(caller, *each) for each in caller.scripts.items()),
            *(_render_operation(caller, each) for each in caller.operations),
        ]
    )


def _describe_token(caller: Caller) -> str:
    if caller.party:
        return (
            "It shows a token of the issuer that the page of the connection names, issued to"
            f" `{caller.party}`; issuer, audience, signature and times are verified."
        )
    return f"It shows a token of the connection in the header `{caller.header}`."


def _render_script(caller: Caller, name: str, text: str) -> str:
    url = f"{SITE}{HOOK.get_path('{tenant}')}/{caller.name}"
    return f"{name}:\n\n```\n{text.replace('{url}', url)}```\n"


def _render_operation(caller: Caller, operation: Operation) -> str:
    words = FOUND if operation.scope == "look_up" else WORDS
    lines = (
        f"| {words[verdict]} | {reply.status} | {_write(reply)} |"
        for verdict, reply in list_answers(operation).items()
    )
    return "\n".join(
        [
            f"### `POST {write_path(caller, operation)}`\n",
            f"{operation.summary}. Scope `{operation.scope}`.\n",
            f"```json\n{_dump(operation.example, indent=2)}\n```\n",
            *_render_encrypted(operation),
            "| Password |" if operation.scope != "look_up" else "| User |",
        ]
    ) + _render_table(lines)


def _render_encrypted(operation: Operation) -> Iterator[str]:
    if operation.decrypted:
        yield f"Encrypted in it:\n\n```json\n{_dump(operation.decrypted, indent=2)}\n```\n"


def _render_table(lines: Iterable[str]) -> str:
    return " Status | Body |\n|---|---|---|\n" + "\n".join(lines) + "\n"


def _write(reply: Reply) -> str:
    return f"`{_dump(reply.body)}`"


def _dump(value: Any, **options: Any) -> str:
    return json.dumps(value, ensure_ascii=False, **options)
