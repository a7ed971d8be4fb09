"""What can be imported, by API: source systems and password formats."""

from __future__ import annotations

from typing import Annotated

from django.http import Http404
from ninja import Path, Router

from accounts.hashing.contract import Format
from accounts.hashing.registry import FORMATS
from imports.api.requests.access import VIEW, AccessToken, ApiRequest
from imports.api.requests.paging import AfterName, Limit, Search, cut_page
from imports.api.schemas.catalogues import (
    FormatInfo,
    FormatPage,
    ParameterInfo,
    ProviderInfo,
    ProviderPage,
)
from imports.core.providers import PROVIDERS
from imports.core.providers.contract import Provider

providers = Router(tags=["catalogues"])
formats = Router(tags=["catalogues"])


@providers.get("", auth=AccessToken(VIEW), response=ProviderPage)
def list_providers(
    request: ApiRequest, search: Search = "", after: AfterName = "", limit: Limit = 100
) -> ProviderPage:
    """Return the source systems whose exports are read, by name."""
    found = (
        each
        for name, each in sorted(PROVIDERS.items())
        if name > after and _contains(search, each.name, each.label)
    )
    shown, last = cut_page(found, limit, lambda each: each.name)
    return ProviderPage(providers=[_describe_provider(each) for each in shown], next=last)


@providers.get("/{name}", auth=AccessToken(VIEW), response=ProviderInfo)
def get_provider(
    request: ApiRequest, name: Annotated[str, Path(description="Name of the source system.")]
) -> ProviderInfo:
    """Return a source system."""
    if name not in PROVIDERS:
        raise Http404
    return _describe_provider(PROVIDERS[name])


@formats.get("", auth=AccessToken(VIEW), response=FormatPage)
def list_formats(
    request: ApiRequest, search: Search = "", after: AfterName = "", limit: Limit = 100
) -> FormatPage:
    """Return the password formats whose hashes are verified, by id."""
    found = (
        each
        for each in sorted(FORMATS.values(), key=lambda each: each.id)
        if each.id > after and _contains(search, each.id, each.label, each.emitted_by)
    )
    shown, last = cut_page(found, limit, lambda each: each.id)
    return FormatPage(formats=[_describe_format(each) for each in shown], next=last)


@formats.get("/{format_id}", auth=AccessToken(VIEW), response=FormatInfo)
def get_format(
    request: ApiRequest, format_id: Annotated[str, Path(description="Id of the format.")]
) -> FormatInfo:
    """Return a password format."""
    if format_id not in FORMATS:
        raise Http404
    return _describe_format(FORMATS[format_id])


def _contains(search: str, *texts: str) -> bool:
    return not search or any(search.casefold() in text.casefold() for text in texts)


def _describe_provider(provider: Provider) -> ProviderInfo:
    return ProviderInfo(
        name=provider.name,
        label=provider.label,
        how_to_export=provider.how_to_export,
        lacks=list(provider.lacks),
    )


def _describe_format(found: Format) -> FormatInfo:
    return FormatInfo(
        id=found.id,
        label=found.label,
        emitted_by=found.emitted_by,
        parameters=[
            ParameterInfo(name=each.name, help=each.help, required=each.required)
            for each in found.parameters
        ],
        notes=found.notes,
    )
