"""The mapping: what was recognised in the file, and where each of its columns goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Group, Role
from imports.core.errors import FileFormatError, InvalidTransition, MappingError
from imports.core.inspection import Inspection
from imports.core.mapping import Mapping, suggest_mapping
from imports.core.mapping.drafts import (
    FixedDraft,
    MappingDraft,
    RuleDraft,
    draft_mapping,
    read_draft,
)
from imports.core.mapping.edits import edit_draft, make_step
from imports.core.providers import get_provider
from imports.core.readers import DELIMITERS, SYNTAX_NAMES, TEXT_SYNTAXES
from imports.core.targets import ATTRIBUTES
from imports.core.transforms import TRANSFORMS
from imports.engine.answers import read_secret_answers
from imports.engine.context import read_rules
from imports.forms.mapping import (
    GROUPS,
    MODES,
    MUST_CHANGE,
    PASSWORD_FORMAT,
    ROLES,
    MappingForm,
    list_target_choices,
    write_constant,
    write_fixed,
)
from imports.forms.reading import ReaderForm
from imports.models import ImportJob
from imports.services import runs, templates
from imports.services.attributes import create_attribute
from imports.services.mappings import save_mapping
from imports.services.previews import Preview, preview_mapping
from imports.services.uploads import inspect_again
from imports.states import EDITABLE, JobState
from imports.views.access import StaffRequest, requires
from imports.views.census import describe_census
from imports.views.mapping_rows import RowDescriber
from imports.views.page import render_page
from imports.views.problems import ShownProblem, describe_problem

WHAT_TO_MEND = "See the marked fields."
KEYS_OFFERED = 200


@dataclass
class MappingPage:
    """A job's mapping as its page has it: saved, or as it was just sent."""

    job: ImportJob
    inspection: Inspection
    form: MappingForm
    draft: MappingDraft
    rows: RowDescriber
    faults: Sequence[str] = ()

    def build(self) -> Mapping:
        """Return the mapping that the page says, as far as it is right."""
        return self.form.build_mapping(self.draft)


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@requires("imports.add_importjob")
def map_columns(request: StaffRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=job_id)
    page = open_page(request, job)
    if request.method != "POST":
        return show_mapping(request, page)
    if not is_editable(job):
        messages.error(
            request, str(InvalidTransition("change its mapping", JobState(job.state).label))
        )
        return redirect("imports:mapping", job_id)
    if action := request.POST.get("action", ""):
        _take_action(request, page, action)
        return show_mapping(request, page)
    if "preview" in request.POST:
        return show_mapping(request, page)
    if not save_page(request, page):
        return show_mapping(request, page)
    try:
        if "check" in request.POST:
            runs.start_check(job, actor=request.user)
            return redirect("imports:check", job_id)
    except InvalidTransition as error:
        messages.error(request, str(error))
        return redirect("imports:mapping", job_id)
    messages.success(request, "The mapping is saved.")
    return redirect("imports:mapping", job_id)


@never_cache
@sensitive_post_parameters()
@require_POST
@requires("imports.add_importjob")
def preview(request: StaffRequest, job_id: int) -> HttpResponse:
    """Return what changes on the page when the mapping does: preview, summary, what was found."""
    page = open_page(request, get_object_or_404(ImportJob, pk=job_id))
    return render(request, "imports/includes/mapping_live.html", _describe(page, is_live=True))


@require_POST
@requires("imports.add_importjob")
def read_again(request: StaffRequest, job_id: int) -> HttpResponse:
    """Read the head of the file in the way that was chosen, and suggest a mapping anew."""
    job = get_object_or_404(ImportJob, pk=job_id)
    reader_form = ReaderForm(request.POST, inspection=Inspection.from_json(job.inspection))
    if reader_form.is_valid():
        try:
            inspect_again(
                job,
                reader_form.read_options(),
                provider=reader_form.cleaned_data["provider"],
                actor=request.user,
            )
        except FileFormatError as error:
            reader_form.add_error(None, f"{error} {error.problem.kind.advice}")
        except InvalidTransition as error:
            messages.error(request, str(error))
            return redirect("imports:mapping", job_id)
        else:
            messages.success(request, "The file was read again; this mapping is suggested anew.")
            return redirect("imports:mapping", job_id)
    return show_mapping(request, _open(job, None), reader_form)


