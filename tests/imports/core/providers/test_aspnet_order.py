"""AspNetUsers without a header: its columns are told by their order and what they hold."""

import pytest

from imports.core.providers.systems.aspnet_identity import CORE, IDENTITY_2, normalise, recognise

HASH = "AEhNvtxbnvkRnAEPRS6ol0Edi+WF6AtXOwDk3Eck/dfeUpCulPX1yVU4G9UpFRycjQ=="
USER = {
    "Id": "u1",
    "UserName": "ada",
    "NormalizedUserName": "ADA",
    "Email": "ada@example.com",
    "NormalizedEmail": "ADA@EXAMPLE.COM",
    "EmailConfirmed": "True",
    "PasswordHash": HASH,
    "SecurityStamp": "s",
    "ConcurrencyStamp": "c",
    "PhoneNumber": "NULL",
    "PhoneNumberConfirmed": "False",
    "TwoFactorEnabled": "0",
    "LockoutEnd": "NULL",
    "LockoutEndDateUtc": "",
    "LockoutEnabled": "1",
    "AccessFailedCount": "0",
}


def make_row(order: str, *further: str, **changes: str) -> dict[str, str]:
    cells = [(USER | changes)[name] for name in order.split()]
    return {f"(column {number})": cell for number, cell in enumerate([*cells, *further], 1)}


def test_own_columns_behind_those_of_the_table_keep_their_position():
    row = make_row(CORE, "Sales")
    assert recognise(list(row), [row])
    found = normalise(row, {})
    assert found["Email"] == "ada@example.com"
    assert found["(column 16)"] == "Sales"


@pytest.mark.parametrize("order", [CORE, IDENTITY_2])
def test_user_locked_for_ever_is_disabled(order):
    end = "9999-12-31 23:59:59.9999999 +00:00"
    row = make_row(order, LockoutEnd=end, LockoutEndDateUtc=end)
    assert recognise(list(row), [row])
    assert normalise(row, {})["(active)"] is False


def test_user_with_a_hash_of_another_kind_is_named_where_the_others_are_known():
    rows = [make_row(CORE), make_row(CORE, PasswordHash="$2b$10$x")]
    assert recognise(list(rows[0]), rows)
    assert normalise(rows[1], {})["PasswordHash"] == "$2b$10$x"


@pytest.mark.parametrize(
    "changes",
    [
        {"EmailConfirmed": "maybe"},
        {"AccessFailedCount": "none"},
        {"LockoutEnd": "Sales"},
        {"NormalizedUserName": "BEN"},
        {"PasswordHash": "", "NormalizedUserName": "ada"},
    ],
)
def test_other_cells_in_that_number_are_not_taken_for_the_table(changes):
    row = make_row(CORE, **changes)
    assert recognise(list(row), [row]) is None


def test_row_that_does_not_fit_stays_nameless():
    row = make_row(CORE, EmailConfirmed="maybe")
    assert "Email" not in normalise(row, {})
