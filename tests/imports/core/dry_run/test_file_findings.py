"""What is said of a file as a whole: that it brings no users, or nobody who could sign in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from imports.core.dry_run import ColumnUse, Findings, build_report, list_file_findings
from imports.core.mapping import MappedRow, Mapping
from imports.core.planning.plans import Action, Plan
from imports.core.problems import Problem
from imports.core.providers import get_provider
from imports.core.readers.surroundings import Surroundings
from imports.core.records.records import UserImportRecord

LEFT_OUT = Problem("excluded", params={"reason": "This is a group."})
FAILING = Problem("missing_required", "subject_id")
GATHER = pytest.mark.parametrize(
    "gather", [Findings.gather, Findings.gather_losses], ids=["dry run", "run"]
)


def list_codes(
    gather: Callable[..., Findings], *rows: MappedRow, action: Action = Action.SKIP
) -> list[str]:
    plans = [Plan(row.row_number, action, "", problems=list(row.problems)) for row in rows]
    report = build_report(gather(plans, list(rows), ColumnUse(Mapping(provider="scim"), {})))
    findings = list_file_findings(report, Surroundings(), get_provider("scim"), ())
    return [finding.code for finding in findings]


def make_row(number: int, *problems: Problem, **record: Any) -> MappedRow:
    made = UserImportRecord.model_validate({"subject_id": str(number), **record})
    return MappedRow(number, None, None if problems else made, problems, {})


@GATHER
def test_file_of_which_every_record_is_left_out_brings_no_users(gather):
    rows = (make_row(1, LEFT_OUT), make_row(2, LEFT_OUT))
    assert list_codes(gather, *rows) == ["without_users"]


@GATHER
def test_record_that_fails_may_be_a_user(gather):
    assert list_codes(gather, make_row(1, LEFT_OUT), make_row(2, FAILING)) == []


@GATHER
def test_records_with_names_alone_cannot_sign_in(gather):
    rows = [make_row(1, profile={"display_name": "Staff"})]
    assert list_codes(gather, *rows, action=Action.CREATE) == ["without_logins"]


@GATHER
def test_existing_user_who_is_skipped_is_a_user(gather):
    assert list_codes(gather, make_row(1, LEFT_OUT), make_row(2)) == []
