"""Show, preview and save a column mapping, and read the file in another way."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.selectors.attributes import read_rules
from imports.core.errors import FileFormatError, ImporterError
from imports.core.inspection.inspection import Inspection
from imports.core.mapping import suggest_mapping
from imports.core.mapping.edits import edit_draft, make_step
from imports.core.records.targets import ATTRIBUTES
from imports.models import ImportJob
from imports.services.files.uploads import inspect_again
from imports.services.jobs.transitions import refuse
from imports.services.mapping.attributes import create_attribute
from imports.services.runs import runs
from imports.states import JobAction, may
from imports.views.files.forms import ReaderForm
from imports.views.mapping.display import show_live, show_mapping
from imports.views.mapping.opening import MappingPage, open_page, save_page
from imports.views.mapping.rows import RowDescriber
from imports.views.shared.access import StaffRequest, requires
from imports.views.shared.page import read_shown

BACK = "imports:mapping"
# Where a button leads that saves the mapping first, so that nothing of it is lost.
NEXT = {
    "policies": "imports:policies",
    "test_sign_in_password": "imports:test_sign_in_password",
    "test_sign_in_code": "imports:test_sign_in_code",
}


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@requires("imports.add_importjob")
def map_columns(request: StaffRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=job_id)
    page = open_page(job, request)
    if request.method != "POST":
        return show_mapping(request, page)
    if not may(job, JobAction.MAP):
        messages.error(request, str(refuse(job, JobAction.MAP)))
        return redirect("imports:mapping", job_id)
    if action := request.POST.get("action", ""):
        _take_action(request, page, action)
        return show_mapping(request, page)
    if "preview" in request.POST or not save_page(request, page):
        return show_mapping(request, page)
    try:
        if "dry_run" in request.POST:
            runs.start_dry_run(job, actor=request.user)
            return redirect("imports:dry_run", job_id)
    except ImporterError as error:
        messages.error(request, str(error))
        return redirect("imports:mapping", job_id)
    messages.success(request, "Mapping saved.")
    return redirect(
        next((page for name, page in NEXT.items() if name in request.POST), BACK), job_id
    )


@never_cache
@sensitive_post_parameters()
@require_POST
@requires("imports.add_importjob")
def preview(request: StaffRequest, job_id: int) -> HttpResponse:
    """Return what changes on the page when the mapping does: the preview and what is counted."""
    page = open_page(get_object_or_404(ImportJob, pk=job_id), request)
    return show_live(request, page)


@require_POST
@requires("imports.add_importjob")
def read_again(request: StaffRequest, job_id: int) -> HttpResponse:
    """Read the head of the file in the chosen way, and suggest a mapping for it."""
    job = get_object_or_404(ImportJob, pk=job_id)
    reader_form = ReaderForm(request.POST, inspection=Inspection.from_json(job.inspection))
    if reader_form.is_valid():
        try:
            inspect_again(
                job,
                reader_form.read_options(),
                provider=reader_form.cleaned_data["provider"],
                actor=request.user,
                shown=read_shown(request),
            )
        except FileFormatError as error:
            reader_form.add_error(None, f"{error} {error.problem.kind.advice}")
        except ImporterError as error:
            messages.error(request, str(error))
            return redirect("imports:mapping", job_id)
        else:
            messages.success(request, "The file was read again. This is a new suggested mapping.")
            return redirect("imports:mapping", job_id)
    return show_mapping(request, open_page(job), reader_form)


def _take_action(request: StaffRequest, page: MappingPage, action: str) -> None:
    """Change the draft as a button says; nothing is saved but an attribute's definition."""
    name, _, key = action.partition(":")
    if name == "create-attribute":
        _create_attribute(request, page, key)
        return
    chosen = request.POST.get(f"{key}-add", "")
    edit_draft(page.draft, action, chosen, page.rows.find_hints)


def _create_attribute(request: StaffRequest, page: MappingPage, key: str) -> None:
    column = page.draft.find_column(key)
    if column is None:
        return
    if not request.user.has_perm("accounts.add_attributedefinition"):
        messages.error(
            request,
            "To create an attribute, you need the permission “Define attributes, also while "
            "mapping a file” (accounts.add_attributedefinition).",
        )
        return
    definition = create_attribute(page.job, column, actor=request.user)
    # The attribute is among the fields, and its type among the reasons for hints, from now on.
    page.rows = RowDescriber(
        page.inspection, suggest_mapping(page.inspection, read_rules()), read_rules()
    )
    rule = page.draft.columns[column][0]
    rule.target = f"{ATTRIBUTES}.{definition.name}"
    rule.steps = [make_step(hint) for hint in page.rows.find_hints(rule) if hint.transform]
