"""The pages of legacy directories: what each is asked for, how it does, and its test console."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.encryption import DecryptionError
from imports.core.errors import ChangedMeanwhile, ImporterError
from imports.core.inspection.inspection import write_value
from imports.core.records.targets import get_label
from imports.directory_client import breaker
from imports.directory_client.asking import Question
from imports.directory_client.limits import BudgetSpent, TooManyAttempts
from imports.directory_client.registry import KINDS
from imports.models import DirectoryMode, LegacyDirectory, Tombstone
from imports.selectors.directories import (
    compare_answers,
    count_unmarked,
    get_status,
    list_attempts,
    list_directory_statuses,
)
from imports.services.directories.directories import change_mode, find_faults
from imports.services.directories.migration import Foreseen
from imports.services.directories.shown import refuse_changed_directory, write_directory
from imports.services.directories.test_console import Trial, try_out
from imports.views.directories.forms import TrialForm
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.page import read_shown, render_page
from imports.views.shared.problems import describe_problem

VIEW, CHANGE = "imports.view_legacydirectory", "imports.change_legacydirectory"
MODES = {
    DirectoryMode.OFF: "The directory is not queried.",
    DirectoryMode.SHADOW: (
        "The directory is queried at every sign-in and compared. No user is changed."
    ),
    DirectoryMode.ON: "Users who do not exist here are migrated when they sign in.",
    DirectoryMode.DRAINING: "Only users who were imported without a password are migrated.",
    DirectoryMode.CLOSED: (
        "The old system is switched off. It is never queried, and its secret is erased here."
    ),
}
VERDICTS = {
    "": ("No response", "is-danger"),
    "migrate": ("Correct password", "is-success"),
    "require_new_password": ("Correct, must be changed", "is-success"),
    "found": ("User found", "is-success"),
    "blocked": ("Blocked", "is-warning"),
    "wrong_password": ("Wrong password", ""),
    "unknown_user": ("Unknown user", ""),
    "refused": ("Unknown or wrong", ""),
    "other_person": ("Entry of another user", "is-warning"),
}
LOCALS = {"right": "Correct here", "wrong": "Wrong here", "none": "No password here"}


@dataclass(frozen=True, slots=True)
class ShownMode:
    """One of the modes, with what it means."""

    value: str
    label: str
    meaning: str
    is_current: bool


@require_safe
@requires(VIEW)
def list_directories(request: StaffRequest) -> HttpResponse:
    return render_page(
        request,
        "imports/directories/list.html",
        title="Legacy directories",
        parents=[],
        statuses=list_directory_statuses(),
        kinds=KINDS,
        tombstones=Tombstone.objects.count(),
    )


@require_safe
@requires(VIEW)
def show_directory(request: StaffRequest, directory_id: int) -> HttpResponse:
    directory = _get_directory(directory_id)
    kind = KINDS[directory.kind]
    return render_page(
        request,
        "imports/directories/show.html",
        title=directory.name,
        parents=_list_parents(),
        directory=directory,
        kind=kind,
        health=get_status(directory),
        modes=[
            ShownMode(mode.value, mode.label, meaning, mode == directory.mode)
            for mode, meaning in MODES.items()
        ],
        faults=_list_faults(directory),
        attempts=[(attempt, *VERDICTS[attempt.verdict]) for attempt in list_attempts(directory)],
        comparisons=[
            (found, VERDICTS[found.verdict][0], LOCALS.get(found.local, found.local))
            for found in compare_answers(directory)
        ],
        unmarked=count_unmarked(directory) if kind.can_mark else 0,
        may_change=request.user.has_perm(CHANGE),
        as_shown=write_directory(directory),
    )


@require_POST
@requires(CHANGE)
def set_mode(request: StaffRequest, directory_id: int) -> HttpResponse:
    directory = _get_directory(directory_id)
    chosen = request.POST.get("mode", "")
    if chosen not in DirectoryMode.values:
        messages.error(request, "This mode does not exist. Choose a mode from the list.")
        return redirect("directories:directory", directory_id)
    mode = DirectoryMode(chosen)
    if mode == DirectoryMode.CLOSED and "sure" not in request.POST:
        messages.error(request, "Closing erases the secret. Confirm it with the checkbox.")
        return redirect("directories:directory", directory_id)
    try:
        change_mode(directory, mode, actor=request.user, shown=read_shown(request))
    except ImporterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Mode changed to “{mode.label}”. {MODES[mode]}")
    return redirect("directories:directory", directory_id)


@require_POST
@requires(CHANGE)
def close_breaker(request: StaffRequest, directory_id: int) -> HttpResponse:
    directory = _get_directory(directory_id)
    try:
        refuse_changed_directory(directory, read_shown(request), "directory try", request.user)
    except ChangedMeanwhile as error:
        messages.error(request, str(error))
    else:
        breaker.note_answer(directory.pk)
        messages.success(request, "The directory is queried again.")
    return redirect("directories:directory", directory_id)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
@requires(CHANGE)
def try_directory(request: StaffRequest, directory_id: int) -> HttpResponse:
    """Ask one question and show it whole; the password is not put into the form again."""
    directory = _get_directory(directory_id)
    form = TrialForm(request.POST if request.method == "POST" else None)
    trial = None
    if form.is_valid():
        question = Question(
            form.cleaned_data["identifier"].strip(),
            form.cleaned_data["password"] or None,
            get_adapter().get_client_ip(request),
        )
        try:
            shown = read_shown(request)
            refuse_changed_directory(directory, shown, "directory try", request.user)
            trial = try_out(directory, question, actor=request.user)
        except (TooManyAttempts, BudgetSpent):
            form.add_error(
                None,
                "The query was not sent: too many failed attempts for this account, your IP "
                "address or the directory. Wait, then try again.",
            )
        except ChangedMeanwhile as error:
            messages.error(request, str(error))
            return redirect("directories:try", directory_id)
        except DecryptionError:
            form.add_error(None, "The secret cannot be decrypted. Enter it again in the settings.")
    return render_page(
        request,
        "imports/directories/try.html",
        title="Test console",
        parents=[*_list_parents(), (directory.name, _find_page(directory))],
        directory=directory,
        kind=KINDS[directory.kind],
        form=form,
        trial=trial,
        verdict=VERDICTS[trial.answer.verdict] if trial and trial.answer else None,
        as_shown=read_shown(request) or write_directory(directory),
        **_describe_foreseen(trial),
    )


def _describe_foreseen(trial: Trial | None) -> dict[str, Any]:
    if trial is None or trial.foreseen is None:
        return {}
    foreseen = trial.foreseen
    return {
        "foreseen": foreseen,
        "problems": [
            describe_problem(problem, has_begun=False) for problem in foreseen.plan.problems
        ],
        "fields": _list_fields(foreseen),
    }


def _list_fields(foreseen: Foreseen) -> list[tuple[str, str]]:
    """Return what would be written, by label; none of it is a secret."""
    plan = foreseen.plan
    if plan.changes:
        return [(get_label(change.field), write_value(change.new)) for change in plan.changes]
    found = [(get_label(f"profile.{name}"), value) for name, value in plan.profile.items()]
    found += [(name, value) for name, value in (plan.attributes or {}).items()]
    return [(label, write_value(value)) for label, value in found if value is not None]


def _get_directory(directory_id: int) -> LegacyDirectory:
    directories = LegacyDirectory.objects.select_related("job", "job__operator")
    found: LegacyDirectory = get_object_or_404(directories, pk=directory_id)
    return found


def _list_faults(directory: LegacyDirectory) -> list[tuple[str, str]]:
    """Return what keeps the directory from being asked, by the label of its field."""
    if directory.mode == DirectoryMode.CLOSED:
        return []
    faults = find_faults(directory, has_secret=bool(directory.secret))
    labels = {
        field.name: str(capfirst(field.verbose_name)) for field in LegacyDirectory._meta.fields
    }
    return [(labels[name], fault) for name, fault in faults.items()]


def _list_parents() -> list[tuple[str, str]]:
    return [("Legacy directories", reverse("directories:list"))]


def _find_page(directory: LegacyDirectory) -> str:
    return reverse("directories:directory", args=[directory.pk])
