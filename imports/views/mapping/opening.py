"""A job's mapping as its page has it: opened as it is saved or was sent, and saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.selectors.attributes import read_rules
from imports.core.errors import ChangedMeanwhile, InvalidTransition, MappingError
from imports.core.inspection.inspection import Inspection
from imports.core.mapping import Mapping, suggest_mapping
from imports.core.mapping.drafts import MappingDraft, draft_mapping, read_draft
from imports.models import ImportJob
from imports.selectors.questions import list_asked
from imports.services.jobs.shown import write_job
from imports.services.mapping.mappings import list_secret_answers, save_mapping
from imports.states import JobAction, may
from imports.views.mapping.forms import (
    GROUPS,
    MUST_CHANGE,
    PASSWORD_FORMAT,
    ROLES,
    MappingForm,
    list_answered,
    write_constant,
    write_fixed,
)
from imports.views.mapping.rows import RowDescriber
from imports.views.shared.access import StaffRequest
from imports.views.shared.page import read_shown

WHAT_TO_MEND = "Correct the marked fields."
KEPT = (
    "This page still has your changes. Saving again overwrites the saved mapping. To compare, "
    "open the mapping in another window."
)


@dataclass
class MappingPage:
    """A job's mapping as its page has it: saved, or as it was just sent."""

    job: ImportJob
    inspection: Inspection
    form: MappingForm
    draft: MappingDraft
    rows: RowDescriber
    faults: Sequence[str] = ()
    # What the page is about now, where it was told that that has changed.
    shown: str = ""

    def build(self) -> Mapping:
        """Return the mapping that the page says, as far as it is right."""
        return self.form.build_mapping(self.draft)


def open_page(job: ImportJob, request: StaffRequest | None = None) -> MappingPage:
    """Return the page as the request sent it, or as it is saved."""
    posted = request.POST if request and request.method == "POST" else None
    mapping, attributes = Mapping.model_validate(job.mapping), read_rules()
    inspection = Inspection.from_json(job.inspection)
    columns = [column.name for column in inspection.columns]
    form = MappingForm(
        posted,
        mapping=mapping,
        questions=list_asked(job, named=list_answered(posted or {})),
        answered=list_secret_answers(job),
        initial=_fill_form(job, mapping),
    )
    if posted is None:
        draft = draft_mapping(mapping, columns, write_fixed(mapping.constants))
        form.cleaned_data = {}
    else:
        draft = read_draft(posted, list(posted), columns, mapping.provider)
        form.is_valid()
    if not may(job, JobAction.MAP):
        for field in form.fields.values():
            field.disabled = True
    suggestions = suggest_mapping(inspection, attributes)
    rows = RowDescriber(inspection, suggestions, attributes)
    return MappingPage(job, inspection, form, draft, rows)


def _fill_form(job: ImportJob, mapping: Mapping) -> dict[str, Any]:
    constants = mapping.constants
    return {
        "mode": job.mode,
        "chunk_rows": job.chunk_rows,
        "source_name": mapping.source_name,
        "password_preset": mapping.password_preset,
        "password_format": constants.get(PASSWORD_FORMAT, ""),
        "must_change": constants.get(MUST_CHANGE, False),
        "groups": write_constant(constants.get(GROUPS, "")),
        "roles": write_constant(constants.get(ROLES, "")),
    }


def save_page(request: StaffRequest, page: MappingPage) -> bool:
    """Save what the page says; return whether that could be done, else its faults are set."""
    mapping = page.build()
    if not page.form.is_valid() or page.draft.has_faults:
        page.faults = [WHAT_TO_MEND]
        return False
    try:
        save_mapping(
            page.job,
            mapping,
            page.form.read_job_options(),
            actor=request.user,
            shown=read_shown(request),
        )
    except MappingError as error:
        page.faults = error.faults
        return False
    except ChangedMeanwhile as error:
        page.faults = [str(error), KEPT]
        page.shown = write_job(page.job)
        return False
    except InvalidTransition as error:
        page.faults = [str(error)]
        return False
    return True