def save_page(request: StaffRequest, page: MappingPage) -> bool:
    """Save what the page says; return whether that could be done, else its faults are set."""
    mapping = page.build()
    if not page.form.is_valid() or page.draft.has_faults:
        page.faults = [WHAT_TO_MEND]
        return False
    try:
        save_mapping(page.job, mapping, page.form.read_job_options(), actor=request.user)
    except MappingError as error:
        page.faults = error.faults
        return False
    except InvalidTransition as error:
        page.faults = [str(error)]
        return False
    return True


def open_page(request: StaffRequest, job: ImportJob) -> MappingPage:
    """Return the page as it was sent, or as it is saved."""
    return _open(job, request.POST if request.method == "POST" else None)


def _open(job: ImportJob, posted: Any) -> MappingPage:
    mapping, attributes = Mapping.model_validate(job.mapping), read_rules()
    inspection = Inspection.from_json(job.inspection)
    columns = [column.name for column in inspection.columns]
    form = MappingForm(
        posted,
        mapping=mapping,
        answered=read_secret_answers(job),
        initial={
            "mode": job.mode,
            "chunk_rows": job.chunk_rows,
            "source_name": mapping.source_name,
            "password_format": mapping.constants.get(PASSWORD_FORMAT, ""),
            "must_change": mapping.constants.get(MUST_CHANGE, False),
            "groups": write_constant(mapping.constants.get(GROUPS, "")),
            "roles": write_constant(mapping.constants.get(ROLES, "")),
        },
    )
    if posted is None:
        draft = draft_mapping(mapping, columns, write_fixed(mapping.constants))
        form.cleaned_data = {}
    else:
        draft = read_draft(posted, list(posted), columns)
        form.is_valid()
    if not is_editable(job):
        for field in form.fields.values():
            field.disabled = True
    suggestions = suggest_mapping(inspection, attributes)
    rows = RowDescriber(inspection, suggestions, attributes)
    return MappingPage(job, inspection, form, draft, rows)


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
        messages.error(request, "To create an attribute takes the permission to add one.")
        return
    definition = create_attribute(page.job, column, actor=request.user)
    # The attribute is among the fields, and its type among the reasons for hints, from now on.
    page.rows = RowDescriber(
        page.inspection, suggest_mapping(page.inspection, read_rules()), read_rules()
    )
    rule = page.draft.columns[column][0]
    rule.target = f"{ATTRIBUTES}.{definition.name}"
    rule.steps = [make_step(hint) for hint in page.rows.find_hints(rule) if hint.transform]


def is_editable(job: ImportJob) -> bool:
    """Return whether mapping and reader options can still be changed."""
    return job.state in EDITABLE and job.started_at is None


def _describe(page: MappingPage, *, is_live: bool = False) -> dict[str, Any]:
    """Return what the page shows of the mapping: columns, preview and summary."""
    previewed, failure = _preview(page)
    found = _describe_found(previewed)
    ignored = page.draft.build_rules()[1]
    columns = page.rows.describe_columns(page.draft, page.faults, lambda name: found.get(name, []))
    return {
        "job": page.job,
        "columns": columns,
        "preview": previewed,
        "preview_failure": failure,
        "preview_records": [
            (record, [describe_problem(problem) for problem in record.problems])
            for record in (previewed.records if previewed else ())
        ],
        "preview_problems": [
            (describe_problem(problem), count)
            for problem, count in (previewed.problems if previewed else ())
        ],
        "column_count": len(columns),
        "mapped_count": sum(1 for column in columns if any(r.target for r in column.rules)),
        "not_carried": ignored,
        "is_live": is_live,
    }


