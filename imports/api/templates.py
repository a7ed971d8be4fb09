"""Mapping templates by API: kept from a job, listed, and exchanged as the JSON files they are."""

from __future__ import annotations

from typing import Annotated, Any

from django.shortcuts import get_object_or_404
from ninja import Path, Router

from imports.api.jobs.jobs import JobId, find_job
from imports.api.requests.access import ADD, ADD_TEMPLATE, VIEW_TEMPLATE, AccessToken, ApiRequest
from imports.api.requests.paging import AfterName, Limit, Search, cut_page
from imports.api.requests.refusals import list_refusals
from imports.api.schemas.mapping import NewTemplate, TemplateInfo, TemplatePage
from imports.core.mapping.templates import TemplateFile
from imports.models import TemplateVersion
from imports.services.mapping import templates

router = Router(tags=["templates"])
job_router = Router(tags=["templates"])


@router.get("", auth=AccessToken(VIEW_TEMPLATE), response=TemplatePage)
def list_templates(
    request: ApiRequest, search: Search = "", after: AfterName = "", limit: Limit = 100
) -> TemplatePage:
    """Return the latest version of every template, by name."""
    found = (
        version
        for version in templates.list_latest()
        if version.template.name > after and search.casefold() in version.template.name.casefold()
    )
    shown, last = cut_page(found, limit, lambda version: version.template.name)
    return TemplatePage(templates=[_describe(version) for version in shown], next=last)


@router.post(
    "",
    auth=AccessToken(ADD_TEMPLATE),
    response={201: TemplateInfo},
    openapi_extra=list_refusals("refused"),
)
def import_template(request: ApiRequest, file: TemplateFile) -> TemplateInfo:
    """Keep a template that was exported; the same one sent twice makes one version."""
    version = templates.add_version(
        file.name, file.mapping, file.columns, actor=request.user, description=file.description
    )
    return _describe(version)


@router.get("/{int:version_id}", auth=AccessToken(VIEW_TEMPLATE), response=TemplateFile)
def export_template(
    request: ApiRequest,
    version_id: Annotated[int, Path(description="Id of the version, from the list of templates.")],
) -> Any:
    """Return a version as the file that POST /templates takes."""
    versions = TemplateVersion.objects.select_related("template")
    version = get_object_or_404(versions, pk=min(version_id, 2**63 - 1))
    return TemplateFile.model_validate_json(templates.export_template(version))


@job_router.post(
    "/{int:job_id}/templates",
    auth=AccessToken(ADD, ADD_TEMPLATE),
    response={201: TemplateInfo},
    openapi_extra=list_refusals("refused"),
)
def save_template(request: ApiRequest, job_id: JobId, new: NewTemplate) -> TemplateInfo:
    """Keep a job's mapping under a name, as a new version where there is one of that name."""
    version = templates.save_template(
        find_job(job_id), new.name, actor=request.user, description=new.description
    )
    return _describe(version)


def _describe(version: TemplateVersion) -> TemplateInfo:
    return TemplateInfo(
        id=version.pk,
        name=version.template.name,
        version=version.number,
        description=version.template.description,
        columns=len(version.columns),
        created_at=version.created_at,
    )
