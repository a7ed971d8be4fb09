"""Plain passwords that imports have left to be hashed in the background: how many, how long."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.passwords.background import WaitingPasswords, count_waiting, estimate_hashing
from imports.views.shared.access import requires
from imports.views.shared.live import ask_to_reload, describe_duration


@dataclass(frozen=True, slots=True)
class PasswordsShown:
    """The count of those that wait, and about how long they will, in words."""

    waiting: WaitingPasswords
    remaining: str


def describe_waiting() -> PasswordsShown | None:
    """Return what a page shows of the passwords that wait; None if none does."""
    waiting = count_waiting()
    if not waiting.count:
        return None
    left = describe_duration(estimate_hashing(waiting.left)) if waiting.left else ""
    return PasswordsShown(waiting, left)


@require_safe
@requires("imports.view_importjob")
def show_waiting(request: HttpRequest) -> HttpResponse:
    """Return the part of a page that counts them, loaded again as long as any are left."""
    shown = describe_waiting()
    if shown is None:
        return ask_to_reload()
    return render(request, "imports/runs/passwords.html", {"passwords": shown})
