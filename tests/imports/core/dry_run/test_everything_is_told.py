"""Each value of a file reaches a field or is listed as not imported, whatever the provider."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from imports.core.dry_run import ColumnUse, Findings, build_report, list_losses
from imports.core.dry_run.columns import gather_columns
from imports.core.dry_run.losses import NOT_READ, REPLACED, Loss
from imports.core.dry_run.unread import (
    Parts,
    UnreadParts,
    change_value,
    list_leaves,
    list_others,
    name_part,
)
from imports.core.inspection.inspection import inspect_file
from imports.core.mapping import MappedRow, Mapping, RecordMapper, build_mapping, suggest_mapping
from imports.core.planning.plans import Action, Plan
from imports.core.providers import get_provider
from imports.core.readers import RawRow, read_rows
from imports.core.readers.surroundings import Surroundings
from imports.core.values.names import fold_name
from tests.cases import files
from tests.fixtures.make_golden import FOLDER as FIXTURES
from tests.fixtures.make_golden import list_fixtures, read_answers

FILES = pytest.mark.parametrize(
    ("path", "answers"),
    [
        pytest.param(path, answers, id=f"{path.parent.name}-{path.name}")
        for path, answers in (
            *((path, read_answers(path)) for path in list_fixtures()),
            *((path, files.read_answers(path)) for path in files.list_cases()),
        )
        if not files.is_refused(path)
    ],
)
# Of these some values are dropped, while the part itself is read.
EXPLAINED = {
    # A bcrypt hash has both in itself.
    "gitea": {"passwd_hash_algo", "salt"},
    # The key of an authenticator app that is turned off, which is listed by its name.
    "aspnet_identity": {"AspNetUserTokens.Value"},
    # The id of a password of Auth0 itself, which user_id repeats behind a bar.
    "auth0": {"identities.user_id", "identities[0].user_id", "identities[0].connection"},
    # How long ago lastSeenAt was; and the salt of who has no password.
    "grafana": {"lastSeenAtAge", "salt", "user_auth.auth_id"},
    # Groups in which phpBB puts everybody.
    "phpbb": {"user_group.phpbb_groups.group_name"},
    # A login by user principal name, of which the other parts are listed.
    "entra": {"identities.signInType", "identities.issuer"},
    # FALSE, which is so of everybody who has no value there.
    "google_workspace": {"Change Password at Next Sign-In"},
    # Read of an address or phone that nothing else says it of.
    "kinde": {"identities.is_verified"},
    # Recovery codes that are kept as hashes, which “(not carried)” tells.
    "keycloak": {"credentials.secretData", "credentials.credentialData"},
    # Stands behind “SMTP:” as well.
    "ldap_directory": {"proxyAddresses"},
    # Those with 4 and 5 may sign in alike.
    "onelogin": {"status"},
    # Of an address whose verification says so, too.
    "ory_kratos": {"verifiable_addresses.via"},
    "secureauth": {"user_credentials.state"},
    # How these files write that there is no end.
    "unix_accounts": {"account_expires", "max_days"},
}


def report_on(rows: list[MappedRow], mapping: Mapping) -> dict[str, Any]:
    plans = [Plan(row.row_number, Action.CREATE, "") for row in rows]
    found = Findings.gather(plans, rows, ColumnUse(mapping, {}))
    return build_report(Findings.from_json(found.to_json()))


def list_what(rows: list[MappedRow], mapping: Mapping) -> dict[str, int]:
    """Return what is not imported, with the number of records."""
    losses = list_losses(report_on(rows, mapping), Surroundings(), get_provider(mapping.provider))
    return {loss.what: loss.records for loss in losses}


def list_lost(provider: str, name: str) -> dict[str, Loss]:
    """Return what of a fixture is not imported."""
    path = FIXTURES / provider / name
    rows, mapping = map_file(path, read_answers(path))[1:]
    losses = list_losses(report_on(rows, mapping), Surroundings(), get_provider(provider))
    return {loss.what: loss for loss in losses}


def map_file(path: Path, answers: dict[str, str]) -> tuple[list[RawRow], list[MappedRow], Mapping]:
    with path.open("rb") as file:
        inspection = inspect_file(file, file_name=path.name)
        mapping = build_mapping(suggest_mapping(inspection, {}), inspection.provider, "test")
        mapping.answers = answers
        raws = list(read_rows(file, inspection.options))
    mapper = RecordMapper(mapping, {})
    return raws, [mapper.map_row(raw) for raw in raws], mapping


def list_told(row: MappedRow, use: ColumnUse) -> Any:
    """Return all that comes of a row: its record, or why there is none, and what is listed."""
    lost = {name: cells for name, cells in gather_columns([row]).items() if use.is_lost(name)}
    parts = row.source.get("(not carried)")
    record = row.record and row.record.model_dump()
    return record, row.problems, row.decided, row.disabled_by, lost, parts


def list_texts(row: MappedRow) -> set[str]:
    return {str(value).casefold() for _, value in list_leaves(row.source, ())}


@FILES
def test_every_value_of_a_file_is_imported_or_listed(path: Path, answers: dict[str, str]) -> None:
    raws, rows, mapping = map_file(path, answers)
    mapper, use, provider = RecordMapper(mapping, {}), ColumnUse(mapping, {}), mapping.provider
    listed = list_what(rows, mapping)
    silent = set()
    for raw, row in zip(raws, rows, strict=True):
        if row.record is None:
            continue
        told, texts = list_told(row, use), list_texts(row)
        for place, value in list_leaves(raw.values, ()):
            part = name_part(place)
            if is_further_reason(part, row, provider):
                continue
            if part in listed or str(value).casefold() in texts or value in place:
                continue
            if not any(
                list_told(mapper.map_row(change(raw, place, other)), use) != told
                for other in list_others(value)
            ):
                silent.add(part)
    assert silent <= EXPLAINED.get(provider, set())


def is_further_reason(part: str, row: MappedRow, provider: str) -> bool:
    """Tell whether a part says once more of somebody disabled that they are."""
    is_disabled = row.record is not None and row.record.profile.active is False
    return is_disabled and fold_name(part) in get_provider(provider).reads_states


def change(raw: RawRow, place: tuple[str | int, ...], other: Any) -> RawRow:
    return replace(raw, values=change_value(raw.values, place, other))


def import_scim(*rows: dict[str, Any]) -> dict[str, int]:
    return import_rows("scim", rows)


def import_rows(provider: str, rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Return what of these rows is not imported, with the number of records."""
    return list_what(*map_rows(provider, rows))


