"""Tell from what stands around a list of records whether there are more than the file has.

The names are those of SCIM (RFC 7644, 3.4.2), OData, Auth0, Okta, Stripe, Spring Data, Django REST
framework, Relay, HAL, JSON:API, AWS, Google, Slack and Ping, as their APIs answer page by page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from imports.core.values.names import fold_name

Members = Mapping[tuple[str, ...], list[Any]]

NEXT = frozenset(
    {
        "continuation",
        "continuationtoken",
        "continuetoken",
        "deltanext",
        "lastevaluatedkey",
        "next",
        "nextcursor",
        "nexthref",
        "nextid",
        "nextkey",
        "nextlink",
        "nextmarker",
        "nextoffset",
        "nextpage",
        "nextpageid",
        "nextpagelink",
        "nextpagetoken",
        "nextpageurl",
        "nextrecordsurl",
        "nextsince",
        "nextstart",
        "nextstartindex",
        "nexttoken",
        "nexturl",
        "odatanextlink",
        "pagedresultscookie",
        "paginationtoken",
        "scrollid",
        "skiptoken",
        "startingafter",
    }
)
# What some APIs give on the last page, too; a flag or total that says so is believed.
CURSORS = frozenset(
    {
        "after",
        "bookmark",
        "cursor",
        "endcursor",
        "marker",
        "nextresults",
        "pagetoken",
    }
)
FLAGS = frozenset(
    {
        "hasmore",
        "hasmoreitems",
        "hasmorepages",
        "hasmorerecords",
        "hasmoreresults",
        "hasnext",
        "hasnextpage",
        "incomplete",
        "incompleteresults",
        "istruncated",
        "more",
        "moreavailable",
        "morepages",
        "morerecords",
        "moreresults",
        "partial",
        "truncated",
    }
)
LAST_FLAGS = frozenset(
    {
        "done",
        "final",
        "finalpage",
        "islast",
        "islastpage",
        "last",
    }
)
TOTALS = frozenset(
    {
        "count",
        "itemcount",
        "numfound",
        "numresults",
        "odatacount",
        "recordcount",
        "recordstotal",
        "resultcount",
        "rowcount",
        "total",
        "totalcount",
        "totalelements",
        "totalentries",
        "totalhits",
        "totalitems",
        "totalmembers",
        "totalpagedresults",
        "totalrecords",
        "totalresult",
        "totalresults",
        "totalrows",
        "totalsize",
        "totalusers",
        "usercount",
        "userscount",
    }
)
PAGES = frozenset(
    {
        "lastpage",
        "numpages",
        "pagecount",
        "pages",
        "pagestotal",
        "totalpages",
    }
)
LEFT = frozenset({"remainingpagedresults"})
STARTS = {"startindex": 1, "start": 0, "offset": 0, "skip": 0}
NUMBERS = frozenset(
    {
        "currentpage",
        "page",
        "pageindex",
        "pageno",
        "pagenumber",
    }
)
# A link in an object of its own, as HAL and JSON:API write it.
LINKS = frozenset({"href", "url"})


def find_more(members: Members, rows: int, pages: int) -> Iterator[str]:
    """Yield in words each sign that the file is not everybody.

    `members` are the values of each plain member around the list, in the order of the file, where
    it has `pages` of them; `rows` are the records of all pages. No sign quotes a link or token.
    """
    found = [(fold_name(path[-1]), path, values) for path, values in members.items() if path]
    more = [said for name, path, values in found for said in _read(name, path, values, rows, pages)]
    if not _is_said_to_end(found, rows):
        more += [
            f"“{'.'.join(path)}” is not empty"
            for name, path, values in found
            if name in CURSORS and is_filled(values[-1])
        ]
    yield from dict.fromkeys(more)


def _read(
    name: str, path: tuple[str, ...], values: list[Any], rows: int, pages: int
) -> Iterator[str]:
    shown, last = ".".join(path), values[-1]
    if name in LINKS and len(path) > 1:
        name = fold_name(path[-2])
    if name in NEXT and is_filled(last):
        yield f"“{shown}” leads to the next page"
    elif (name in FLAGS and read_flag(last) is True) or (
        name in LAST_FLAGS and read_flag(last) is False
    ):
        yield f"“{shown}” is {str(read_flag(last)).lower()}"
    elif name in TOTALS and (total := max(map(read_number, values))) > rows:
        yield f"“{shown}” is {total:,}, and the file has {rows:,}"
    elif name in PAGES and (total := max(map(read_number, values))) > pages:
        yield f"“{shown}” is {total:,}, and the file has {pages:,}"
    elif name in LEFT and (left := read_number(last)):
        yield f"“{shown}” is {left:,}"
    elif name in STARTS and (start := read_number(values[0])) > STARTS[name]:
        yield f"“{shown}” is {start:,}: the records before are on other pages"
    elif name in NUMBERS and (number := read_number(values[0])) > 1:
        yield f"“{shown}” is {number:,}: the records before are on other pages"


def _is_said_to_end(found: list[tuple[str, tuple[str, ...], list[Any]]], rows: int) -> bool:
    """Return whether a flag or total says that there is nothing after the last page."""
    return any(
        (name in FLAGS and read_flag(values[-1]) is False)
        or (name in TOTALS and rows and read_number(values[-1]) == rows)
        or (name in LAST_FLAGS and read_flag(values[-1]) is True)
        for name, _, values in found
    )


def is_filled(value: Any) -> bool:
    """Return whether a link, token or cursor is there; -1, as some write, is none."""
    text = str(value).strip().lower()
    return value not in (None, False, 0, -1) and text not in ("", "null", "none", "false", "-1")


def read_flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value))


def read_number(value: Any) -> int:
    """Return a count, be it written as text; 0 for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return 0
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
