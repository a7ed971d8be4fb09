"""Find what a file has and the import drops: columns, parts of columns, memberships."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from imports.core.dry_run.shapes import FileReport
from imports.core.problems import CODES, of_mapping
from imports.core.providers.contract import Provider
from imports.core.readers.surroundings import Surroundings
from imports.core.values.names import fold_name

OWN_MEMBERSHIPS = (
    "These records are not users. Only memberships listed in user records are imported."
)
# Problems of records that say what of them is not imported.
IGNORED = frozenset({of_mapping.GROUP_IGNORED, of_mapping.ROLE_IGNORED})
LOSING = frozenset(kind.code for kind in (of_mapping.EXCLUDED, *IGNORED))
NOT_READ = "It is not imported from this source system."
REPLACED = (
    "Only some of its values are imported. In these records another value is used, or there is no"
    " field for it."
)
NOT_MAPPED = "The mapping does not import it."


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that is not carried; `records` are those that have it.

    `what` is the name of the column where it is one, and words that start a sentence elsewhere.
    """

    what: str
    records: int
    why: str
    is_column: bool = False

    @property
    def label(self) -> str:
        return f"Column {self.what}" if self.is_column else self.what

    def to_json(self) -> dict[str, Any]:
        return {"what": self.what, "records": self.records, "why": self.why}


def list_losses(
    report: FileReport | None, surroundings: Surroundings, provider: Provider
) -> list[Loss]:
    """Return what a file has and the import does not carry, each once.

    `report` is that of the dry run or run; without one, only what is beside the records is known.
    """
    return [*(_list_of_records(report, provider) if report else ()), *_list_beside(surroundings)]


def _list_of_records(report: FileReport, provider: Provider) -> list[Loss]:
    columns = [
        Loss(column, count, provider.explain_loss(column) or NOT_MAPPED, is_column=True)
        if column
        else Loss("Further columns", count, NOT_MAPPED)
        for column, count in report["lost"]
    ]
    parts = [
        Loss(f"{part[:1].upper()}{part[1:]}", count, provider.explain_loss(part) or NOT_READ)
        for part, count in report["lost_parts"]
    ]
    memberships = [
        Loss(f"Memberships in {column}", count, OWN_MEMBERSHIPS)
        for column, count in report["memberships"]
    ]
    return [
        *columns,
        *_list_unread(report, provider),
        *parts,
        *memberships,
        *_list_excluded(report),
        *_list_ignored(report),
    ]


def _list_unread(report: FileReport, provider: Provider) -> Iterator[Loss]:
    """Yield the parts of records that the provider leaves.

    What says who may sign in is not among them unless the provider explains it: it has no
    effect only in rows where something else disables, too.
    """
    for path, count, is_replaceable in report["unread"]:
        why = provider.explain_loss(path) if path else ""
        other = REPLACED if is_replaceable else NOT_READ
        if why or fold_name(path) not in provider.reads_states:
            yield Loss(path or "Further parts", count, why or other, is_column=bool(path))


def _list_excluded(report: FileReport) -> Iterator[Loss]:
    """Yield the records that are not imported as users, by the reason."""
    for problem in report["problems"]:
        if problem["code"] == of_mapping.EXCLUDED.code:
            reason = problem.get("params", {}).get("reason", "")
            yield Loss(f"Excluded records: {reason}", problem["count"], "They are not imported.")


def _list_beside(surroundings: Surroundings) -> Iterator[Loss]:
    """Yield what the file holds beside its records."""
    for member, count in surroundings.members.items():
        why = "It is in the same file but is not read." if count else "It is not read as a table."
        yield Loss(member, count, why)
    for part, count in surroundings.parts.items():
        yield Loss(part, count, "It is next to the users in the file but is not read.")
    if surroundings.settings:
        named = ", ".join(surroundings.settings)
        yield Loss(
            f"Members around the list: {named}",
            1,
            "They describe the file or the system, not a user.",
        )


def _list_ignored(report: FileReport) -> Iterator[Loss]:
    for problem in report["problems"]:
        kind = CODES[problem["code"]]
        if kind in IGNORED:
            key, name = problem.get("params", {}).get("key"), kind.membership
            what = f"{name.capitalize()} {key}" if key else f"Further {name}s"
            yield Loss(what, problem["count"], "The mapping drops it.")
