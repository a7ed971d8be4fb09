"""Who may sign in: names and values of columns, their combined reading, and false friends."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from imports.core.account_states import State, StateReader, find_named_state, recognise_state
from imports.core.inspection.inspection import inspect_file
from imports.core.mapping import MappedRow, Mapping, RecordMapper, build_mapping, suggest_mapping
from imports.core.readers import RawRow

NOW = datetime(2026, 6, 1, tzinfo=UTC)
A, D, S, U = State.ACTIVE, State.DISABLED, State.SILENT, State.UNCLEAR


def list_rows(rows: list[dict[str, Any]], *, as_json: bool = False, answers: Any = None):
    """Return the records of rows that are mapped as is proposed for them."""
    rows = [{"id": str(n), "email": f"u{n}@example.com", **row} for n, row in enumerate(rows)]
    if as_json:
        content, name = json.dumps(rows).encode(), "users.json"
    else:
        text = io.StringIO()
        writer = csv.DictWriter(text, list(dict.fromkeys(key for row in rows for key in row)))
        writer.writeheader()
        writer.writerows(rows)
        content, name = text.getvalue().encode(), "users.csv"
    inspection = inspect_file(io.BytesIO(content), file_name=name)
    mapping = build_mapping(suggest_mapping(inspection, {}), inspection.provider, "test")
    return map_rows(mapping.model_copy(update={"answers": answers or {}}), rows)


def map_rows(mapping: Mapping, rows: list[dict[str, Any]]) -> list[MappedRow]:
    mapper = RecordMapper(mapping, {})
    return [mapper.map_row(RawRow(number, None, row)) for number, row in enumerate(rows, 1)]


def judge(row: MappedRow) -> str:
    """Return “yes”, “no” or “-” for a record's state, or “ask” where there is a decision."""
    if row.record is None:
        assert {problem.code for problem in row.problems} >= {"state_unclear"}, row.problems
        return "ask"
    return {True: "yes", False: "no", None: "-"}[row.record.profile.active]


def judge_all(rows: list[dict[str, Any]], **how: Any) -> list[str]:
    return [judge(row) for row in list_rows(rows, **how)]


@pytest.mark.parametrize(
    ("column", "means"),
    [
        ("status", "status"), ("user_status", "status"), ("Account status", "status"),
        ("Status [READ ONLY]", "status"), ("estado", "status"), ("account.status", "status"),
        ("active", "enabled"), ("isActive", "enabled"), ("is_active_flag", "enabled"),
        ("accountEnabled", "enabled"), ("approved", "enabled"), ("can_login", "enabled"),
        ("accountNonLocked", "enabled"), ("u_active", "enabled"), ("freigeschaltet", "enabled"),
        ("disabled", "disabled"), ("is_deleted", "disabled"), ("IsBlocked", "disabled"),
        ("banned", "disabled"), ("spam", "disabled"), ("blocked", "disabled"),
        ("account_locked", "disabled"), ("archived", "disabled"),
        ("Konto gesperrt", "disabled"), ("bloqueado", "disabled"), ("del_flag", "disabled"),
        ("Block sign in (Yes/No)", "disabled"), ("user.is_banned", "disabled"),
        ("deleted_at", "disabled_since"), ("DeletedOn", "disabled_since"),
        ("date_deactivated", "disabled_since"), ("suspension_date", "disabled_since"),
        ("disabledSince", "disabled_since"), ("approved_at", "enabled_since"),
        ("locked_until", "disabled_until"), ("banned_until", "disabled_until"),
        ("LockoutEnd", "disabled_until"), ("ban_expires", "disabled_until"),
        ("valid_until", "enabled_until"), ("accountExpires", "enabled_until"),
        ("gültig bis", "enabled_until"), ("expires_at", "expires"),
        ("valid_from", "enabled_from"), ("ban_reason", "disabled_note"),
        ("deleted_by", "disabled_note"), ("externalUserState", "status"),
        ("invitation_status", "status"), ("delete_at", "disabled_since"),
        ("DeleteAt", "disabled_since"), ("disabledtext", "disabled_note"), ("UFLAG", "disabled"),
        ("GLTGB", "enabled_until"), ("GLTGV", "enabled_from"), ("prohibit_login", "disabled"),
        ("ja_disable_user", "disabled"), ("x_user_blocked_by_policy", "disabled"),
        ("confirmed", "enabled"), ("confirmation", "disabled_note"), ("LockedOut", "disabled"),
    ],
)  # fmt: skip
def test_name_of_a_state_is_known(column: str, means: str) -> None:
    named = find_named_state(column)

    assert named is not None
    assert named.means == means


