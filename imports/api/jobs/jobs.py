"""Jobs by API: a file becomes one, and is told how its columns are mapped."""

from __future__ import annotations

from typing import Annotated, Any

from django.core.files import File
from django.db.models import Q
from django.shortcuts import get_object_or_404
from ninja import File as FileParam
from ninja import Form, Path, Query, Router, UploadedFile
from ninja.errors import ValidationError as InvalidRequest
from pydantic import ValidationError

from imports.api.jobs.describing import describe_job
from imports.api.requests.access import (
    ADD,
    RUN,
    VIEW,
    VIEW_TEMPLATE,
    AccessToken,
    ApiRequest,
    demand,
    read_shown,
)
from imports.api.requests.bodies import parse_json, refuse_unstorable
from imports.api.requests.paging import AfterId, Limit, cut_page
from imports.api.requests.problems import ApiError
from imports.api.requests.refusals import FILE, list_refusals
from imports.api.schemas.jobs import (
    ActivityEntry,
    ActivityPage,
    JobInfo,
    JobPage,
    JobQuery,
    Limits,
    NewJob,
    Policies,
)
from imports.api.schemas.mapping import ColumnInfo, MappingInfo, NewMapping
from imports.api.schemas.records import MAX_ROW
from imports.core.inspection.inspection import Inspection
from imports.core.inspection.reading import read_chosen
from imports.core.providers import PROVIDERS
from imports.models import ImportJob
from imports.selectors.activity_log import list_activity_log
from imports.services.files.setup import Setup, map_job, set_up
from imports.services.files.uploads import copy_job, create_job
from imports.services.jobs import rate_limits
from imports.services.jobs.policies import save_policies

router = Router(tags=["jobs"])
JobId = Annotated[int, Path(description="Id of the job.")]
MAX_PAGE = 100


def describe_options() -> dict[str, Any]:
    """Return, for the OpenAPI document, that the form field `options` is the JSON of a NewJob."""
    schema = {"$ref": "#/components/schemas/NewJob"}
    options = {"contentMediaType": "application/json", "contentSchema": schema}
    content = {"multipart/form-data": {"schema": {"properties": {"options": options}}}}
    return {"requestBody": {"content": content}}


def find_job(job_id: int) -> ImportJob:
    """Return a job that is named in an address; raises Http404."""
    jobs = ImportJob.objects.select_related("created_by", "template_version__template")
    return (
        get_object_or_404(jobs, pk=job_id) if job_id <= MAX_ROW else get_object_or_404(jobs, pk=0)
    )


@router.post(
    "",
    auth=AccessToken(ADD),
    response={201: JobInfo},
    openapi_extra=describe_options()
    | list_refusals("provider_unknown", "reading_invalid", "policies_invalid", "refused", FILE),
)
def upload_file(
    request: ApiRequest,
    file: Annotated[
        UploadedFile, FileParam(description="The export, of any size; see docs/reading.md.")
    ],
    options: Annotated[str, Form(description="What is chosen about the job, as JSON.")] = "{}",
) -> JobInfo:
    """Make a job of a file, with the mapping that is given or suggested.

    When that lacks something, the job is a draft, and `unmapped` says what: correct it with
    PUT /jobs/{job_id}/mapping.
    """
    return make_job(request, file, _read_options(options))


@router.get("", auth=AccessToken(VIEW), response=JobPage)
def list_jobs(
    request: ApiRequest,
    query: Annotated[JobQuery, Query()],
    after: AfterId = None,
    limit: Annotated[
        int, Query(ge=1, le=MAX_PAGE, description=f"Most jobs on the page, up to {MAX_PAGE}.")
    ] = 20,
) -> JobPage:
    """Return jobs, newest first."""
    jobs = ImportJob.objects.select_related("created_by", "template_version__template")
    jobs = jobs.filter(**query.model_dump(include={"state", "provider"}, exclude_none=True))
    if query.search:
        jobs = jobs.filter(Q(name__icontains=query.search) | Q(file_name__icontains=query.search))
    jobs = jobs if after is None else jobs.filter(pk__lt=after)
    found = jobs.order_by("-pk").defer("inspection", "dry_run_report")[: limit + 1]
    shown, last = cut_page(found, limit, lambda job: job.pk)
    return JobPage(jobs=[describe_job(job, with_digest=False) for job in shown], next=last)


@router.get("/{int:job_id}/activity", auth=AccessToken(VIEW), response=ActivityPage)
def list_activity(
    request: ApiRequest, job_id: JobId, after: AfterId = None, limit: Limit = 100
) -> ActivityPage:
    """Return the activity log of a job, newest first: who did what, and when."""
    found = list_activity_log(find_job(job_id), before=after, limit=limit + 1)
    shown, last = cut_page(found, limit, lambda entry: entry.id)
    return ActivityPage(
        entries=[ActivityEntry.model_validate(each, from_attributes=True) for each in shown],
        next=last,
    )


