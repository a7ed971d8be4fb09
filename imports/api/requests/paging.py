"""Pages of lists: at most `limit` objects, from behind the last one of the page before.

Each page costs the same, however far a list goes, and none is skipped or repeated because of what
came or went meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Annotated, TypeVar

from ninja import Query
from ninja.errors import ValidationError

from imports.api.schemas.records import MAX_ROW

MAX_PAGE = 1000
MAX_NAME = 300
Item = TypeVar("Item")
Key = TypeVar("Key", int, str)

Limit = Annotated[
    int, Query(ge=1, le=MAX_PAGE, description=f"Most entries on the page, up to {MAX_PAGE:,}.")
]
AfterId = Annotated[
    int | None,
    Query(ge=0, le=MAX_ROW, description="`next` of the page before. Null: from the beginning."),
]
AfterName = Annotated[
    str,
    Query(max_length=MAX_NAME, description="`next` of the page before. Empty: the first page."),
]
Search = Annotated[
    str, Query(max_length=300, description="Part of the name or key. Empty: all of them.")
]


def cut_page(
    found: Iterable[Item], limit: int, get_key: Callable[[Item], Key]
) -> tuple[list[Item], Key | None]:
    """Return the entries of a page, and what the next one begins behind; None on the last page."""
    # One more than is answered tells whether there are more.
    listed = list(islice(found, limit + 1))
    return listed[:limit], get_key(listed[limit - 1]) if len(listed) > limit else None


def skip_to(found: Iterable[Item], after: str, get_key: Callable[[Item], str]) -> Iterable[Item]:
    """Return what comes behind an entry in a list with an order of its own.

    Raises ValidationError where the entry is not in the list any more.
    """
    listed = list(found)
    if not after:
        return listed
    keys = [get_key(each) for each in listed]
    if after not in keys:
        message = "The entry is no longer in the list. Begin with the first page."
        raise ValidationError([{"loc": ("query", "after"), "msg": message, "type": "value_error"}])
    return listed[keys.index(after) + 1 :]