@pytest.mark.parametrize(
    "column",
    [
        "marital_status", "order_status", "payment status", "order.status", "subscription.status",
        "employment_type", "active_project", "last_active_at", "lastActive", "email_verified",
        "status_message", "status_changed", "email_status", "phone_disabled", "mfa_enabled",
        "2sv Enrolled [READ ONLY]", "newsletter_active", "password_expired", "tokenExpiresAt",
        "notifications_enabled", "sync_state", "billing_state", "company.status", "first_login",
        "services.google.expiresAt", "session.expires", "inactive_days", "blocked_ips",
        "Floor Section", "failed_attempts", "activeDirectoryId", "license_expires", "staff",
    ],
)  # fmt: skip
def test_false_friend_is_not_the_name_of_a_state(column: str) -> None:
    assert find_named_state(column) is None


@pytest.mark.parametrize(
    ("means", "value", "state"),
    [
        *(("status", word, A) for word in ("Active", "ENABLED", "aktiv", "OK", "true", "Yes")),
        *(("status", word, D) for word in (
            "Suspended", "DEACTIVATED", "deleted", "Terminated", "locked out", "LOCKED_OUT",
            "Deprovisioned", "banned", "archived", "gesperrt", "désactivé", "bloqueado", "false",
        )),
        *(("status", word, U) for word in (
            "Pending", "invited", "staged", "1", "0", "2", "-1", "A", "I", "zzz", "on hold",
            "expired",
        )),
        *(("status", word, S) for word in ("", "  ", "NULL", "\\N", "-", "shipped", "married")),
        *(("enabled", sign, A) for sign in (
            "1", "true", "T", "y", "Ja", "oui", "sí", "x", "✓", "on", "\x01", "\\1", "b'1'",
            "0x01", "\\x01", "1.0", "WAHR", "VERDADERO", True, 1, [1],
            {"type": "Buffer", "data": [1]}, "enabled",
        )),
        *(("enabled", sign, D) for sign in (
            "0", "false", "F", "n", "Nein", "non", "off", "\x00", "\\0", "b'0'", "0x00", "\\x00",
            "0.0", "FALSCH", False, 0, [0], {"type": "Buffer", "data": [0]}, "disabled",
        )),
        *(("enabled", sign, U) for sign in ("2", "-1", "maybe", "3 projects", "2030-01-01")),
        *(("enabled", sign, S) for sign in ("", None, "NULL", "2020-01-01", "1577836800")),
        *(("disabled", sign, D) for sign in (
            "1", "true", "yes", "\x01", "t", "2024-05-01", "2024-05-01 10:00:00", 1714521600,
            "1714521600000", "01.05.2024", "locked",
        )),
        *(("disabled", sign, A) for sign in ("0", "false", "no", "\x00", "f", "unlocked", False)),
        *(("disabled", sign, S) for sign in ("", None, "never", "0000-00-00 00:00:00")),
        *(("disabled", sign, U) for sign in ("2", "-1", "perhaps", "2030-01-01")),
        *(("disabled_since", sign, D) for sign in (
            "2024-05-01T10:00:00Z", "2024-05-01 10:00:00+00", "1714521600", "5/31/2024 10:00",
            "yes", "1",
        )),
        *(("disabled_since", sign, S) for sign in (
            "", "NULL", "0", "0000-00-00", "never", "0001-01-01T00:00:00", "no", "-",
        )),
        *(("disabled_since", sign, U) for sign in ("2030-01-01", "soon")),
        *(("disabled_until", sign, D) for sign in (
            "2030-01-01", "9999-12-31T23:59:59Z", "infinity", "forever", "4102444800",
        )),
        *(("disabled_until", sign, S) for sign in (
            "2020-01-01", "0", "", "never", "1577836800000",
        )),
        *(("disabled_until", sign, U) for sign in ("tomorrow", "17")),
        *(("enabled_until", sign, S) for sign in (
            "01.01.1900", "1753-01-01", "1899-12-30T00:00:00Z", "31.12.9999", "99991231",
        )),
        *(("enabled_until", sign, D) for sign in ("20220101", "1970-01-02")),
        ("enabled_until", "1970-01-01", U),
        *(("disabled_since", sign, S) for sign in ("1900-01-01", "01/01/1970", "1970-01-01")),
        *(("enabled_until", sign, D) for sign in ("2020-01-01", "31.12.2025", "1577836800")),
        *(("enabled_until", sign, S) for sign in (
            "2030-01-01", "never", "0", "9223372036854775807", "", "2026-06-01", "4102444800000",
        )),
        *(("enabled_until", sign, U) for sign in ("later", "12")),
        *(("enabled_from", sign, D) for sign in ("2030-01-01",)),
        *(("enabled_from", sign, S) for sign in ("2020-01-01", "")),
        *(("disabled_note", sign, D) for sign in ("spam", "17")),
        *(("disabled_note", sign, S) for sign in ("", "no", "0", "none")),
    ],
)  # fmt: skip
def test_value_is_read_by_what_its_column_means(means: Any, value: Any, state: State) -> None:
    assert StateReader(means, now=NOW).read(value).state is state


