"""Compare what columns accept with what the record path makes of the same rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from accounts.attributes import AttributeRule
from imports.core.column_samples import ColumnSample
from imports.core.columns import ColumnReader, Table
from imports.core.columns.keys import digest_keys
from imports.core.columns.table import GROUPS, HASH, LOGINS, PLAINTEXT, ROLES
from imports.core.dry_run import ColumnUse, Findings
from imports.core.dry_run.accepted import (
    AcceptedRows,
    find_odd_places,
    gather_mixed,
    gather_mixed_losses,
)
from imports.core.mapping import MappedRow, RecordMapper
from imports.core.mapping import Mapping as ColumnMapping
from imports.core.mapping.ties import list_possible_ties
from imports.core.planning.plans import Action, Plan
from imports.core.readers import RawRow
from imports.core.readers.rows import decode_row, encode_row
from imports.core.records.facts import drop_repeated_logins, find_expiry
from imports.core.records.keys import digest_key, key_record, list_file_keys
from imports.core.records.records import Profile, UserImportRecord

SALT = bytes(range(16))
PROFILE = tuple(name for name in Profile.model_fields if name not in {"emails", "attributes"})


def encode_records(records: Iterable[Mapping[str, Any]]) -> list[bytes]:
    return [
        encode_row(RawRow(number, number, dict(record)))
        for number, record in enumerate(records, start=1)
    ]


def read_both(
    encoded: Sequence[bytes],
    mapping: ColumnMapping,
    attributes: Mapping[str, AttributeRule] | None = None,
    samples: Mapping[str, ColumnSample] | None = None,
) -> tuple[Table, list[MappedRow]]:
    """Return what columns accept of the rows, and what the record path makes of all of them."""
    table = ColumnReader(mapping, attributes or {}, samples).read(encoded)
    mapper = RecordMapper(mapping, attributes or {}, samples)
    return table, [mapper.map_row(decode_row(line)) for line in encoded]


def list_differences(
    table: Table, rows: Sequence[MappedRow], mapping: ColumnMapping
) -> Iterator[str]:
    """Yield in words everything in which an accepted row is not what the record path makes."""
    yield from _compare_findings(table, rows, mapping)
    digests = digest_keys(table, list_possible_ties(mapping), SALT)
    for place, number in enumerate(table.places):
        row = rows[number]
        if row.record is None or row.problems or row.decided:
            yield f"row {row.row_number} is accepted: {[each.code for each in row.problems]}"
            continue
        expected = describe_row(row, mapping)
        found = describe_place(table, place) | {"digests": digests[place]}
        for name, value in expected.items():
            if found[name] != value:
                yield f"row {row.row_number}, {name}: {found[name]!r} instead of {value!r}"


def _compare_findings(
    table: Table, rows: Sequence[MappedRow], mapping: ColumnMapping
) -> Iterator[str]:
    # A dry run tells examples of those dates; so such rows have plans there.
    plain = table.without(find_odd_places(table))
    accepted = [rows[number] for number in plain.places]
    if any(row.record is None for row in accepted):
        return  # which is told of the row
    plans = [Plan(row.row_number, Action.CREATE, "") for row in accepted]
    alone = [AcceptedRows("created", plain)]
    for gather, gather_columns in (
        (Findings.gather_losses, gather_mixed_losses),
        (Findings.gather, gather_mixed),
    ):
        expected = gather(plans, accepted, ColumnUse(mapping, {})).to_json()
        found = gather_columns([], [], alone, ColumnUse(mapping, {})).to_json()
        for name, value in expected.items():
            if _sort(found[name]) != _sort(value):
                yield f"findings, {name}: {found[name]} instead of {value}"


def _sort(counted: Any) -> Any:
    """Return counts without the order in which they were found, which is not stored."""
    if isinstance(counted, dict):
        return {name: _sort(each) for name, each in counted.items()}
    return sorted(counted, key=str) if isinstance(counted, list) else counted


def describe_row(row: MappedRow, mapping: ColumnMapping) -> dict[str, Any]:
    """Return all that is written of a row, as the record path has it."""
    record = row.record
    assert record is not None
    password = record.authenticators.password
    keys = list_file_keys(key_record(record, frozenset()), list_possible_ties(mapping))
    return {
        "row": (row.row_number, row.line_number),
        "subject_id": record.subject_id,
        **{name: getattr(record.profile, name) for name in PROFILE},
        "hash": password and password.encoded,
        "plaintext": password and password.plaintext,
        "expires_at": password and find_expiry(password),
        "logins": [
            (each.provider, each.subject, each.display_name)
            for each in drop_repeated_logins(record.authenticators.external_logins)
        ],
        "groups": list(record.memberships.groups),
        "roles": list(record.memberships.roles),
        "known as": {name: row.identifiers.get(name, "") for name in ("username", "email")},
        "reasons": row.disabled_by,
        "source": row.source,
        "raw": row.raw,
        "digests": list(dict.fromkeys(digest_key(key, SALT) for key in keys)),
        "unread": list_unread(record),
    }


def describe_place(table: Table, place: int) -> dict[str, Any]:
    """Return the same of an accepted row."""
    logins = table.get(LOGINS)[place] or ()
    return {
        "row": (table.row_numbers[place], table.line_numbers[place]),
        "subject_id": table.get("subject_id")[place],
        **{name: table.get(f"profile.{name}")[place] for name in PROFILE},
        "hash": table.get(HASH)[place],
        "plaintext": table.get(PLAINTEXT)[place],
        "expires_at": table.expiries()[place],
        "logins": list({login[:2]: login for login in logins}.values()),
        "groups": list(table.get(GROUPS)[place] or ()),
        "roles": list(table.get(ROLES)[place] or ()),
        "known as": {
            "username": table.known_as("username")[place],
            "email": table.known_as("email")[place],
        },
        "reasons": table.reasons[place],
        "source": table.sources[place],
        "raw": table.raws[place],
        "unread": [],
    }


def list_unread(record: UserImportRecord) -> list[str]:
    """Return the fields of a record that are not read as columns, and yet have a value."""
    given, profile = record.authenticators, record.profile
    found = {
        "emails": profile.emails,
        "attributes": profile.attributes,
        "totp": given.totp,
        "recovery codes": given.recovery_codes,
        "passkeys": given.passkeys,
        "verified addresses": given.verified_addresses,
    }
    return [name for name, value in found.items() if value]
