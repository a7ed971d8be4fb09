"""The dry run's report of a whole file: what its page shows, small whatever the file's size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar, cast

import orjson

from imports.core.decisions import build_decisions
from imports.core.dry_run.causes import find_root_cause
from imports.core.dry_run.damage import find_lost_zeros
from imports.core.dry_run.findings import Findings
from imports.core.dry_run.sensitive import MIN_HITS, SHARE, SPECIAL_NAME
from imports.core.dry_run.shapes import (
    Difference,
    ErrorGroup,
    Example,
    FailingGroup,
    FieldCount,
    FileReport,
)
from imports.core.dry_run.tally import Found
from imports.core.problems import of_columns
from imports.core.records.targets import get_label

VALUES = frozenset({"value", "old", "new"})
# Error groups that decide. Those of further ones are found in the results.
MAX_ERROR_GROUPS = 100
Report = TypeVar("Report", bound=FileReport)
Group = TypeVar("Group", ErrorGroup, Difference)


def build_report(found: Findings) -> FileReport:
    """Return the report as JSON: lists of error groups, each with its count and first examples."""
    return {
        "unchanged": found.unchanged,
        "matches": [
            {"key": key, "values": values, "users": users}
            for key, (values, users) in found.matches.items()
        ],
        "root_cause": find_root_cause(found.causes, found.planned),
        "passwords": found.passwords.to_json(),
        "problems": [_write_error_group(*item) for item in found.problems.list_ranked()],
        "error_groups": list(_list_failing(found)),
        "corrected": _count_corrected(found),
        "decisions": build_decisions((key, each.count) for key, each in found.decisions),
        "columns": [*_list_missing(found), *_list_columns(found)],
        "fields": _list_fields(found),
        "differences": [
            {"field": name, "count": each.count, "examples": each.examples}
            for name, each in found.differences.list_ranked()
        ],
        "lost": [(column, each.count) for column, each in found.lost.list_ranked()],
        "lost_parts": [(part, each.count) for part, each in found.lost_parts.list_ranked()],
        "unread": found.unread.list_unread(),
        "memberships": [(column, each.count) for column, each in found.memberships.list_ranked()],
        "people": found.people.to_json(),
        "disabled_by": list(_list_disabling(found)),
    }


def _list_disabling(found: Findings) -> Iterator[tuple[str, str, int]]:
    for error_group, each in found.disabled_by.list_ranked():
        column, _, value = error_group.partition("\n")
        yield column, value, each.count


def _list_failing(found: Findings) -> Iterator[FailingGroup]:
    """Yield the error groups that decide what fails, with how many records and the first rows."""
    ranked = [(orjson.loads(group), each) for group, each in found.failing.list_ranked()]
    groups_of = Counter(group["code"] for group, _ in ranked)
    # Beside others of its code, one that has nothing but the code stands for all further ones.
    told_apart = (pair for pair in ranked if len(pair[0]) > 1 or groups_of[pair[0]["code"]] == 1)
    for group, each in islice(told_apart, MAX_ERROR_GROUPS):
        shared: FailingGroup = group
        yield {**shared, "count": each.count, "rows": each.examples}


def _count_corrected(found: Findings) -> dict[str, dict[str, int]]:
    """Return by the number of each correction how many records are to be created, to fail, ..."""
    counts: dict[str, dict[str, int]] = {}
    for key, each in found.corrected:
        number, action = key.split("\n")
        counts.setdefault(number, {})[action] = each.count
    return counts


def forget_people(report: Report) -> Report:
    """Return a report without anybody's data: of its examples only the row numbers stay."""
    return _keep_of_examples(report, lambda name: name == "row")


def hide_values(report: Report) -> Report:
    """Return a report as those may see it who may not see the values of records."""
    return _keep_of_examples(report, lambda name: name not in VALUES)


def _keep_of_examples(report: Report, is_kept: Callable[[str], bool]) -> Report:
    cut = report.copy()
    cut["problems"] = [_keep_of_group(group, is_kept) for group in report["problems"]]
    cut["columns"] = [_keep_of_group(group, is_kept) for group in report["columns"]]
    cut["differences"] = [_keep_of_group(group, is_kept) for group in report["differences"]]
    return cut


def _keep_of_group(group: Group, is_kept: Callable[[str], bool]) -> Group:
    cut = group.copy()
    cut["examples"] = [
        cast(Example, {name: value for name, value in example.items() if is_kept(name)})
        for example in group["examples"]
    ]
    return cut


def _write_error_group(error_group: str, found: Found) -> ErrorGroup:
    shared: ErrorGroup = orjson.loads(error_group)
    return {**shared, "count": found.count, "examples": found.examples}


def _list_fields(found: Findings) -> list[FieldCount]:
    """Return for each target field in how many records a value stands, and arrives."""
    targets = dict.fromkeys([*(name for name, _ in found.arrived), *(n for n, _ in found.missing)])
    return [
        {
            "field": target,
            "stands": found.arrived[target] + found.missing[target],
            "arrives": found.arrived[target],
        }
        for target in targets
    ]


def _list_missing(found: Findings) -> Iterator[ErrorGroup]:
    """Yield the target fields at which fewer values arrive than stand, in the form of problems."""
    for target, each in found.missing.list_ranked():
        arrived = found.arrived[target]
        params = {
            "label": get_label(target) if target else "Further fields",
            "stands": arrived + each.count,
            "arrives": arrived,
        }
        yield {
            "code": of_columns.VALUES_MISSING.code,
            "field": target,
            "params": params,
            "count": each.count,
            "examples": each.examples,
        }


def _list_columns(found: Findings) -> Iterator[ErrorGroup]:
    """Yield what is wrong with whole columns, in the form of problems."""
    for error_group, each in found.damage.list_ranked():
        yield _write_error_group(error_group, each)
    for column, lengths in found.lengths.items():
        count, row, length = find_lost_zeros(lengths)
        if count:
            params = {"length": length}
            yield _describe(
                of_columns.COLUMN_LOST_ZEROS.code, column, count, [{"row": row}], params
            )
    for column, each in found.cards:
        if column and each.count >= SHARE * found.card_like[column]:
            yield _describe(of_columns.COLUMN_CARDS.code, column, each.count, each.examples)
    yield from _list_national_ids(found)
    for tally in (found.filled, found.lost):
        for column, each in tally:
            if SPECIAL_NAME.search(column):
                yield _describe(of_columns.COLUMN_SPECIAL.code, column, each.count)


def _list_national_ids(found: Findings) -> Iterator[ErrorGroup]:
    for key, each in found.national_ids.list_ranked():
        country, _, column = key.partition("\n")
        if each.count >= max(MIN_HITS, SHARE * found.looked_at[column]):
            rows = found.filled[column] + found.lost[column]
            yield _describe(
                of_columns.COLUMN_NATIONAL_IDS.code, column, rows, params={"what": country}
            )


def _describe(
    code: str,
    column: str,
    count: int,
    examples: list[Example] | None = None,
    params: Mapping[str, Any] | None = None,
) -> ErrorGroup:
    return {
        "code": code,
        "column": column,
        "params": dict(params or {}),
        "count": count,
        "examples": examples or [],
    }