def test_own_words_count_before_those_that_are_known() -> None:
    reader = StateReader("status", active=("P", "suspended"), disabled=("Gone",), now=NOW)

    assert [reader.read(word).state for word in ("p", "Suspended", "GONE")] == [A, A, D]


@pytest.mark.parametrize("value", [{"a": {1, 2}}, [[]], 10**400, float("nan"), b"\xff", object()])
@pytest.mark.parametrize("means", ["status", "enabled", "disabled_since", "enabled_until"])
def test_no_value_stops_the_reader(means: Any, value: Any) -> None:
    assert StateReader(means, now=NOW).read(value).state in State


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        ("status", ["Active", "Suspended"], ["yes", "no"]),
        ("status", ["Active", "Pending"], ["yes", "ask"]),
        ("status", ["1", "0"], ["ask", "ask"]),
        ("status", ["A", "I"], ["ask", "ask"]),
        ("Status [READ ONLY]", ["Active", "Suspended"], ["yes", "no"]),
        ("is_active", ["1", "0"], ["yes", "no"]),
        ("is_active", ["t", "f"], ["yes", "no"]),
        ("is_active", ["\x01", "\x00"], ["yes", "no"]),
        ("is_active", ["b'1'", "b'0'"], ["yes", "no"]),
        ("is_active", ["1", ""], ["yes", "ask"]),
        ("is_active", ["1", "2"], ["yes", "ask"]),
        ("disabled", ["false", "true"], ["yes", "no"]),
        ("gesperrt", ["Nein", "Ja"], ["yes", "no"]),
        ("banned", ["", "x"], ["-", "no"]),
        ("deleted_at", ["", "2024-01-01 10:00:00"], ["-", "no"]),
        ("deleted_at", ["NULL", "1714521600"], ["-", "no"]),
        ("disabled_since", ["0000-00-00", "2024-01-01"], ["-", "no"]),
        ("locked_until", ["2020-01-01", "9999-12-31"], ["-", "no"]),
        ("valid_until", ["2999-01-01", "2020-01-01"], ["-", "no"]),
        ("approved", ["yes", "no"], ["yes", "no"]),
        ("approved_at", ["2024-01-01", ""], ["-", "ask"]),
        ("archived", ["0", "1"], ["yes", "no"]),
        ("expires_at", ["2999-01-01", "2020-01-01"], ["-", "ask"]),
        ("termination_date", ["", "31.12.2020"], ["-", "ask"]),
        ("employment_status", ["Active", "Terminated"], ["-", "ask"]),
        ("kind", ["member", "banned"], ["-", "ask"]),
        ("block_reason", ["", "spam"], ["-", "ask"]),
        ("manager.active", ["true", "false"], ["-", "ask"]),
        ("externalUserState", ["", "Accepted", "PendingAcceptance"], ["-", "-", "ask"]),
        ("invitation_status", ["", "accepted", "pending", "expired"], ["-", "-", "ask", "ask"]),
    ],
)
def test_state_is_carried_or_asked_about(column: str, values: list[str], expected: Any) -> None:
    assert judge_all([{column: value} for value in values]) == expected


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("marital_status", ["single", "separated"]),
        ("order_status", ["shipped", "archived"]),
        ("status", ["shipped", "delivered"]),
        ("status", ["single", "married"]),
        ("status", ["gold", "silver"]),
        ("state", ["CA", "NY"]),
        ("state", ["Bayern", "Hessen"]),
        ("employment_type", ["full-time", "contractor"]),
        ("active_project", ["apollo", "0"]),
        ("last_active_at", ["2024-01-01", ""]),
        ("email_verified", ["true", "false"]),
        ("status_message", ["back at 5", "on holiday"]),
        ("newsletter", ["active", "disabled"]),
        ("subscription_status", ["active", "suspended"]),
        ("mfa_enabled", ["true", "false"]),
        ("password_expired", ["true", "false"]),
        ("expires_at", ["2999-01-01", "2998-01-01"]),
        ("comment", ["hello", "goodbye"]),
        ("user_status", ["0", "0"]),
    ],
)
def test_false_friend_neither_disables_nor_asks(column: str, values: list[str]) -> None:
    assert judge_all([{column: value} for value in values]) == ["-"] * len(values)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"status": "Active", "deleted_at": "", "banned": "false"}, "yes"),
        ({"status": "Active", "deleted_at": "2024-01-01", "banned": "false"}, "no"),
        ({"status": "Active", "deleted_at": "", "banned": "true"}, "no"),
        ({"status": "Suspended", "deleted_at": "", "banned": "false"}, "no"),
        ({"status": "Pending", "deleted_at": "2024-01-01", "banned": "false"}, "no"),
        ({"status": "Pending", "deleted_at": "", "banned": "false"}, "ask"),
    ],
)
def test_any_no_of_several_columns_disables(row: dict[str, str], expected: str) -> None:
    usual = {"status": "Active", "deleted_at": "", "banned": "false"}
    others = [usual, {**usual, "status": "Pending"}, {**usual, "deleted_at": "2023-01-01"}]

    assert judge_all([row, *others])[0] == expected