@router.post(
    "/{int:job_id}/copies",
    auth=AccessToken(ADD),
    response={201: JobInfo},
    openapi_extra=list_refusals("changed_meanwhile", "refused", FILE),
)
def import_again(request: ApiRequest, job_id: JobId) -> JobInfo:
    """Make another job of the same file, with the same mapping and options."""
    return describe_job(copy_job(find_job(job_id), actor=request.user, shown=read_shown(request)))


@router.get("/{int:job_id}/mapping", auth=AccessToken(ADD), response=MappingInfo)
def get_mapping(request: ApiRequest, job_id: JobId) -> MappingInfo:
    """Return a job's mapping, and the columns that it can read."""
    job = find_job(job_id)
    columns = [
        ColumnInfo(
            name=column.name,
            filled=column.filled,
            shape=column.shape,
            looks_secret=column.looks_secret,
        )
        for column in Inspection.from_json(job.inspection).columns
    ]
    return MappingInfo(mapping=job.mapping, columns=columns)


@router.put(
    "/{int:job_id}/mapping",
    auth=AccessToken(ADD),
    response=JobInfo,
    openapi_extra=list_refusals(
        "mapping_invalid", "wrong_state", "changed_meanwhile", "refused", FILE
    ),
)
def save_mapping(request: ApiRequest, job_id: JobId, new: NewMapping) -> JobInfo:
    """Set a job's mapping and mode; its earlier dry run counts no more."""
    job = find_job(job_id)
    _check_template(request, new)
    map_job(job, _build_setup(new, Policies()), actor=request.user, shown=read_shown(request))
    return describe_job(job)


@router.put(
    "/{int:job_id}/policies",
    auth=AccessToken(ADD),
    response=JobInfo,
    openapi_extra=list_refusals("policies_invalid", "wrong_state", "changed_meanwhile"),
)
def set_policies(request: ApiRequest, job_id: JobId, policies: Policies) -> JobInfo:
    """Set what a job does about conflicts and with each field; see docs/conflicts.md."""
    save_policies(
        find_job(job_id),
        **policies.model_dump(mode="json"),
        actor=request.user,
        shown=read_shown(request),
    )
    return describe_job(find_job(job_id))


@router.put(
    "/{int:job_id}/limits",
    auth=AccessToken(RUN),
    response=JobInfo,
    openapi_extra=list_refusals("changed_meanwhile"),
)
def set_limits(request: ApiRequest, job_id: JobId, limits: Limits) -> JobInfo:
    """Set how fast a job writes and when it pauses automatically; counts at once."""
    rate_limits.set_limits(
        find_job(job_id), **limits.model_dump(), actor=request.user, shown=read_shown(request)
    )
    return describe_job(find_job(job_id))


def make_job(request: ApiRequest, file: File[bytes], new: NewJob) -> JobInfo:
    """Return a new job of a file as it was asked for."""
    chosen = _read_reading(new)
    setup = _build_setup(new, new.policies)
    _check_template(request, new)
    setup.check()
    provider = new.provider or setup.find_provider()
    job = create_job(file, actor=request.user, name=new.name, chosen=chosen, provider=provider)
    unmapped = set_up(job, setup, actor=request.user)
    rate_limits.set_limits(job, **new.limits.model_dump(), actor=request.user)
    return describe_job(job, unmapped=unmapped)


def _build_setup(new: NewMapping, policies: Policies) -> Setup:
    return Setup(
        mode=new.mode,
        mapping=new.mapping,
        template=new.template,
        answers=new.answers,
        chunk_rows=new.chunk_rows,
        **policies.model_dump(mode="json"),
    )


def _read_options(written: str) -> NewJob:
    try:
        refuse_unstorable(parse_json(written), "options")
        return NewJob.model_validate_json(written)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_context=False, include_url=False)
        raise InvalidRequest(
            [{**fault, "loc": ("options", *fault["loc"])} for fault in faults]
        ) from None
    except ValueError as error:
        fault = {"loc": ("options",), "msg": f"It is not JSON: {error}", "type": "json_invalid"}
        raise InvalidRequest([fault]) from None


def _read_reading(new: NewJob) -> dict[str, object]:
    """Return the reading options; refuse unknown ones."""
    if new.provider and new.provider not in PROVIDERS:
        raise ApiError(
            422,
            "provider_unknown",
            "Unknown source system",
            f"The source systems are: {', '.join(PROVIDERS)}. Omit the field to detect the "
            "source system.",
        )
    try:
        return read_chosen(new.read)
    except ValueError as error:
        raise ApiError(
            422, "reading_invalid", "The file cannot be read this way", str(error)
        ) from None


def _check_template(request: ApiRequest, new: NewMapping) -> None:
    if new.template:
        demand(request.user, VIEW_TEMPLATE)
