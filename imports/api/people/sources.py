"""Sources by API: how the users of each are getting on."""

from __future__ import annotations

from typing import Annotated

from django.http import Http404
from ninja import Path, Router

from imports.api.requests.access import VIEW, AccessToken, ApiRequest
from imports.api.requests.paging import AfterName, Limit, cut_page, skip_to
from imports.api.schemas.sources import DayInfo, SourceInfo, SourcePage
from imports.models import SourceDay
from imports.selectors import sources

router = Router(tags=["sources"])


@router.get("", auth=AccessToken(VIEW), response=SourcePage)
def list_sources(request: ApiRequest, after: AfterName = "", limit: Limit = 100) -> SourcePage:
    """Return the latest count of every source, the largest first."""
    found = skip_to(sources.list_sources(), after, lambda day: day.source)
    shown, last = cut_page(found, limit, lambda day: day.source)
    return SourcePage(sources=[_describe(day) for day in shown], next=last)


@router.get("/{path:source}", auth=AccessToken(VIEW), response=SourceInfo)
def get_source(
    request: ApiRequest,
    source: Annotated[str, Path(description="Name of the source, from the list of sources.")],
) -> SourceInfo:
    """Return how a source's users have signed in day by day, and when they will have."""
    found = sources.get_source(source)
    if found is None:
        raise Http404
    forecast = found.forecast
    return SourceInfo(
        latest=_describe(found.latest),
        days=[_describe(day) for day in found.days],
        half_life_days=forecast.half_life_days if forecast else None,
        expected={f"{share:g}": day for share, day in forecast.until.items()} if forecast else {},
    )


def _describe(day: SourceDay) -> DayInfo:
    return DayInfo.model_validate(day, from_attributes=True)
