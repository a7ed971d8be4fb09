"""The sample files are those that the script makes, and do what their README says."""

import csv
import io
import json

import pytest

from accounts import hashing
from imports.core.inspection.inspection import inspect_file
from imports.core.mapping import MappedRow, RecordMapper, build_mapping, suggest_mapping
from imports.core.readers import read_rows
from samples import make_samples
from samples.make_samples import FOLDER, aspnet_password, make_files, native_password
from samples.other_systems import auth0_password, keycloak_password


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return make_files()


def map_file(content: bytes, name: str) -> list[MappedRow]:
    file = io.BytesIO(content)
    inspection = inspect_file(file, file_name=name)
    mapping = build_mapping(suggest_mapping(inspection, {}), inspection.provider, name)
    mapper = RecordMapper(mapping, {})
    return [mapper.map_row(row) for row in read_rows(file, inspection.options)]


@pytest.mark.parametrize("name", make_files())
def test_sample_is_what_the_script_makes(files, name):
    assert (FOLDER / name).read_bytes() == files[name]


@pytest.mark.parametrize("number", [1, 2, 3])
def test_aspnet_sample_verifies_with_its_documented_password(files, number):
    rows = map_file(files["aspnet_identity_users.csv"], "users.csv")
    stored = rows[number - 1].record.authenticators.password.encoded
    assert hashing.verify(stored, aspnet_password(number))


@pytest.mark.parametrize("number", [1, 2])
def test_native_sample_verifies_with_its_documented_password(files, number):
    rows = map_file(files["native_users.json"], "users.json")
    stored = rows[number - 1].record.authenticators.password.encoded
    assert hashing.verify(stored, native_password(number))


@pytest.mark.parametrize(
    ("name", "provider", "password"),
    [
        ("auth0_users.json", "auth0", auth0_password),
        ("keycloak_realm.json", "keycloak", keycloak_password),
    ],
)
def test_sample_of_another_system_is_recognised_and_verifies(files, name, provider, password):
    assert inspect_file(io.BytesIO(files[name]), file_name=name).provider == provider
    rows = map_file(files[name], name)
    assert len(rows) == 12
    assert all(row.problems == () for row in rows)
    assert hashing.verify(rows[4].record.authenticators.password.encoded, password(5))


def test_sample_that_fits_no_preset_is_generic(files):
    inspection = inspect_file(io.BytesIO(files["hr_people.csv"]), file_name="hr_people.csv")
    assert inspection.provider == "generic"


def test_samples_without_mistakes_have_no_problem(files):
    rows = map_file(files["aspnet_identity_users.csv"], "users.csv")
    rows += map_file(files["native_users.json"], "users.json")
    assert len(rows) == 65
    assert all(row.problems == () for row in rows)


def test_mistakes_are_found_in_their_rows_and_columns(files):
    rows = map_file(files["mistakes.csv"], "mistakes.csv")
    assert len(rows) == len(make_samples.MISTAKES)
    found = {(row.row_number, each.code, each.column) for row in rows for each in row.problems}
    assert found == {
        (2, "missing_required", "id"),
        (3, "invalid_email", "email"),
        (4, "row_unclosed_quote", "family_name"),
        (6, "row_too_many_cells", ""),
        (7, "row_too_few_cells", ""),
        (8, "wrong_type", "email_verified"),
        (9, "invalid_phone", "phone"),
        (10, "wrong_type", "created_at"),
        (11, "hash_invalid", "password_hash"),
        (12, "hash_too_costly", "password_hash"),
        (16, "invalid_character", "username"),
        (17, "invalid_encoding", "given_name"),
        (18, "row_unreadable", "given_name"),
    }


@pytest.mark.parametrize(
    ("provider", "name"),
    [("aspnet_identity", "users.csv"), ("native", "users.json"), ("native", "users.ndjson")],
)
def test_load_file_holds_as_many_good_users_as_asked_for(tmp_path, provider, name):
    make_samples.write_load_file(tmp_path / name, provider, 120)
    rows = map_file((tmp_path / name).read_bytes(), name)
    assert len({row.record.subject_id for row in rows}) == 120
    stored = rows[77 - 1].record.authenticators.password.encoded
    assert hashing.verify(stored, make_samples.load_password(77))


def test_no_sample_holds_an_address_or_number_of_somebody_real(files):
    addresses = [row["Email"] for row in csv.DictReader(
        io.StringIO(files["aspnet_identity_users.csv"].decode()))]  # fmt: skip
    addresses += [each["profile"]["email"] for each in json.loads(files["native_users.json"])]
    assert {address.partition("@")[2] for address in addresses} == {"example.com", "example.org"}
