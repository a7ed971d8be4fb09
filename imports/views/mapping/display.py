"""What the mapping page shows: the detected format, the column mapping, its preview."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from accounts.models import Group, Role
from accounts.selectors.attributes import read_rules
from imports.core.dry_run import describe_earlier
from imports.core.errors import FileFormatError
from imports.core.inspection.inspection import Inspection
from imports.core.mapping import Mapping
from imports.core.mapping.drafts import FixedDraft, RuleDraft
from imports.core.providers import get_provider
from imports.core.readers import DELIMITERS, OTHER_DELIMITERS, SYNTAX_NAMES, TEXT_SYNTAXES
from imports.core.transforms import TRANSFORMS
from imports.models import ImportJob
from imports.selectors import list_earlier_imports
from imports.services.mapping import templates
from imports.services.mapping.previews import Preview, preview_mapping
from imports.states import JobAction, may
from imports.views.files.forms import ReaderForm
from imports.views.mapping.forms import MODES, list_target_choices
from imports.views.mapping.opening import MappingPage
from imports.views.shared.access import StaffRequest
from imports.views.shared.page import render_page
from imports.views.shared.password_summary import describe_password_summary
from imports.views.shared.problems import ShownProblem, describe_problem

KEYS_OFFERED = 200


def show_live(request: StaffRequest, page: MappingPage) -> HttpResponse:
    """Return what changes on the page when the mapping does: the preview and what is counted."""
    context = {"job": page.job, "is_live": True, **_describe(page)}
    return render(request, "imports/mapping/live.html", context)


def _describe(page: MappingPage) -> dict[str, Any]:
    """Return what the page shows of the mapping: columns, preview, summary and passwords."""
    previewed, failure = _preview(page)
    # Of a file that is purged or cannot be read any more, there is what was counted before.
    password_summary = (
        previewed.password_summary
        if previewed and previewed.rows
        else page.inspection.password_summary
    )
    found = _describe_found(previewed)
    ignored = page.draft.build_rules()[1]
    columns = page.rows.describe_columns(page.draft, page.faults, lambda name: found.get(name, []))
    return {
        "columns": columns,
        "preview": previewed,
        "preview_failure": failure,
        "preview_records": [
            (record, [describe_problem(problem, has_begun=False) for problem in record.problems])
            for record in (previewed.records if previewed else ())
        ],
        "preview_problems": [
            (describe_problem(problem, has_begun=False), count)
            for problem, count in (previewed.problems if previewed else ())
        ],
        "column_count": len(columns),
        "mapped_count": sum(1 for column in columns if any(r.target for r in column.rules)),
        "unfinished_count": sum(
            1 for column in columns if any(r.is_unfinished for r in column.rules)
        ),
        "password_summary": describe_password_summary(password_summary, has_begun=False),
        "is_editable": may(page.job, JobAction.MAP),
        "not_carried": ignored,
        "makes_all_ids": makes_all_ids(page),
    }


def makes_all_ids(page: MappingPage) -> bool:
    """Return whether nothing goes to the subject id of a source that need not have any."""
    targets = {rule.target for rule in page.draft.list_rules()}
    return "subject_id" not in targets and not get_provider(page.job.provider).is_record


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
        column: [describe_problem(problem, has_begun=False) for problem, _ in problems]
        for column, problems in previewed.by_column.items()
    }


def show_mapping(
    request: StaffRequest, page: MappingPage, reader_form: ReaderForm | None = None
) -> HttpResponse:
    """Return the page, with what is wrong on it if anything is."""
    job = page.job
    extras = [*page.draft.extras, RuleDraft(f"extra-{len(page.draft.extras)}", "")]
    fixed = [*page.draft.fixed, FixedDraft(f"fixed-{len(page.draft.fixed)}")]
    has_faults = bool(page.faults) or bool(reader_form and reader_form.errors)
    return render_page(
        request,
        "imports/mapping/mapping.html",
        title=str(job),
        job=job,
        step="mapping",
        status=422 if has_faults else 200,
        form=page.form,
        reader_form=reader_form or _make_reader_form(page),
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
        rivals=page.inspection.rivals,
        reading=describe_reading(page.inspection),
        problems=[
            describe_problem(problem, has_begun=False) for problem in page.inspection.problems
        ],
        is_first_time=not job.started_at,
        imported_before=_describe_earlier(job),
        may_create_attribute=request.user.has_perm("accounts.add_attributedefinition"),
        as_shown=page.shown,
        **_describe_templates(request, page),
        **_describe(page),
    )


def _describe_earlier(job: ImportJob) -> dict[str, Any] | None:
    """Return which job imported the same file before, in words and by its number."""
    earlier = list_earlier_imports(job)
    return {"text": describe_earlier(earlier), "job": earlier[0].job} if earlier else None


def _make_reader_form(page: MappingPage) -> ReaderForm:
    return ReaderForm(
        inspection=page.inspection,
        initial={
            **page.job.reader_options,
            "provider": "" if page.inspection.rivals else page.job.provider,
        },
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
        delimiter = (DELIMITERS | OTHER_DELIMITERS).get(options.delimiter, options.delimiter)
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
