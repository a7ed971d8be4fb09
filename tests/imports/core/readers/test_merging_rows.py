"""Adjacent rows of one user become one record; nothing else does."""

from imports.core.problems import Problem
from imports.core.readers import RawRow
from imports.core.readers.joined.merging import FURTHER_ROWS, MERGED_LIMIT, merge_adjacent


def merge(*values):
    rows = (RawRow(number, number + 1, each) for number, each in enumerate(values, start=1))
    return list(merge_adjacent(rows, "id"))


def test_adjacent_rows_with_the_same_value_become_one():
    first, second = merge({"id": "a", "role": "x"}, {"id": "a", "role": "y"}, {"id": "b"})
    assert first.values == {"id": "a", "role": "x", FURTHER_ROWS: [{"id": "a", "role": "y"}]}
    assert (second.row_number, second.line_number, second.values) == (2, 4, {"id": "b"})


def test_rows_apart_stay_apart():
    assert [row.values["id"] for row in merge({"id": "a"}, {"id": "b"}, {"id": "a"})] == [
        "a",
        "b",
        "a",
    ]


def test_rows_without_a_value_stay_apart():
    assert len(merge({"id": ""}, {"id": ""}, {}, {}, {"id": None})) == 5


def test_broken_row_keeps_its_problem_and_merges_with_nothing():
    problem = Problem("row_too_few_cells", params={"cells": 1, "columns": 2})
    rows = [RawRow(1, 2, {"id": "a"}), RawRow(2, 3, {"id": "a"}, (problem,)), RawRow(3, 4, None)]
    assert [row.problems for row in merge_adjacent(iter(rows), "id")] == [(), (problem,), ()]


def test_run_of_rows_is_bounded():
    found = merge(*({"id": "a"} for _ in range(MERGED_LIMIT + 2)))
    assert [len(row.values.get(FURTHER_ROWS, ())) for row in found] == [MERGED_LIMIT, 0]
