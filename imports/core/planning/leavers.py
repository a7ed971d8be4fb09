"""Decide whether a user of a source system who is missing from its export is disabled.

The preview and the disabling go by the same facts and the same decision.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from accounts.authority import Act, Authority, Obstacle, Person, find_refusal

# Of the users of a source system, so many per cent can be missing before somebody has to confirm
# that the file is all of it. Okta's safeguard for imports stops at the same share.
USUAL_PERCENT = 20


class LeaverStatus(StrEnum):
    """The result for a missing user: disabled, left as they are, disabled before, or deleted."""

    DISABLED = "disabled"
    KEPT = "kept"
    INACTIVE = "inactive"
    GONE = "gone"


class KeptReason(StrEnum):
    """Why a user is kept; the first that holds is given.

    `protected` (an administrator), `imported_later` (a job that was uploaded later has met them),
    `other_source` (brought by another source system), `may_not_change`, or `more_powerful`.
    """

    PROTECTED = "protected"
    IMPORTED_LATER = "imported_later"
    OTHER_SOURCE = "other_source"
    MAY_NOT_CHANGE = "may_not_change"
    MORE_POWERFUL = "more_powerful"


class Doubt(StrEnum):
    """What speaks against taking the file for all users of its source system.

    `file_is_part` (it says that there is more), `rows_unknown` (nothing tells whose some failed
    rows are), `many_missing` (more than 20%), or `source_unnamed` (any file without a source name
    goes by the same).
    """

    FILE_IS_PART = "file_is_part"
    ROWS_UNKNOWN = "rows_unknown"
    MANY_MISSING = "many_missing"
    SOURCE_UNNAMED = "source_unnamed"


@dataclass(frozen=True, slots=True)
class LeaverFacts:
    """What is known of a user who is missing from the file of a job.

    `is_linked` says that another source system brought them, and that they have a subject id of
    this one; `is_later` that a job that was uploaded after this one has met them. `permissions` are
    what they may do, as names with blanks between.
    """

    is_linked: bool = False
    is_active: bool = True
    is_protected: bool = False
    is_later: bool = False
    permissions: str = ""


def decide(
    facts: LeaverFacts, authority: Authority, *, with_linked: bool
) -> tuple[LeaverStatus, KeptReason | None]:
    """Return what to do with a missing user, and why they are kept if they are.

    `with_linked` says that whoever another source system brought is to be disabled as well.
    """
    if not facts.is_active:
        return LeaverStatus.INACTIVE, None
    reason = _find_reason(facts, authority, with_linked=with_linked)
    return (LeaverStatus.KEPT if reason else LeaverStatus.DISABLED), reason


def _find_reason(
    facts: LeaverFacts, authority: Authority, *, with_linked: bool
) -> KeptReason | None:
    if facts.is_protected:
        # Nor by a superuser: no import touches an administrator.
        return KeptReason.PROTECTED
    if facts.is_later:
        return KeptReason.IMPORTED_LATER
    if facts.is_linked and not with_linked:
        return KeptReason.OTHER_SOURCE
    person = Person(permissions=frozenset(facts.permissions.split()))
    refusal = find_refusal(authority, Act.CHANGE, person)
    if refusal is None:
        return None
    is_beyond = refusal.obstacle is Obstacle.MORE_POWERFUL
    return KeptReason.MORE_POWERFUL if is_beyond else KeptReason.MAY_NOT_CHANGE


def find_doubts(
    *, signs: Sequence[str], unknown_rows: int, missing: int, users: int, is_named: bool
) -> Iterator[Doubt]:
    """Yield what speaks against taking a file for all users of its source system.

    `signs` are what the file says of there being more, `unknown_rows` the rows of which nothing
    tells whose they are; `missing` of the active `users` of the source are missing, whoever of them
    is chosen; it `is_named` unless any file could be its export.
    """
    if signs:
        yield Doubt.FILE_IS_PART
    if unknown_rows:
        yield Doubt.ROWS_UNKNOWN
    if not is_named:
        yield Doubt.SOURCE_UNNAMED
    if missing * 100 > users * USUAL_PERCENT:
        yield Doubt.MANY_MISSING


def describe_doubts(
    doubts: Sequence[Doubt],
    *,
    signs: Sequence[str],
    unknown_rows: int,
    missing: int,
    users: int,
    source: str,
) -> list[str]:
    """Return each doubt as a sentence; `source` is what people call the source system."""
    rows = "1 failed row has" if unknown_rows == 1 else f"{unknown_rows:,} failed rows have"
    words = {
        Doubt.FILE_IS_PART: f"The file says that it is not everybody: {'; '.join(signs)}.",
        Doubt.ROWS_UNKNOWN: (
            f"{rows} no readable subject id, name, address or number. They can be about some of"
            " these users."
        ),
        Doubt.SOURCE_UNNAMED: (
            f"“{source}” is the source name of every file that was imported without one, whatever"
            " system it came from."
        ),
        Doubt.MANY_MISSING: (
            f"{missing:,} of the {users:,} active users of {source} are missing from the file,"
            f" which is more than {USUAL_PERCENT}%."
        ),
    }
    return [words[doubt] for doubt in doubts]
