"""The password summary as programs read it: formats by name, unknown ones by their outline."""

import pytest

from imports.core.dry_run import list_passwords
from imports.core.records.password_summary import Kind, PasswordSummary, Reason


def test_a_known_format_is_told_with_its_parameters_and_whether_it_is_weak() -> None:
    password_summary = PasswordSummary()
    password_summary.kinds[Kind("bcrypt", (("cost", "10"),), weak=False)] = 3
    password_summary.kinds[Kind("md5", (), weak=True)] = 2

    strong, weak = list_passwords(password_summary)

    assert (strong["format"], strong["count"], strong["text"]) == ("bcrypt", 3, "bcrypt, cost 10")
    assert weak["text"].endswith("; weak")


def test_an_unknown_format_is_told_by_its_outline() -> None:
    password_summary = PasswordSummary()
    password_summary.unusable[Reason("hash_unrecognised", "{XYZ} + 28 characters")] = 4

    (unknown,) = list_passwords(password_summary)

    assert (unknown["format"], unknown["count"]) == ("unknown", 4)
    assert "{XYZ} + 28 characters" in unknown["text"]


@pytest.mark.parametrize(("name", "format_id"), [("plain", "plain"), ("absent", "none")])
def test_records_without_a_hash_are_told(name: str, format_id: str) -> None:
    (line,) = list_passwords(PasswordSummary(**{name: 5}))

    assert (line["format"], line["count"]) == (format_id, 5)