def test_row_says_what_disables_it() -> None:
    rows = list_rows([{"status": "Active", "deleted": ""}, {"status": "Locked", "deleted": "1"}])

    assert [row.disabled_by for row in rows] == [(), (("status", "Locked"), ("deleted", "1"))]


@pytest.mark.parametrize(
    ("choice", "expected"), [("active", "yes"), ("disabled", "no"), ("ignore", "-")]
)
def test_decision_about_a_value_is_carried_out(choice: str, expected: str) -> None:
    rows = [{"status": "Active"}, {"status": "Pending"}, {"status": "Suspended"}]
    answers = {"state_unclear:status": {"Pending": choice}}

    assert judge_all(rows, answers=answers) == ["yes", expected, "no"]


def test_no_of_another_column_is_not_overruled_by_a_decision() -> None:
    rows = [{"status": "Active", "level": "0"}, {"status": "Pending", "approved": "queued"}]
    answers = {"state_unclear:status": "active", "state_unclear:approved": {"queued": "disabled"}}

    assert judge_all(rows, answers=answers)[1] == "no"


@pytest.mark.parametrize("column", ["deleted_at", "data.deleted_at", "app_metadata.deleted_at"])
def test_state_first_seen_beyond_the_head_is_asked_about(column: str) -> None:
    mapping = Mapping.model_validate(
        {
            "rules": [
                {"source": "id", "target": "subject_id"},
                {"source": "email", "target": "profile.email"},
            ]
        }
    )
    *above, leaf = column.split(".")
    late: Any = "2024-01-01"
    for name in [leaf, *reversed(above)]:
        late = {name: late}

    first, second, third = map_rows(
        mapping,
        [
            {"id": "1", "email": "a@example.com"},
            {"id": "2", "email": "b@example.com", **late},
            {"id": "3", "email": "c@example.com"},
        ],
    )

    assert [judge(row) for row in (first, second, third)] == ["-", "ask", "-"]
    assert second.problems[0].column == column


