"""Where the library reads and writes resources: the users and groups of a connection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol, cast

from django.db.models import QuerySet
from scim2_models import (
    InvalidCursorException,
    NotFoundException,
    Resource,
    ResourceType,
    ResponseParameters,
    ScimFilter,
    SearchRequest,
    TooManyException,
)
from scim2_models.path import FilterNode
from scim2_server.storage import ScimStorage, SearchPage

from imports.models import Connection
from interfaces.scim.access import require_permission
from interfaces.scim.groups import Groups
from interfaces.scim.models import USER_MODEL, ScimGroup
from interfaces.scim.resources import USER, Composer
from interfaces.scim.users import Users

# The most resources that are looked at one by one for one search.
MOST_CANDIDATES = 10_000
# Beyond it the database cannot skip.
LAST_ROW = 2**62
ANY_FILTER: Any = cast(Any, ScimFilter)[USER_MODEL | ScimGroup]


class Kind(Protocol):
    """The resources of one type, stored in rows of a table each."""

    view_permission: str

    def select(self, node: FilterNode | None) -> QuerySet[Any]: ...
    def compose(self, rows: Iterable[Any], request: Any) -> list[Any]: ...
    def read(self, resource_id: str, parameters: Any) -> Resource[Any] | None: ...
    def create(self, resource: Any) -> Resource[Any]: ...
    def update(self, resource: Any) -> Resource[Any]: ...
    def delete(self, resource_id: str) -> None: ...


class Storage(ScimStorage):
    """The resources that one request reads and writes; made for each."""

    supports_cursors = True

    def __init__(self, connection: Connection) -> None:
        composer = Composer(connection)
        self.connection = connection
        self.users = Users(connection, composer)
        self.groups = Groups(connection, self.users)

    def _pick(self, resource_type: ResourceType) -> Kind:
        return self.users if resource_type.name == USER else self.groups

    def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        kind = self._pick(resource_type)
        require_permission(self.connection, kind.view_permission)
        found = kind.read(resource_id, response_parameters)
        if found is None:
            raise NotFoundException(
                detail=f"There is no {resource_type.name} with the id “{resource_id}”."
            )
        return found

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        return self._pick(resource_type).create(resource)

    def update(
        self,
        resource_type: ResourceType,
        resource: Resource[Any],
        *,
        expected_version: str | None = None,
    ) -> Resource[Any]:
        return self._pick(resource_type).update(resource)

    def delete(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        expected_version: str | None = None,
    ) -> None:
        self._pick(resource_type).delete(resource_id)

    def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,
    ) -> SearchPage:
        kinds = [self._pick(each) for each in resource_types]
        for kind in kinds:
            require_permission(self.connection, kind.view_permission)
        is_plain = search_request.filter is None and search_request.sort_by is None
        if is_plain and len(kinds) == 1:
            return _read_page(kinds[0], search_request, position)
        return _sort_page(_match(kinds, search_request), search_request, position)


def _read_page(kind: Kind, request: SearchRequest[Any], position: Any) -> SearchPage:
    """Return a page in the order in which the resources were made, read as such."""
    rows = kind.select(None)
    count = request.count or 0
    if request.cursor is None:
        start = min(request.start_index_0 or 0, LAST_ROW)
        return SearchPage(rows.count(), kind.compose(rows[start : start + count], request))
    direction, key = _read_position(position)
    if direction == "previous":
        found = list(rows.filter(pk__lt=key).order_by("-pk")[:count])[::-1]
    else:
        found = list(rows.filter(pk__gt=key)[:count])
    page = SearchPage(rows.count(), kind.compose(found, request))
    if found:
        if rows.filter(pk__gt=found[-1].pk).exists():
            page.next = ["next", found[-1].pk]
        if rows.filter(pk__lt=found[0].pk).exists():
            page.previous = ["previous", found[0].pk]
    return page


def _match(kinds: Sequence[Kind], request: SearchRequest[Any]) -> list[Resource[Any]]:
    """Return the resources that a filter matches, of one kind after the other."""
    candidates: list[Resource[Any]] = []
    for kind in kinds:
        rows = kind.select(request.filter.ast if request.filter else None)
        found = list(rows[: MOST_CANDIDATES + 1 - len(candidates)])
        candidates += kind.compose(found, request)
    if len(candidates) > MOST_CANDIDATES:
        raise TooManyException(
            detail=f"More than {MOST_CANDIDATES:,} resources would have to be looked at. Filter by"
            " id, userName, externalId, emails or displayName with “eq”, or page through all of"
            " them without filter and sortBy."
        )
    if request.filter is None:
        return candidates
    matches = ANY_FILTER(str(request.filter)).match
    return [each for each in candidates if matches(each)]


def _sort_page(
    found: list[Resource[Any]], request: SearchRequest[Any], position: Any
) -> SearchPage:
    """Return a page of resources that are all there, by what they are sorted by, then their id.

    A position is that of the resource at which a page begins, whether or not it is still there.
    """
    is_down = request.sort_order == SearchRequest.SortOrder.descending
    keyed = sorted(
        ((_name_place(each, request), each) for each in found),
        key=lambda pair: pair[0],
        reverse=is_down,
    )
    ordered, keys = [each for _, each in keyed], [key for key, _ in keyed]
    count = request.count or 0
    if request.cursor is None:
        start = request.start_index_0 or 0
        return SearchPage(len(ordered), ordered[start : start + count])
    direction, place = _read_position(position)
    start, end = 0, count
    if place:
        key = (bool(place[0]), place[1], str(place[2]))
        earlier = sum(each > key if is_down else each < key for each in keys)
        if direction == "previous":
            start, end = max(0, earlier - count), earlier
        else:
            start = earlier + keys.count(key)
            end = start + count
    page = SearchPage(len(ordered), ordered[start:end])
    if page.resources and end < len(ordered):
        page.next = ["next", keys[end - 1]]
    if page.resources and start:
        page.previous = ["previous", keys[start]]
    return page


def _name_place(resource: Resource[Any], request: SearchRequest[Any]) -> tuple[bool, Any, str]:
    """Return where a resource belongs, in a form that JSON can hold: without a value last."""
    value = request.sort_value(resource)
    if isinstance(value, datetime):
        value = value.astimezone(UTC).isoformat()
    return value is None, "" if value is None else value, str(resource.id)


def _read_position(position: Any) -> tuple[str, Any]:
    """Return the direction and the key at which a page begins, or ends before."""
    if position is None:
        return "next", 0
    if not (isinstance(position, list) and len(position) == 2):
        raise InvalidCursorException
    return position[0], position[1]
