"""A plain password that is a mask: what a system shows in place of a secret it does not export.

Taken for the password, it would be the same for everybody, and everybody would know it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from imports.core.decisions.contract import (
    Choice,
    Concern,
    DecisionKind,
    Find,
    Record,
    Setting,
    Source,
    drop_empty_password,
    read_password,
)

PLAINTEXT = "authenticators.password.plaintext"
NONE, PLAIN = "none", "plain"
# One sign over and over, or a word in brackets or alone that says that something is not shown.
MASK = re.compile(
    r"([*•●∙·.xX#?_-])\1{2,}"
    r"|[\[<({]*(?:redacted|masked|hidden|filtered|removed|protected|secret|undisclosed|nopass"
    r"|not exported|password|encrypted|null|none)[\])>}]+"
    r"|redacted|masked|hidden|filtered|nopass|not exported|undisclosed",
    re.IGNORECASE,
)


def prepare(setting: Setting) -> Find:
    """Return what finds a password that stands for one that is not shown."""
    column = setting.origins.get(PLAINTEXT, PLAINTEXT)

    def find(source: Source, record: Record) -> Iterator[Concern]:
        plaintext = read_password(record).get("plaintext")
        if isinstance(plaintext, str) and MASK.fullmatch(plaintext.strip()):
            # It is the same for all, and so it can be named.
            yield Concern(column, plaintext.strip(), PLAINTEXT, (NONE, PLAIN), NONE)

    return find


def apply(record: Record, concern: Concern, choice: str) -> None:
    """Leave the value a password, or take the password out of the record."""
    if choice == PLAIN:
        return
    del read_password(record)["plaintext"]
    drop_empty_password(record)


KIND = DecisionKind(
    code="password_masked",
    title="The password seems to be masked",
    message="“{value}” seems to stand for a password that is not shown.",
    advice="Many systems write such a value in place of a secret. If it is imported as the "
    "password, everybody knows it. Export the password hashes, or import these users without a "
    "password.",
    afterwards="Import these users without a password, and send a password reset or an invitation.",
    text="“{column}” is mapped to the plain password but has values that seem to stand for a "
    "password that is not shown: {values}.",
    choices=(
        Choice(NONE, "Import without a password"),
        Choice(PLAIN, "Import as plain passwords"),
    ),
    prepare=prepare,
    apply=apply,
    order=12,
    summary_label="Password that is masked",
)