def map_rows(provider: str, rows: Sequence[dict[str, Any]]) -> tuple[list[MappedRow], Mapping]:
    content = json.dumps(rows).encode()
    inspection = inspect_file(io.BytesIO(content), file_name="users.json")
    assert inspection.provider == provider
    mapping = build_mapping(suggest_mapping(inspection, {}), inspection.provider, "test")
    mapper = RecordMapper(mapping, {})
    raws = read_rows(io.BytesIO(content), inspection.options)
    return [mapper.map_row(raw) for raw in raws], mapping


def make_scim(number: int, **name: str) -> dict[str, Any]:
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": f"u{number}",
        "userName": f"ada{number}",
        "name": {"givenName": "Ada", **name},
    }


def test_part_that_the_provider_does_not_read_is_listed_with_its_records() -> None:
    rows = (make_scim(1, middleName="M."), make_scim(2, middleName="N."), make_scim(3))
    assert import_scim(*rows)["name.middleName"] == 2


def test_part_that_the_provider_reads_is_not_listed() -> None:
    assert "name.givenName" not in import_scim(make_scim(1))


def test_part_that_says_what_is_imported_from_elsewhere_is_not_listed() -> None:
    assert "name.middleName" not in import_scim(make_scim(1, middleName="ADA"))


@pytest.mark.parametrize(
    "name", ['A "D" \\ a', "ÄDA\tÉ", "Straße", "1815121", "\ud800da"], ids=ascii
)
def test_part_is_not_counted_where_its_value_is_imported_from_elsewhere(name: str) -> None:
    rows = (make_scim(1, middleName="M."), make_scim(2, middleName=name.upper(), givenName=name))
    assert import_scim(*rows)["name.middleName"] == 1


