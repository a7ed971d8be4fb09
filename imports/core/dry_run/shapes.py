"""The shapes of a dry run's report, as JSON keeps them with a job and the API returns them.

A pair or triple is a list once it has been stored; it is unpacked, never compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NotRequired, Required, TypedDict

from imports.core.decisions import Decision
from imports.core.planning.matching import MatchCount
from imports.core.records.password_summary import StoredSummary


class Example(TypedDict, total=False):
    """A record of an error group: its row, and whom it is about as far as that is known.

    `value` is what the problem is about; `old` and `new` are those of a field that changes. All are
    masked where they may be secrets. `params` are those of the problem by which the records of the
    group differ. `other` is the identifier of an earlier row that the problem names.
    """

    row: Required[int]
    who: str
    value: str
    old: str
    new: str
    other: str
    params: dict[str, Any]


class ErrorGroup(TypedDict):
    """What the problems of an error group share, how many records have them, and a few of those."""

    code: str
    field: NotRequired[str]
    column: NotRequired[str]
    params: NotRequired[dict[str, Any]]
    count: int
    examples: list[Example]


class FailingGroup(TypedDict):
    """What decides that records fail, how many do for it, and the numbers of the first rows."""

    code: str
    field: NotRequired[str]
    column: NotRequired[str]
    params: NotRequired[dict[str, Any]]
    count: int
    rows: list[int]


class Difference(TypedDict):
    """A target field that updates change, in how many records, and a few of them."""

    field: str
    count: int
    examples: list[Example]


class FieldCount(TypedDict):
    """In how many records a target field has a value in the file, and in the planned record."""

    field: str
    stands: int
    arrives: int


class RootCause(TypedDict):
    """The one cause for which most planned records are not imported.

    `fields` are, for values in use, their fields with the number of records of each.
    """

    code: str
    field: str
    column: str
    count: int
    planned: int
    fields: Sequence[tuple[str, int]]


class PeopleCounts(TypedDict):
    """How many accounts are disabled, unverified or without a login; last sign-ins by year.

    Those who have never signed in are under “”.
    """

    last_sign_ins: dict[str, int]
    disabled: int
    unverified: int
    without_logins: int


class FileReport(TypedDict):
    """What a dry run, or a run without one, found in a file.

    Pairs are of a column or part and the number of records that have it. `lost` are columns that
    are not imported, `lost_parts` what the provider leaves of the others, `unread` what nobody
    reads of them with whether another value replaces it, `memberships` the columns in which
    records that are not users name their members, and `disabled_by` column, value and number of
    the accounts that arrive disabled. `error_groups` are those that decide what fails; `corrected`
    has by the number of a correction how many records it corrects by the action that is planned.
    """

    unchanged: int
    matches: list[MatchCount]
    root_cause: RootCause | None
    passwords: StoredSummary
    problems: list[ErrorGroup]
    error_groups: list[FailingGroup]
    corrected: dict[str, dict[str, int]]
    decisions: list[Decision]
    columns: list[ErrorGroup]
    fields: list[FieldCount]
    differences: list[Difference]
    lost: Sequence[tuple[str, int]]
    lost_parts: Sequence[tuple[str, int]]
    unread: Sequence[tuple[str, int, bool]]
    memberships: Sequence[tuple[str, int]]
    people: PeopleCounts
    disabled_by: Sequence[tuple[str, str, int]]


class CountedReport(FileReport):
    """The same with the number of records by status."""

    statuses: dict[str, int]


class Store(TypedDict):
    """What a dry run depends on besides file, mapping and users: a name, and digests."""

    operator: str
    attributes: str
    memberships: str


class DryRunReport(CountedReport):
    """The report of a finished dry run, with what it was made from and when (ISO 8601).

    `inputs` are digests by the names that `ImportPlan.inputs` has, too; `corrections` the numbers
    of the corrections that had been chosen before.
    """

    store: Store
    inputs: dict[str, str]
    corrections: list[int]
    finished_at: str
