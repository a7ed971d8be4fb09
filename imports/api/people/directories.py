"""Legacy directories by API: listed, read, and asked for more or less."""

from __future__ import annotations

from typing import Annotated

from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router

from imports.api.requests.access import AccessToken, ApiRequest, read_shown
from imports.api.requests.paging import AfterId, Limit, Search, cut_page
from imports.api.requests.refusals import list_refusals
from imports.api.schemas.migration import DirectoryInfo, DirectoryPage, NewDirectoryMode
from imports.models import DirectoryMode, LegacyDirectory
from imports.services.directories.directories import change_mode
from imports.services.directories.shown import write_directory

router = Router(tags=["legacy directories"])
VIEW, CHANGE = "imports.view_legacydirectory", "imports.change_legacydirectory"
DirectoryId = Annotated[int, Path(description="Id of the directory.", le=2**63 - 1)]


@router.get("", auth=AccessToken(VIEW), response=DirectoryPage)
def list_directories(
    request: ApiRequest,
    mode: Annotated[
        DirectoryMode | None, Query(description="Only directories in this mode.")
    ] = None,
    search: Search = "",
    after: AfterId = None,
    limit: Limit = 100,
) -> DirectoryPage:
    """Return legacy directories, by id."""
    found = LegacyDirectory.objects.filter(name__icontains=search, pk__gt=after or 0)
    found = found.filter(mode=mode) if mode else found
    shown, last = cut_page(
        found.select_related("job").order_by("pk"), limit, lambda directory: directory.pk
    )
    return DirectoryPage(directories=[_describe(each) for each in shown], next=last)


@router.get("/{int:directory_id}", auth=AccessToken(VIEW), response=DirectoryInfo)
def get_directory(request: ApiRequest, directory_id: DirectoryId) -> DirectoryInfo:
    """Return a legacy directory."""
    return _describe(_find(directory_id))


@router.put(
    "/{int:directory_id}/mode",
    auth=AccessToken(CHANGE),
    response=DirectoryInfo,
    openapi_extra=list_refusals("refused", "wrong_state", "changed_meanwhile"),
)
def set_directory_mode(
    request: ApiRequest, directory_id: DirectoryId, new: NewDirectoryMode
) -> DirectoryInfo:
    """Set what a directory is asked for; closing it erases its secret."""
    directory = _find(directory_id)
    change_mode(directory, new.mode, actor=request.user, shown=read_shown(request))
    return _describe(_find(directory_id))


def _find(directory_id: int) -> LegacyDirectory:
    directories = LegacyDirectory.objects.select_related("job")
    directory: LegacyDirectory = get_object_or_404(directories, pk=directory_id)
    return directory


def _describe(directory: LegacyDirectory) -> DirectoryInfo:
    return DirectoryInfo(
        id=directory.pk,
        name=directory.name,
        kind=directory.kind,
        mode=DirectoryMode(directory.mode),
        position=directory.position,
        source=directory.source,
        url=directory.url,
        email_domains=directory.email_domains,
        job=directory.job_id,
        digest=write_directory(directory),
    )
