"""Attribute definitions by API: listed, read, created, changed, deleted."""

from __future__ import annotations

from typing import Annotated

from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404
from ninja import Path, Router

from accounts.models import AttributeDefinition
from accounts.services import groups as services
from imports.api.requests.access import AccessToken, ApiRequest
from imports.api.requests.changes import apply, require_unchanged
from imports.api.requests.paging import AfterName, Limit, Search, cut_page
from imports.api.requests.refusals import list_refusals
from imports.api.schemas.users import AttributeChange, AttributeInfo, AttributePage, NewAttribute

router = Router(tags=["attribute definitions"])
PERMISSION = "accounts.{}_attributedefinition"
Name = Annotated[str, Path(description="Name of the attribute.", max_length=100)]
CHANGES = list_refusals("changed_meanwhile")


@router.get("", auth=AccessToken(PERMISSION.format("view")), response=AttributePage)
def list_attributes(
    request: ApiRequest, search: Search = "", after: AfterName = "", limit: Limit = 100
) -> AttributePage:
    """Return the definitions of custom attributes, by name."""
    found = AttributeDefinition.objects.filter(name__gt=after)
    if search:
        found = found.filter(Q(name__icontains=search) | Q(label__icontains=search))
    shown, last = cut_page(found.order_by("name"), limit, lambda each: each.name)
    return AttributePage(attributes=[_describe(each) for each in shown], next=last)


@router.get("/{name}", auth=AccessToken(PERMISSION.format("view")), response=AttributeInfo)
def get_attribute(request: ApiRequest, name: Name) -> AttributeInfo:
    """Return the definition of an attribute."""
    return _describe(get_object_or_404(AttributeDefinition, name=name))


@router.post("", auth=AccessToken(PERMISSION.format("add")), response={201: AttributeInfo})
def create_attribute(request: ApiRequest, new: NewAttribute) -> AttributeInfo:
    """Define an attribute."""
    definition = AttributeDefinition()
    apply(new, definition)
    services.save_attribute(definition, actor=request.user)
    return _describe(definition)


@router.patch(
    "/{name}",
    auth=AccessToken(PERMISSION.format("change")),
    response=AttributeInfo,
    openapi_extra=CHANGES,
)
def change_attribute(request: ApiRequest, name: Name, changes: AttributeChange) -> AttributeInfo:
    """Change a definition; what is not sent stays, and so do its name and type."""
    with transaction.atomic():
        definition = _lock(request, name)
        apply(changes, definition)
        services.save_attribute(definition, actor=request.user)
        return _describe(definition)


@router.delete(
    "/{name}",
    auth=AccessToken(PERMISSION.format("delete")),
    response={204: None},
    openapi_extra=CHANGES,
)
def delete_attribute(request: ApiRequest, name: Name) -> None:
    """Delete a definition; users keep their values, which nothing checks any more."""
    with transaction.atomic():
        services.delete(_lock(request, name), actor=request.user)


def _lock(request: ApiRequest, name: str) -> AttributeDefinition:
    locked = AttributeDefinition.objects.select_for_update()
    definition: AttributeDefinition = get_object_or_404(locked, name=name)
    require_unchanged(request, _describe(definition))
    return definition


def _describe(definition: AttributeDefinition) -> AttributeInfo:
    return AttributeInfo.model_validate(definition, from_attributes=True)
