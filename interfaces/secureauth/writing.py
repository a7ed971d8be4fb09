"""Write what a request brings, as its mode says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import transaction

from accounts.models import Group, User
from imports.core.planning.conflicts import Mode
from imports.core.problems import Problem, Severity, of_conflicts
from imports.core.problems.catalogue import list_rows
from imports.core.readers import RawRow
from imports.models import Connection, Status
from imports.services.connections.batches import MOST_RECORDS, Outcome, write_batch
from imports.services.connections.day_jobs import Variant
from imports.services.connections.people import list_people
from interfaces.secureauth.dump import Dump, Fault, fail_unknown
from interfaces.secureauth.errors import Refusal

CONFLICTS = frozenset(kind.code for kind in list_rows(of_conflicts))
# What is sent without its user says nothing of the account's state.
KEEP_STATE = {"profile.active": "keep"}
FILL = {"profile": "fill", "authenticators": "fill", **KEEP_STATE}
# By mode: the policies for users, and those for what belongs to users sent earlier. These exist,
# which is no conflict: what they lack is added.
MODES = {
    "ignore": (
        Variant("ignore", Mode.SKIP),
        Variant("ignore, parts", Mode.UPDATE, field_policies=FILL),
    ),
    "fail": (
        Variant("fail", Mode.FAIL),
        Variant("fail, parts", Mode.UPDATE, {"authenticator_exists": "fail"}, FILL),
    ),
    "update": (
        Variant("update", Mode.UPDATE),
        Variant("update, parts", Mode.UPDATE, field_policies=KEEP_STATE),
    ),
}


def write_dump(connection: Connection, dump: Dump, mode: str) -> None:
    """Write the users of a dump and what belongs to others; raises Refusal.

    In the mode `fail`, one conflict keeps the whole request from being written (409). Otherwise
    whatever is right is written, and 422 names what is not.
    """
    if len(dump.users) > MOST_RECORDS or len(dump.parts) > MOST_RECORDS:
        raise Refusal(413, f"Send at most {MOST_RECORDS:,} users a request.")
    with transaction.atomic():
        _create_groups(connection, dump)
    of_users, of_parts = MODES[mode]
    if mode == "fail":
        with transaction.atomic():
            faults = [*_write(connection, "users", dump.users, of_users, is_strict=True)]
            faults += _write_parts(connection, dump, of_parts, is_strict=True)
    else:
        faults = [*_write(connection, "users", dump.users, of_users)]
        faults += _write_parts(connection, dump, of_parts)
    if found := [*dump.faults, *faults]:
        raise Refusal(
            422,
            f"{len(found)} entries were not imported: {found[0].message} Everything else was.",
            {"records": [fault.to_json() for fault in found]},
        )


def _write_parts(
    connection: Connection, dump: Dump, variant: Variant, *, is_strict: bool = False
) -> list[Fault]:
    """Write what belongs to users sent earlier.

    Of somebody unknown it fails in the job, where that is seen; only a strict request is refused.
    """
    ids = [row.values["id"] for row in dump.parts if row.values]
    known = frozenset(User.objects.filter(subject_id__in=ids).values_list("subject_id", flat=True))
    rows = fail_unknown(dump.parts, known)
    faults = list(_write(connection, "user_credentials", rows, variant, is_strict=is_strict))
    return [fault for fault in faults if is_strict or fault.id in known]


def _write(
    connection: Connection,
    name: str,
    rows: Sequence[RawRow],
    variant: Variant,
    *,
    is_strict: bool = False,
) -> Iterator[Fault]:
    """Yield what failed; raises Refusal for the conflicts of a strict request, keeping nothing."""
    if not rows:
        return

    def refuse_conflicts(outcomes: list[Outcome]) -> None:
        found = [
            fault
            for index, outcome in enumerate(outcomes)
            if outcome.status is Status.FAILED and outcome.reason in CONFLICTS
            for fault in _tell(name, index, outcome, rows)
        ]
        if found:
            raise Refusal(
                409,
                f"Nothing was imported: {found[0].message}",
                {"records": [fault.to_json() for fault in found]},
            )

    refuse = refuse_conflicts if is_strict else None
    batch = write_batch(connection, rows, variant=variant, refuse=refuse)
    for index, outcome in enumerate(batch.outcomes):
        if outcome.status is Status.FAILED:
            yield from _tell(name, index, outcome, rows)


def _tell(name: str, index: int, outcome: Outcome, rows: Sequence[RawRow]) -> Iterator[Fault]:
    """Yield what is wrong with a record, one fault for each error."""
    values = rows[index].values or {}
    user_id = str(values.get("id", outcome.subject_id))
    for problem in map(Problem.from_json, outcome.problems):
        if problem.severity is Severity.ERROR:
            place = problem.column or problem.field
            yield Fault(name, index, user_id, place, problem.message)


def _create_groups(connection: Connection, dump: Dump) -> None:
    """Create the groups of a dump that do not exist, where everybody concerned may.

    Otherwise the records that name one fail for it.
    """
    names = {str(group["name"])[:200] for group in dump.groups.values()}
    missing = names - set(Group.objects.filter(key__in=names).values_list("key", flat=True))
    if missing and all(each.has_perm("accounts.add_group") for each in list_people(connection)):
        Group.objects.bulk_create(
            [Group(key=name) for name in sorted(missing)], ignore_conflicts=True
        )
