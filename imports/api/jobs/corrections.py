"""Corrections by API: what each error group can be corrected by, before the run and after it."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Path, Router

from accounts.models import User
from imports.api.jobs.describing import describe_job, describe_problem
from imports.api.jobs.jobs import JobId, find_job
from imports.api.requests.access import (
    ADD,
    RUN,
    VALUES,
    VIEW,
    AccessToken,
    ApiRequest,
    demand,
    read_shown,
)
from imports.api.requests.paging import AfterId, AfterName, Limit, cut_page, skip_to
from imports.api.requests.refusals import list_refusals
from imports.api.schemas.corrections import (
    CorrectedInfo,
    CorrectionInfo,
    CorrectionKindInfo,
    CorrectionOfferInfo,
    CorrectionPage,
    ErrorGroupDetails,
    ErrorGroupInfo,
    ErrorGroupPage,
    OfferedChoice,
    OfferedValue,
    TrialInfo,
)
from imports.core.corrections import Asks, Change, CorrectionKind, list_kinds
from imports.core.corrections.written import WrittenCorrection, WrittenGroup, write_group
from imports.core.readers import ReaderOptions
from imports.models import ImportJob
from imports.selectors import MadeCorrection, find_error_group
from imports.selectors import list_corrections as select_corrections
from imports.selectors import list_error_groups as select_error_groups
from imports.services.corrections.choices import correct, imagine_group
from imports.services.corrections.corrections import require_correctable, undo_correction
from imports.services.corrections.offers import Offer, Trial, list_offers
from imports.services.corrections.samples import ErrorGroup

router = Router(tags=["corrections"])


class CorrectingToken(AccessToken):
    """Demands what correcting takes: before the run as mapping does, and then as a retry does."""

    def __call__(self, request: HttpRequest) -> User:
        user = super().__call__(request)
        job_id = request.resolver_match.kwargs["job_id"] if request.resolver_match else 0
        begun = ImportJob.objects.filter(pk=job_id, started_at__isnull=False)
        demand(user, RUN if begun.exists() else ADD)
        return user


@router.get(
    "/{int:job_id}/error-groups",
    auth=AccessToken(VIEW),
    response=ErrorGroupPage,
)
def list_error_groups(
    request: ApiRequest, job_id: JobId, after: AfterName = "", limit: Limit = 100
) -> ErrorGroupPage:
    """Return what records fail for, group by group, the most frequent first.

    Before the run, it is what the dry run has found. With each are the corrections that may help;
    the group itself says whether they do.
    """
    job = find_job(job_id)
    found = skip_to(select_error_groups(job), after, lambda group: group.digest)
    shown, last = cut_page(found, limit, lambda group: group.digest)
    return ErrorGroupPage(
        error_groups=[ErrorGroupInfo(**_list_members(job, group)) for group in shown], next=last
    )


@router.get(
    "/{int:job_id}/error-groups/{digest}",
    auth=CorrectingToken(VIEW),
    response=ErrorGroupDetails,
    openapi_extra=list_refusals("wrong_state"),
)
def get_error_group(
    request: ApiRequest,
    job_id: JobId,
    digest: Annotated[
        str,
        Path(
            description="Id of the error group, 32 hexadecimal digits.", pattern=r"^[0-9a-f]{32}$"
        ),
    ],
) -> ErrorGroupDetails:
    """Return an error group with the corrections that help its first records.

    Each was tried on them without writing anything. Values of records are left away without the
    permission to see them.
    """
    job = find_job(job_id)
    group = find_error_group(job, digest)
    if group is None:
        raise Http404
    require_correctable(job)
    offers = list_offers(job, group, actor=request.user)
    may_see_values = request.user.has_perm(VALUES)
    return ErrorGroupDetails(
        **_list_members(job, group),
        offers=[
            _describe_offer(offer, job)
            for offer in offers.found
            if may_see_values or offer.kind.asks is not Asks.VALUES
        ],
    )


@router.get("/{int:job_id}/corrections", auth=AccessToken(VIEW), response=CorrectionPage)
def list_corrections(
    request: ApiRequest, job_id: JobId, after: AfterId = None, limit: Limit = 100
) -> CorrectionPage:
    """Return the corrections of a job in their order, with how many records have each."""
    made = map(_describe_made, select_corrections(find_job(job_id)))
    found = (each for each in made if each.number > (after or 0))
    shown, last = cut_page(found, limit, lambda each: each.number)
    return CorrectionPage(corrections=shown, next=last)


@router.post(
    "/{int:job_id}/corrections",
    auth=CorrectingToken(),
    response={202: CorrectedInfo},
    openapi_extra=list_refusals(
        "wrong_state",
        "approval_missing",
        "refused",
        "changed_meanwhile",
        "mapping_invalid",
        "correction_invalid",
    ),
)
def add_correction(request: ApiRequest, job_id: JobId, new: WrittenCorrection) -> CorrectedInfo:
    """Correct the records of an error group.

    Before the run, the run makes the correction, and the next dry run shows the result; no record
    need have failed yet. After the run, the records are retried with it.
    """
    job = find_job(job_id)
    imagined = imagine_group(new.group.problem)
    group = find_error_group(job, imagined.digest) or imagined
    retried = correct(job, group, new.choice, actor=request.user, shown=read_shown(request))
    return CorrectedInfo(retried=retried, job=describe_job(find_job(job_id)))


@router.delete(
    "/{int:job_id}/corrections/{int:number}",
    auth=CorrectingToken(),
    response={204: None},
    openapi_extra=list_refusals("wrong_state", "changed_meanwhile"),
)
def remove_correction(
    request: ApiRequest,
    job_id: JobId,
    number: Annotated[int, Path(description="Number of the correction in its job.")],
) -> None:
    """Let a correction hold no more; what was imported with it stays as it is."""
    job = find_job(job_id)
    if number not in {each["number"] for each in job.corrections}:
        raise Http404
    undo_correction(job, number, actor=request.user, shown=read_shown(request))


def _list_members(job: ImportJob, group: ErrorGroup) -> dict[str, Any]:
    options = ReaderOptions.from_json(job.reader_options)
    return {
        "error_group": group.digest,
        "group": WrittenGroup(**write_group(group.problem)),
        "count": group.count,
        "first_row": group.first_row,
        "problem": describe_problem(group.problem.to_json(), has_begun=job.has_begun),
        "corrections": [
            _describe_kind(kind, kind.make(group.problem, options), job)
            for kind in list_kinds(group.problem)
        ],
    }


def _describe_kind(kind: CorrectionKind, change: Change, job: ImportJob) -> CorrectionKindInfo:
    return CorrectionKindInfo(**_list_words(kind, change, job))


def _list_words(kind: CorrectionKind, change: Change, job: ImportJob) -> dict[str, Any]:
    words = kind.word(change, retries=job.has_begun)
    return {
        "correction": kind.name,
        "asks": kind.asks.value,
        "title": words.button,
        "label": words.label,
        "help": " ".join(filter(None, [words.text, words.help])),
        "warning": words.warning,
    }


def _describe_offer(offer: Offer, job: ImportJob) -> CorrectionOfferInfo:
    kind, trial = offer.kind, offer.trial
    choices = offer.changes if kind.asks is Asks.CHOICE else []
    values = offer.changes if kind.asks is Asks.VALUES else []
    return CorrectionOfferInfo(
        **_list_words(kind, offer.changes[0][0], job),
        choices=[
            OfferedChoice(value=each.value, label=kind.name_choice(each, helped), helps=helped)
            for each, helped in choices
        ],
        values=[OfferedValue(value=each.key, count=count) for each, count in values],
        trial=_describe_trial(trial, job) if trial else None,
    )


def _describe_trial(trial: Trial, job: ImportJob) -> TrialInfo:
    left = trial.left.to_json() if trial.left else None
    return TrialInfo(
        tried=trial.tried,
        corrected=trial.corrected,
        imported=trial.imported,
        skipped=trial.skipped,
        left=describe_problem(left, has_begun=job.has_begun) if left else None,
    )


def _describe_made(made: MadeCorrection) -> CorrectionInfo:
    correction = made.correction
    group = WrittenGroup(**correction.problem) if correction.is_for_run else None
    return CorrectionInfo(
        number=correction.number,
        correction=correction.kind,
        sentence=correction.sentence,
        group=group,
        attempt=correction.attempt,
        is_undone=correction.is_undone,
        statuses=made.statuses,
    )