def _preview(page: MappingPage) -> tuple[Preview | None, str]:
    """Return what the first records become, or why that cannot be said."""
    mapping = page.build() if page.form.is_bound else Mapping.model_validate(page.job.mapping)
    try:
        return preview_mapping(page.job, mapping), ""
    except FileFormatError as error:
        return None, str(error)


def _describe_found(previewed: Preview | None) -> dict[str, list[ShownProblem]]:
    if previewed is None:
        return {}
    return {
        column: [describe_problem(problem) for problem, _ in problems]
        for column, problems in previewed.by_column.items()
    }


def show_mapping(
    request: StaffRequest, page: MappingPage, reader_form: ReaderForm | None = None
) -> HttpResponse:
    """Return the page, with what is wrong on it if anything is."""
    job = page.job
    described = _describe(page)
    extras = [*page.draft.extras, RuleDraft(f"extra-{len(page.draft.extras)}", "")]
    fixed = [*page.draft.fixed, FixedDraft(f"fixed-{len(page.draft.fixed)}")]
    has_faults = bool(page.faults) or bool(reader_form and reader_form.errors)
    return render_page(
        request,
        "imports/mapping.html",
        title=str(job),
        step="mapping",
        status=422 if has_faults else 200,
        form=page.form,
        reader_form=reader_form or _make_reader_form(page),
        census=describe_census(page.inspection.census),
        faults=page.faults,
        extras=[page.rows.describe_rule(rule) for rule in extras],
        fixed=fixed,
        targets=list_target_choices(read_rules()),
        transforms=[(kind, step.label) for kind, step in TRANSFORMS.items()],
        role_keys=Role.objects.order_by("key").values_list("key", flat=True)[:KEYS_OFFERED],
        group_keys=Group.objects.order_by("key").values_list("key", flat=True)[:KEYS_OFFERED],
        modes=[(mode.value, label, text) for mode, (label, text) in MODES.items()],
        provider=get_provider(job.provider),
        evidence=page.inspection.evidence,
        reading=describe_reading(page.inspection),
        problems=[describe_problem(problem) for problem in page.inspection.problems],
        is_editable=is_editable(job),
        is_first_time=not job.started_at,
        may_create_attribute=request.user.has_perm("accounts.add_attributedefinition"),
        **_describe_templates(request, page),
        **{name: value for name, value in described.items() if name != "job"},
        job=job,
    )


def _make_reader_form(page: MappingPage) -> ReaderForm:
    return ReaderForm(
        inspection=page.inspection,
        initial={**page.job.reader_options, "provider": page.job.provider},
    )


def describe_reading(inspection: Inspection) -> str:
    """Return in a few words how the file is read."""
    options = inspection.options
    if options.tables:
        return f"joined tables of the {inspection.container or 'JSON file'}"
    if options.syntax not in TEXT_SYNTAXES:
        return f"“{options.member}” of the {SYNTAX_NAMES[options.syntax]}"
    words = [SYNTAX_NAMES[options.syntax], options.encoding.upper()]
    if inspection.container:
        words.insert(0, f"“{options.member}” of the {inspection.container}")
    if options.syntax == "csv":
        delimiter = DELIMITERS.get(options.delimiter, options.delimiter)
        words.append(f"separated by {delimiter}")
    return ", ".join(words)


def _describe_templates(request: StaffRequest, page: MappingPage) -> dict[str, Any]:
    """Return the templates that a person may use, and those that fit the file."""
    may_see = request.user.has_perm("imports.view_mappingtemplate")
    version = page.job.template_version
    return {
        "may_use_templates": may_see,
        "is_changed": version is not None and differs_from(page.job.mapping, version.mapping),
        "may_save_templates": request.user.has_perm("imports.add_mappingtemplate"),
        "proposals": templates.propose_templates(page.inspection) if may_see else [],
        "template_versions": templates.list_latest() if may_see else [],
    }


def differs_from(mapping: dict[str, Any], template: dict[str, Any]) -> bool:
    """Return whether a mapping was changed since it was taken from a template.

    Columns that the template did not know are left out of the file without anybody's doing.
    """
    fitted = {"ignored": [], "provider": ""}
    return mapping | fitted != template | fitted
