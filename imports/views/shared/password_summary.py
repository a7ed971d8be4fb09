"""Say a password summary in words: what there is, how often, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accounts import hashing
from accounts.passwords.background import estimate_hashing
from imports.core.dry_run.passwords import tell_outline
from imports.core.problems import Problem
from imports.core.records.password_summary import Kind, PasswordSummary, Reason
from imports.views.shared.live import describe_duration
from imports.views.shared.problems import describe_problem

WEAK = (
    "An attacker with the hash can guess the password quickly. It is upgraded at the first "
    "sign-in. For users who do not sign in, let the password expire and send a password reset."
)


@dataclass(frozen=True, slots=True)
class PasswordSummaryLine:
    """Records whose passwords are alike. Without a badge there is nothing to see to.

    `reason` tells those that cannot be used from others of the same label.
    """

    label: str
    count: int
    parameters: str = ""
    badge: str = ""
    severity: str = ""
    advice: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ShownPasswordSummary:
    """Everything a page shows of a password summary."""

    lines: list[PasswordSummaryLine]
    has_hashes: bool

    @property
    def total(self) -> int:
        return sum(line.count for line in self.lines)


def describe_password_summary(
    password_summary: PasswordSummary, *, has_begun: bool
) -> ShownPasswordSummary:
    """Return what a page shows of it: hashes by format and cost, then what is not a hash."""
    kinds = [_describe_kind(kind, count) for kind, count in password_summary.kinds.most_common()]
    unusable = [
        _describe_reason(reason, count, has_begun=has_begun)
        for reason, count in password_summary.unusable.most_common()
    ]
    return ShownPasswordSummary(
        [*kinds, *unusable, *_list_others(password_summary)], has_hashes=bool(kinds)
    )


def _describe_kind(kind: Kind, count: int) -> PasswordSummaryLine:
    known = hashing.FORMATS.get(kind.format_id)
    return PasswordSummaryLine(
        label=known.label if known else kind.format_id,
        count=count,
        parameters=", ".join(f"{name} {value}" for name, value in kind.parameters),
        badge="Weak" if kind.weak else "",
        severity="warning" if kind.weak else "",
        advice=WEAK if kind.weak else "",
    )


def _describe_reason(reason: Reason, count: int, *, has_begun: bool) -> PasswordSummaryLine:
    found = Problem(reason.code, params={"detail": reason.detail, "value": reason.detail})
    problem = describe_problem(found, has_begun=has_begun)
    return PasswordSummaryLine(
        label=found.kind.summary_label,
        count=count,
        badge="Fails",
        severity="danger",
        advice=" ".join(filter(None, [problem.message, tell_outline(reason), problem.advice])),
        reason=reason.detail,
    )


def _list_others(password_summary: PasswordSummary) -> Iterator[PasswordSummaryLine]:
    if password_summary.plain:
        duration = describe_duration(estimate_hashing(password_summary.plain))
        yield PasswordSummaryLine(
            "Plain password",
            password_summary.plain,
            badge="Plain text",
            severity="warning",
            advice=(
                "The import stores them encrypted, and their users can sign in at once. They are "
                f"hashed in the background, in about {duration} on this machine. Delete the "
                "source file afterwards."
            ),
        )
    if password_summary.absent:
        yield PasswordSummaryLine(
            "None",
            password_summary.absent,
            advice="These users need another way to sign in, or a password reset.",
        )
    if password_summary.unknown:
        yield PasswordSummaryLine(
            "Not examined", password_summary.unknown, advice="The record fails for another reason."
        )