def test_part_is_not_counted_where_its_value_is_imported_from_a_number() -> None:
    row = make_scim(2, middleName="1815121") | {"costCentre": 1815121}
    assert import_scim(make_scim(1, middleName="M."), row)["name.middleName"] == 1


@pytest.mark.parametrize(
    "column", [{"costCentre": "Countess of L."}, {"Countess": "L."}], ids=["piece", "name"]
)
def test_part_is_counted_where_a_longer_value_or_a_column_has_it(column: dict[str, str]) -> None:
    row = make_scim(2, middleName="Countess") | column
    assert import_scim(make_scim(1, middleName="M."), row)["name.middleName"] == 2


@pytest.mark.parametrize("value", ["true", "17"])
def test_value_that_stands_elsewhere_by_chance_is_counted(value: str) -> None:
    rows = (make_scim(1, middleName="M."), make_scim(2, middleName=value, givenName=value))
    assert import_scim(*rows)["name.middleName"] == 2


def make_kinde(number: int, **identity: Any) -> dict[str, Any]:
    user = {"id": f"kp_{number}", "first_name": "Ada", "email": f"ada{number}@example.com"}
    return user | {"created_on": "2023-05-31T09:30:00Z", "identities": [identity]}


def test_part_that_is_read_where_the_same_word_stands_elsewhere_too_is_not_listed() -> None:
    phone = {"type": "phone", "identity": "+441632960001", "is_verified": True}
    rows = (make_kinde(1, **phone), make_kinde(2, type="oauth2:x", identity="x", is_verified=False))
    assert "identities.is_verified" not in import_rows("kinde", rows)


def test_part_that_is_read_elsewhere_is_listed_where_another_value_replaces_it() -> None:
    lost = list_lost("google_workspace", "upload.csv")["Email Address [Required]"]
    assert (lost.records, lost.why) == (1, REPLACED)


def test_part_that_is_read_nowhere_has_no_field() -> None:
    rows, mapping = map_rows(
        "scim", [make_scim(1, middleName="M."), make_scim(2, middleName="ADA")]
    )
    losses = list_losses(report_on(rows, mapping), Surroundings(), get_provider("scim"))
    assert [loss.why for loss in losses if loss.what == "name.middleName"] == [NOT_READ]


@pytest.mark.parametrize(
    ("provider", "name", "part", "records"),
    [
        ("entra", "b2c_users.json", "identities.issuerAssignedId", 1),
        ("auth0", "export.ndjson", "identities.connection", 4),
        ("auth0", "export.ndjson", "identities.isSocial", 5),
    ],
)
def test_records_are_counted_in_which_a_value_is_lost(
    provider: str, name: str, part: str, records: int
) -> None:
    assert list_lost(provider, name)[part].records == records


def test_part_that_says_who_may_sign_in_is_not_listed_where_another_says_so_as_well() -> None:
    rows = [
        {"id": f"p{number}", "username": f"ada{number}", "enabled": True, "account": account}
        | {"environment": {"id": "e1"}, "population": {"id": "q1"}}
        for number, account in enumerate([{"canAuthenticate": True}, {"canAuthenticate": False}])
    ]
    assert import_rows("pingone", rows) == {"environment.id": 2, "population.id": 2}


def test_row_that_fails_is_not_looked_at() -> None:
    failing = make_scim(1, middleName="M.") | {"emails": [{"value": "nobody at all"}]}
    assert "name.middleName" not in import_scim(failing)