def test_state_that_is_ignored_by_the_mapping_is_asked_about_until_it_is_decided() -> None:
    mapping = Mapping.model_validate(
        {
            "rules": [{"source": "email", "target": "profile.email"}],
            "ignored": ["locked", "status"],
        }
    )
    rows = [
        {"email": "a@example.com", "locked": "yes", "status": "shipped"},
        {"email": "b@example.com", "locked": "no", "status": "returned"},
    ]

    assert [judge(row) for row in map_rows(mapping, rows)] == ["ask", "-"]
    decided = mapping.model_copy(update={"answers": {"state_unclear:locked": "ignore"}})
    assert [judge(row) for row in map_rows(decided, rows)] == ["-", "-"]


def test_state_that_goes_to_an_attribute_still_disables() -> None:
    mapping = Mapping.model_validate(
        {
            "rules": [
                {"source": "email", "target": "profile.email"},
                {"source": "banned", "target": "profile.display_name"},
            ]
        }
    )

    (row,) = map_rows(mapping, [{"email": "a@example.com", "banned": "true"}])

    assert judge(row) == "ask"


def test_bit_of_node_is_read_through_its_buffer() -> None:
    rows = [{"is_active": {"type": "Buffer", "data": [bit]}} for bit in (1, 0)]

    assert judge_all(rows, as_json=True) == ["yes", "no"]


def test_blank_column_is_no_evidence_of_a_state() -> None:
    assert recognise_state("deleted_at", (), 0.0) is None


def test_word_that_a_rule_cannot_read_is_asked_about() -> None:
    mapping = Mapping.model_validate(
        {
            "rules": [
                {"source": "email", "target": "profile.email"},
                {"source": "on", "target": "profile.active", "transforms": [{"kind": "boolean"}]},
            ]
        }
    )

    rows = map_rows(mapping, [{"email": "a@example.com", "on": word} for word in ("no", "Gone")])

    assert [judge(row) for row in rows] == ["no", "ask"]


@pytest.mark.parametrize("absent", [{}, {"profile": {}}, {"profile": {"active": None}}])
def test_record_without_a_state_is_not_asked_about_in_the_record_format(
    absent: dict[str, Any],
) -> None:
    rows = [
        {"subject_id": "1", "profile": {"email": "ada@example.com", "active": True}},
        {"subject_id": "2", "profile": {"email": "bo@example.com", "active": False}},
        {"subject_id": "3", **absent},
    ]
    inspection = inspect_file(io.BytesIO(json.dumps(rows).encode()), file_name="users.json")
    mapping = build_mapping(suggest_mapping(inspection, {}), inspection.provider, "test")

    assert inspection.provider == "native"
    assert [judge(row) for row in map_rows(mapping, rows)] == ["yes", "no", "-"]


@pytest.mark.parametrize(
    ("column", "value", "proposal"),
    [
        ("Austritt", "2025-01-31", "disabled"),
        ("Austritt", "2099-01-31", "active"),
        ("valid_until", "2099-01-31", "active"),
        ("account_end", "2025-01-31", "disabled"),
        # A password, a token or a licence can expire, too.
        ("expires_at", "2025-01-31T00:00:00Z", ""),
    ],
)
def test_end_of_an_account_is_asked_about_with_a_proposal_where_there_is_one(
    column: str, value: str, proposal: str
) -> None:
    rows = list_rows([{column: value}, {column: "2099-06-30"}])

    assert judge(rows[0]) == "ask"
    assert [each.concern.proposal for each in rows[0].decided] == [proposal]


@pytest.mark.parametrize("value", ["9999-12-31", "2100-01-01", "never", ""])
def test_end_of_an_account_that_never_comes_is_not_asked_about(value: str) -> None:
    assert judge_all([{"valid_until": value}, {"valid_until": "9999-12-31"}]) == ["-", "-"]


def test_what_expires_in_the_future_is_not_asked_about() -> None:
    assert judge_all([{"expires_at": "2099-06-30"}, {"expires_at": "2099-06-30"}]) == ["-", "-"]
