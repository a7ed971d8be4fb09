"""The mapping: what was recognised in the file, and where each of its columns goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from imports.core.errors import FileFormatError, InvalidTransition, MappingError
from imports.core.inspection import MASK, ColumnSample, Inspection
from imports.core.mapping import Mapping, Suggestion, suggest_mapping
from imports.core.providers import get_provider
from imports.core.readers import DELIMITERS, SYNTAX_NAMES, TEXT_SYNTAXES
from imports.core.targets import SECRET_TARGETS
from imports.engine.context import read_rules
from imports.forms import MODES, MUST_CHANGE, PASSWORD_FORMAT, MappingForm, ReaderForm
from imports.models import ImportJob
from imports.services import runs
from imports.services.mappings import save_mapping
from imports.services.uploads import inspect_again
from imports.states import EDITABLE
from imports.views.access import StaffRequest, requires
from imports.views.census import describe_census
from imports.views.page import render_page
from imports.views.problems import describe_problem

# A suggestion below this is a guess that wants a look.
SURE_FROM = 0.9


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """One line of the mapping table."""

    name: str
    samples: tuple[str, ...]
    filled_percent: int
    is_secret: bool
    fields: list[BoundField]
    reason: str
    is_guess: bool
    transforms: list[str]
    faults: list[str]


@require_http_methods(["GET", "HEAD", "POST"])
@requires("imports.add_importjob")
def map_columns(request: StaffRequest, job_id: int) -> HttpResponse:
    job = get_object_or_404(ImportJob, pk=job_id)
    form = _make_form(job, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _show(request, job, form, _make_reader_form(job))
    if not form.is_valid():
        return _show(request, job, form, _make_reader_form(job), faults=["See the marked fields."])
    try:
        save_mapping(job, form.build_mapping(), form.read_job_options(), actor=request.user)
        if "check" in request.POST:
            runs.start_check(job, actor=request.user)
    except MappingError as error:
        return _show(request, job, form, _make_reader_form(job), faults=error.faults)
    except InvalidTransition as error:
        messages.error(request, str(error))
        return redirect("imports:mapping", job_id)
    if "check" in request.POST:
        return redirect("imports:check", job_id)
    messages.success(request, "The mapping is saved.")
    return redirect("imports:mapping", job_id)


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
    return _show(request, job, _make_form(job, None), reader_form)


def _make_form(job: ImportJob, posted: Any) -> MappingForm:
    mapping = Mapping.model_validate(job.mapping)
    rules = read_rules()
    form = MappingForm(
        posted,
        mapping=mapping,
        suggestions=suggest_mapping(Inspection.from_json(job.inspection), rules),
        attributes=rules,
        initial={
            "mode": job.mode,
            "chunk_rows": job.chunk_rows,
            "source_name": mapping.source_name,
            "password_format": mapping.constants.get(PASSWORD_FORMAT, ""),
            "must_change": mapping.constants.get(MUST_CHANGE, False),
        },
    )
    if not is_editable(job):
        for field in form.fields.values():
            field.disabled = True
    return form


def _make_reader_form(job: ImportJob) -> ReaderForm:
    return ReaderForm(
        inspection=Inspection.from_json(job.inspection),
        initial={**job.reader_options, "provider": job.provider},
    )


def is_editable(job: ImportJob) -> bool:
    """Return whether mapping and reader options can still be changed."""
    return job.state in EDITABLE and job.started_at is None


def _show(
    request: StaffRequest,
    job: ImportJob,
    form: MappingForm,
    reader_form: ReaderForm,
    faults: Iterable[str] = (),
) -> HttpResponse:
    inspection = Inspection.from_json(job.inspection)
    columns = _describe_columns(form, inspection, list(faults))
    return render_page(
        request,
        "imports/mapping.html",
        title=str(job),
        job=job,
        step="mapping",
        form=form,
        reader_form=reader_form,
        columns=columns,
        census=describe_census(inspection.census),
        faults=faults,
        not_carried=[column.name for column in columns if not any(_values(column))],
        modes=[(mode.value, label, text) for mode, (label, text) in MODES.items()],
        provider=get_provider(job.provider),
        evidence=inspection.evidence,
        reading=describe_reading(inspection),
        problems=[describe_problem(problem) for problem in inspection.problems],
        is_editable=is_editable(job),
        is_first_time=not job.started_at,
        status=422 if faults or reader_form.errors else 200,
    )


def describe_reading(inspection: Inspection) -> str:
    """Return in a few words how the file is read."""
    options = inspection.options
    if options.tables:
        return f"joined tables of a {inspection.container or 'JSON file'}"
    if options.syntax not in TEXT_SYNTAXES:
        return f"“{options.member}” of an {SYNTAX_NAMES[options.syntax]}"
    words = [SYNTAX_NAMES[options.syntax], options.encoding.upper()]
    if inspection.container:
        words.insert(0, f"“{options.member}” of a {inspection.container}")
    if options.syntax == "csv":
        delimiter = DELIMITERS.get(options.delimiter, options.delimiter)
        words.append(f"separated by {delimiter}")
    return ", ".join(words)


def _describe_columns(
    form: MappingForm, inspection: Inspection, faults: list[str]
) -> list[MappedColumn]:
    samples = {column.name: column for column in inspection.columns}
    return [
        _describe_column(form, suggestion, samples[suggestion.source], faults)
        for suggestion in form.suggestions
    ]


def _describe_column(
    form: MappingForm, suggestion: Suggestion, sample: ColumnSample, faults: list[str]
) -> MappedColumn:
    fields = [form[name] for name in form.slots[sample.name]]
    targets = [field.value() or "" for field in fields]
    is_as_suggested = targets == [suggestion.target or ""]
    is_secret = sample.looks_secret or not SECRET_TARGETS.isdisjoint(targets)
    is_masked_already = sample.looks_secret or not is_secret
    return MappedColumn(
        name=sample.name,
        samples=sample.samples if is_masked_already else (MASK,) * len(sample.samples),
        filled_percent=round(sample.filled * 100),
        is_secret=is_secret,
        fields=fields,
        reason=suggestion.reason if is_as_suggested else "",
        is_guess=is_as_suggested
        and suggestion.target is not None
        and suggestion.confidence < SURE_FROM,
        transforms=_describe_transforms(form.mapping, sample.name, targets),
        faults=[fault for fault in faults if f"column “{sample.name}”" in fault],
    )


def _describe_transforms(mapping: Mapping, source: str, targets: list[str]) -> list[str]:
    """Return what happens to the column's values on their way, in the transforms' own words."""
    return [
        (type(transform).__doc__ or transform.kind).split(";")[0].rstrip(".")
        if not getattr(transform, "inverted", False)
        else "Turns true into false and false into true"
        for rule in mapping.rules
        if rule.source == source and rule.target in targets
        for transform in rule.transforms
    ]


def _values(column: MappedColumn) -> list[str]:
    return [field.value() or "" for field in column.fields]