class CountingParts(UnreadParts):
    """Counts how often it tries a part."""

    trials = 0

    def _is_read(self, *given: Any) -> bool:
        self.trials += 1
        return super()._is_read(*given)


def map_scim(rows: list[dict[str, Any]]) -> tuple[list[MappedRow], Mapping]:
    inspection = inspect_file(io.BytesIO(json.dumps(rows[:20]).encode()), file_name="users.json")
    mapping = build_mapping(suggest_mapping(inspection, {}), inspection.provider, "test")
    mapper = RecordMapper(mapping, {})
    numbered = enumerate(rows, start=1)
    return [mapper.map_row(RawRow(number, 0, row, ())) for number, row in numbered], mapping


def make_many_scim() -> list[dict[str, Any]]:
    """Return rows of which two late ones have parts that no sample row has."""
    rows = [make_scim(number, middleName=f"M{number}") for number in range(1500)]
    rows[700]["meta"] = {"version": "W/7"}
    rows[1400]["meta"] = {"version": "W/14", "location": "https://directory.example.test/1400"}
    rows[1401]["name"]["middleName"] = rows[1401]["userName"]
    return rows


@pytest.mark.parametrize("keeps", [True, False], ids=["one worker", "many workers"])
@pytest.mark.parametrize("size", [7, 600, 1500])
def test_unread_parts_are_the_same_however_a_file_is_cut(size: int, keeps: bool) -> None:
    rows, mapping = map_scim(make_many_scim())
    known, found = UnreadParts(mapping), []
    for start in range(0, len(rows), size):
        parts = known if keeps else UnreadParts(mapping)
        found.append(Parts.from_json(parts.count(rows[start : start + size]).to_json()))
    total = Parts()
    for each in reversed(found):
        total.add(each)
    assert total.list_unread() == [
        ("name.middleName", 1499, False),
        ("meta.version", 2, False),
        ("meta.location", 1, False),
    ]


def test_parts_are_tried_in_few_rows() -> None:
    rows, mapping = map_scim(make_many_scim())
    parts = CountingParts(mapping)
    parts.count(rows)
    settled = parts.trials
    parts.count(rows[1000:1010])
    assert (settled < 60, parts.trials) == (True, settled)


def test_parts_beyond_the_limit_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imports.core.dry_run.unread.MOST_PARTS", 1)
    parts = Parts.from_json({"a": [2, 1, 0], "b": [3, 1, 0], "c": [4, 2, 0]})
    assert parts.list_unread() == [("", 3, False), ("a", 2, False)]


class ReadInOneRow(UnreadParts):
    """Finds all parts read in one row, and in no other."""

    def __init__(self, mapping: Mapping, row_number: int) -> None:
        super().__init__(mapping)
        self._row_number = row_number

    def _is_read(self, row: MappedRow, *given: Any) -> bool:
        return row.row_number == self._row_number


@pytest.mark.parametrize(
    ("row_number", "listed"), [(1024, False), (1025, True)], ids=["a sample", "no sample"]
)
@pytest.mark.parametrize("size", [7, 1500])
def test_sample_rows_alone_settle_what_they_have(size: int, row_number: int, listed: bool) -> None:
    rows, mapping = map_scim(make_many_scim())
    total = Parts()
    for start in range(0, len(rows), size):
        total.add(ReadInOneRow(mapping, row_number).count(rows[start : start + size]))
    assert any(part == "name.middleName" for part, *_ in total.list_unread()) == listed


@pytest.mark.parametrize("turn", [1, -1], ids=["in order", "backwards"])
def test_stronger_evidence_wins_whatever_comes_first(turn: int) -> None:
    total = Parts()
    for stored in [
        {"a": [5, 1, 0], "b": [2, 2, 1]},
        {"a": [0, 4, 0], "b": [3, 3, 0]},
    ][::turn]:
        total.add(Parts.from_json(stored))
    assert total.list_unread() == [("b", 5, True)]
