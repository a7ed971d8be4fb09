"""Suggestions follow names and values, and say why."""

import io

import pytest

from accounts.attributes import AttributeRule, AttributeType
from imports.core.column_samples import ColumnSample
from imports.core.inspection.inspection import inspect_file
from imports.core.mapping import Suggestion, build_mapping, check_mapping, suggest_mapping
from imports.core.mapping.hints import suggest_transforms
from imports.core.mapping.names import NAMES
from imports.core.providers.systems.generic import PROVIDER
from imports.core.records.targets import is_target
from imports.core.transforms.families.phones import Phone
from imports.core.transforms.families.timestamps import Date, Epoch, Since
from imports.core.transforms.families.words import Drop
from imports.core.values.date_formats import find_date_formats

BCRYPT = "$2b$10$IAR9BgIsPUrqWifxDemZVuxmM48ymmmnw0FnqYU51yj3HcsoyrZr."


def suggest(columns: dict[str, str], attributes=()) -> dict[str, Suggestion]:
    content = "\t".join(columns) + "\n" + "\t".join(columns.values()) + "\n"
    inspection = inspect_file(io.BytesIO(content.encode()), file_name="x.tsv")
    rules = {name: AttributeRule(name) for name in attributes}
    return {each.source: each for each in suggest_mapping(inspection, rules)}


@pytest.mark.parametrize(
    ("column", "value", "target"),
    [
        ("mail", "a@x.org", "profile.email"),
        ("E-Mail Address", "a@x.org", "profile.email"),
        ("contact", "a@x.org", "profile.email"),
        ("login", "ann", "profile.username"),
        ("sub", "17", "subject_id"),
        ("UID", "17", "subject_id"),
        ("Mitarbeiter-Nr", "1001", "subject_id"),
        ("Personalnummer", "1001", "subject_id"),
        ("employee number", "1001", "subject_id"),
        ("Staff ID", "1001", "subject_id"),
        ("First Name", "Ann", "profile.given_name"),
        ("surname", "Lee", "profile.family_name"),
        ("Mobile", "+441632960001", "profile.phone"),
        ("reachable", "+441632960001", "profile.phone"),
        ("emailverified", "true", "profile.email_verified"),
        ("password", "geheim", "authenticators.password.plaintext"),
        ("password", BCRYPT, "authenticators.password.hash"),
        ("credential", BCRYPT, "authenticators.password.hash"),
        ("passwrd_hash", BCRYPT, "authenticators.password.hash"),
        ("roles", "a;b", "memberships.roles"),
        ("customer_email_address", "a@x.org", "profile.email"),
        ("Users First Name", "Ann", "profile.given_name"),
        ("hr_created_date", "31/12/2020", "profile.created_at"),
        ("status", "suspended", "profile.active"),
        ("status", "married", None),
        ("password hint", "the dog", None),
        ("email", "yes", None),
        ("created", "somewhere", None),
        ("newsletter", "yes", None),
        ("shoe size", "43", None),
    ],
)
def test_column_is_suggested_for_the_field_it_looks_like(column, value, target):
    suggestion = suggest({column: value, "other": "x"})[column]
    assert suggestion.target == target
    assert suggestion.reason


@pytest.mark.parametrize("order", [("Mitarbeiter-Nr", "user_id"), ("user_id", "Mitarbeiter-Nr")])
def test_personal_number_gives_way_to_an_id_of_the_system(order):
    found = suggest(dict.fromkeys(order, "17"))
    assert found["user_id"].target == "subject_id"
    assert found["Mitarbeiter-Nr"].target is None


def test_opposite_of_active_is_inverted():
    suggestion = suggest({"disabled": "true", "id": "1"})["disabled"]
    assert suggestion.target == "profile.active"
    assert suggestion.transforms[0].apply("true") is False


def test_attribute_of_the_same_name_is_suggested():
    assert suggest({"Cost Center": "7", "id": "1"}, ["cost_center"])["Cost Center"].target == (
        "profile.attributes.cost_center"
    )


def test_field_of_one_value_is_suggested_once_for_the_surest_column():
    found = suggest({"contact": "b@x.org", "email": "a@x.org"})
    assert (found["contact"].target, found["email"].target) == (None, "profile.email")
    assert "“email”" in found["contact"].reason


def test_field_that_is_a_list_is_suggested_for_several_columns():
    found = suggest({"roles": "a", "role": "b"})
    assert {each.target for each in found.values()} == {"memberships.roles"}


@pytest.mark.each_case("name", sorted(NAMES))
def test_synonym_leads_to_a_field_that_exists(name):
    assert is_target(NAMES[name])


def test_mapping_built_from_suggestions_can_be_used():
    found = suggest({"id": "1", "mail": "a@x.org", "newsletter": "x"})
    mapping = build_mapping(found.values(), "generic", "shop")
    check_mapping(mapping, list(found), {})
    assert (mapping.source_name, mapping.ignored) == ("shop", ["newsletter"])


def test_unknown_field_of_the_record_format_is_not_excluded_unseen():
    content = b'[{"subject_id": "1", "profile": {"emial": "a@x.org"}}]'
    inspection = inspect_file(io.BytesIO(content), file_name="x.json")
    assert inspection.provider == "native"
    suggestions = suggest_mapping(inspection, {})
    assert "check its spelling" in suggestions[1].reason
    assert build_mapping(suggestions, "native", "").ignored == []


@pytest.mark.parametrize(
    ("column", "value", "transform", "words"),
    [
        ("created", "31/12/2020", Date(formats=("%d/%m/%Y",)), "written as %d/%m/%Y"),
        ("created", "03/04/2020", Date(formats=("%d/%m/%Y",)), "no sample tells day and month"),
        ("last login", "1600000000000", Epoch(unit="ms"), "milliseconds since 1970"),
        ("phone", "0170 1234567", Phone(region="DE"), "read as those of DE"),
    ],
)
def test_transform_is_suggested_from_the_values_with_its_reason(column, value, transform, words):
    suggestion = suggest({column: value, "locale": "de-DE"})[column]
    assert suggestion.transforms == (transform,)
    assert words in suggestion.reason


@pytest.mark.parametrize("value", ["2020-12-31", "2020-12-31T10:00:00Z"])
def test_no_transform_is_suggested_for_what_is_understood_as_it_is(value):
    assert suggest({"created": value, "id": "1"})["created"].transforms == ()


def test_words_for_yes_and_no_are_read_as_such():
    suggestion = suggest({"enabled": "aktiv", "status": "inactive"})["status"]
    assert suggestion.target == "profile.active"
    assert suggestion.transforms[0].apply("Inactive") is False


def test_words_for_yes_and_no_are_read_as_such_though_one_of_them_is_another():
    column = ColumnSample("Aktiv", ("nein", "ja", "vielleicht"), 1.0)
    (hint,) = suggest_transforms(column, "profile.active", {}, [])
    assert hint.transform.apply("nein") is False
    assert (
        suggest_transforms(ColumnSample("x", ("vielleicht",), 1.0), "profile.active", {}, []) == []
    )


def test_phone_numbers_without_a_country_code_are_of_the_country_of_the_others():
    numbers = ("+49 89 5550100", "+49 89 5550101", "089 / 555-0114")
    column = ColumnSample("Telefon", numbers, 1.0, shape="phone")
    (hint,) = suggest_transforms(column, "profile.phone", {}, [])
    assert hint.transform == Phone(region="DE")


def test_country_of_phone_numbers_is_asked_for_when_no_column_tells_it():
    column = ColumnSample("phone", ("0170 1234567",), 1.0, shape="phone")
    (hint,) = suggest_transforms(column, "profile.phone", {}, [])
    assert (hint.kind, hint.transform) == ("phone", None)


def test_date_for_an_attribute_of_type_date_stays_a_date():
    column = ColumnSample("born", ("31/12/1990",), 1.0, shape="date", date_formats=("%d/%m/%Y",))
    rules = {"born": AttributeRule("born", type=AttributeType.DATE)}
    (hint,) = suggest_transforms(column, "profile.attributes.born", rules, [])
    assert hint.transform.apply("31/12/1990") == "1990-12-31"


@pytest.mark.parametrize(
    ("values", "transforms"),
    [
        (["133500000000000000", "0"], [Drop(values=("0",)), Epoch(unit="filetime")]),
        (["638500000000000000"], [Epoch(unit="ticks")]),
        (["45321.5", "44000"], [Epoch(unit="excel")]),
        (["20240531", "00000000"], [Drop(values=("00000000",)), Date(formats=("%Y%m%d",))]),
        (["2020-01-02 03:04:05", "0000-00-00 00:00:00"],
         [Drop(values=("0000-00-00 00:00:00",))]),
        (["31.12.2020", "01.01.0001 00:00:00"],
         [Drop(values=("01.01.0001 00:00:00",)), Date(formats=("%d.%m.%Y",))]),
        (["0000-00-00 00:00:00", "2024-04-01 10:00:00", "Never logged in"],
         [Drop(values=("0000-00-00 00:00:00", "Never logged in"))]),
        (["2024-04-01 10:00:00 UTC"], [Date(formats=("printed",))]),
        (["Never"], [Drop(values=("Never",))]),
    ],
)  # fmt: skip
def test_dates_as_numbers_and_what_stands_for_none_are_seen_in_the_whole_column(values, transforms):
    content = "id;last login\n" + "".join(f"{n};{value}\n" for n, value in enumerate(values))
    inspection = inspect_file(io.BytesIO(content.encode()), file_name="x.csv")
    found = {each.source: each for each in suggest_mapping(inspection, {})}["last login"]
    assert found.target == "profile.last_login"
    assert list(found.transforms) == transforms


def test_numbers_that_could_be_dates_are_left_alone_elsewhere():
    found = suggest({"postal code": "45321", "customer id": "20240531"})
    assert found["postal code"].target is None
    assert found["customer id"].transforms == ()


def test_country_is_asked_for_however_late_a_number_lacks_it():
    rows = ["+44 1632 960001", "+44 1632 960002", "+44 1632 960003", "01632 960004"]
    content = "id;phone\n" + "".join(f"{n};{number}\n" for n, number in enumerate(rows))
    inspection = inspect_file(io.BytesIO(content.encode()), file_name="x.csv")
    column = inspection.columns[1]
    assert "01632 960004" in column.samples
    (hint,) = suggest_transforms(column, "profile.phone", {}, [])
    assert (hint.kind, hint.transform) == ("phone", None)


@pytest.mark.parametrize("number", ["(212) 555-0123", "212-555-0123", "212.555.0123"])
def test_numbers_of_north_america_are_known_by_their_look(number):
    found = suggest({"reachable": number, "locale": "en-US"})["reachable"]
    assert (found.target, found.transforms) == ("profile.phone", (Phone(region="US"),))


def test_number_of_a_provider_that_asks_for_the_country_gets_no_transform_besides():
    rows = b'[{"id": "00u1", "status": "ACTIVE", "created": "2023-01-02T03:04:05.000Z", "profile":'
    rows += b' {"login": "a@x.org", "mobilePhone": "0171 3920012", "countryCode": "FR"}}]'
    inspection = inspect_file(io.BytesIO(rows), file_name="x.json")
    found = {each.source: each for each in suggest_mapping(inspection, {})}["(phone)"]
    assert (found.target, found.transforms) == ("profile.phone", ())


@pytest.mark.parametrize("null", ["NULL", "\\N", "N/A"])
def test_what_databases_write_for_no_value_is_dropped(null):
    content = "id;nick;created;first name\n" + "1;ann;2020-01-01;Ann\n" + f"2;bob;{null};{null}\n"
    inspection = inspect_file(io.BytesIO(content.encode()), file_name="x.csv")
    found = {each.source: each for each in suggest_mapping(inspection, {})}
    assert found["created"].transforms == (Drop(values=(null,)),)
    assert found["first name"].transforms == (Drop(values=(null,)),)
    assert f"“{null}” stands for no value." in found["created"].reason
    assert found["nick"].transforms == ()


def test_column_without_a_name_goes_nowhere_by_what_it_is_called_here():
    content = b"id,mail,\n1,a@x.org,u\n"
    inspection = inspect_file(io.BytesIO(content), file_name="x.csv")
    assert suggest_mapping(inspection, {})[2].target is None


@pytest.mark.parametrize(
    ("column", "value", "target"),
    [
        ("Aktiv", "ja", "profile.active"),
        ("Letzte Anmeldung", "31.12.2020", "profile.last_login"),
        ("pwdLastSet", "133500000000000000", None),
        ("updated_at", "2020-01-01", "profile.updated_at"),
    ],
)
def test_names_of_other_languages_and_systems_are_known(column, value, target):
    assert suggest({column: value, "id": "1"})[column].target == target


def test_format_of_dates_is_found_though_one_of_many_is_impossible():
    dates = [f"{day:02}.03.2024" for day in range(1, 20)] + ["31.02.2024"]
    assert find_date_formats(dates) == ("%d.%m.%Y",)


def test_texts_of_which_many_are_no_dates_have_no_date_format():
    assert find_date_formats(["01.03.2024", "02.03.2024", "soon", "later"]) == ()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("middle_name", "Margareta"),
        ("company_name", "Larkhill AB"),
        ("CompanyName", "Larkhill AB"),
        ("manager_name", "Pia Moen"),
        ("department_name", "Sales"),
        ("Floor Name", "Third"),
        ("distinguishedName", "CN=Ulla,DC=example,DC=com"),
        ("product name", "Boat"),
        ("host_name", "mail.example.com"),
        ("managerEmail", "pia@example.com"),
        ("manager_email", "pia@example.com"),
        ("emergency phone", "+46701740605"),
        ("unconfirmed_email", "ulla@example.com"),
        ("old_email", "ulla@example.com"),
        ("email_id_type", "work"),
        ("Password Hash Function", "bcrypt"),
        ("password_hash_algorithm_id", "7"),
        ("password_changed_at", "2024-03-01"),
        ("email_changed_at", "2024-03-01"),
        ("created_by", "2024"),
    ],
)
def test_column_about_something_else_goes_nowhere_by_a_part_of_its_name(column, value):
    assert suggest({"id": "1", column: value})[column].target is None


@pytest.mark.parametrize("column", ["customer name", "Name (full)", "userFullName", "member_name"])
def test_name_of_a_person_is_a_display_name(column):
    assert suggest({"id": "1", column: "Ulla Bergstrand"})[column].target == "profile.display_name"


@pytest.mark.parametrize("column", ["Floor Name", "unconfirmed_email", "their_given_name"])
def test_blank_column_goes_nowhere_by_a_part_of_its_name(column):
    assert suggest({"id": "1", column: ""})[column].target is None


def test_column_with_values_goes_before_a_blank_one_of_a_better_name():
    found = suggest({"email": "", "work_email": "ulla@example.com", "id": "1"})
    assert (found["email"].target, found["work_email"].target) == (None, "profile.email")


@pytest.mark.parametrize(
    ("column", "value", "target"),
    [
        ("password_expired", "false", "authenticators.password.must_change"),
        ("password_expired", "2024-03-01 10:00:00", "authenticators.password.expires_at"),
        ("password_expires_at", "false", None),
        ("Change Password at Next Sign-In", "True", "authenticators.password.must_change"),
        ("login", "1690000000", None),
        ("login", "ulla", "profile.username"),
        ("username", "2024-03-01 10:00:00", None),
        ("roles", "2024-03-01 10:00:00", None),
        ("picture", "true", None),
        ("locale", "2024", None),
    ],
)
def test_values_have_to_be_those_of_the_field(column, value, target):
    assert suggest({"id": "1", column: value})[column].target == target


@pytest.mark.parametrize(
    "column",
    ["email_verified_at", "confirmed_at", "emailVerified", "email_confirmed_at", "verifiedOn"],
)
@pytest.mark.parametrize("value", ["2022-09-28 10:56:07", "2022-09-28 10:56:07 UTC", "1664362567"])
def test_dates_of_verification_mean_verified_where_filled(column, value):
    suggestion = suggest({"id": "1", column: value})[column]
    assert suggestion.target == "profile.email_verified"
    (since,) = suggestion.transforms
    assert [since.apply(each) for each in (value, "", None, "NULL", "never")] == [
        True, False, False, False, False,
    ]  # fmt: skip


def test_blank_column_of_verification_dates_is_read_as_such_too():
    assert suggest({"id": "1", "phone_verified_at": ""})["phone_verified_at"].transforms == (
        Since(),
    )


def test_phone_numbers_without_any_country_are_not_proposed():
    suggestion = suggest({"id": "1", "OfficePhone": "(02) 5550 4972"})["OfficePhone"]
    assert suggestion.target is None
    assert "choose the country" in suggestion.reason


def test_phone_numbers_of_which_most_have_a_country_are_proposed():
    rows = ["+46701740605", "+46701740606", "070-1740607"]
    content = "id;fon;phone\n" + "".join(f"{n};x;{number}\n" for n, number in enumerate(rows))
    inspection = inspect_file(io.BytesIO(content.encode()), file_name="x.csv")
    assert suggest_mapping(inspection, {})[2].target == "profile.phone"


@pytest.mark.parametrize("subject", ["uid", "provider_id", "providerAccountId"])
def test_provider_and_id_side_by_side_are_an_external_login(subject):
    row = {"id": "1", "email": "otto@example.com", "provider": "google_oauth2", subject: "8800042"}
    found = suggest(row)["(external logins)"]
    assert found.target == "authenticators.external_logins"
    assert PROVIDER.normalise(row, {})["(external logins)"] == [
        {"provider": "google", "subject": "8800042"}
    ]


@pytest.mark.parametrize("provider", ["email", "local", ""])
def test_sign_in_by_password_is_not_an_external_login(provider):
    row = {"id": "1", "provider": provider, "uid": "otto@example.com"}
    assert PROVIDER.normalise(row, {}) == row


def test_column_of_lists_of_one_text_is_proposed_by_its_texts():
    rows = b'[{"id": "1", "phone": []}, {"id": "2", "phone": ["+46701740605"]}]'
    inspection = inspect_file(io.BytesIO(rows), file_name="x.json")
    assert suggest_mapping(inspection, {})[1].target == "profile.phone"


def test_two_letters_are_a_country_only_where_the_column_is_named_like_one():
    phone = "0171 3920012"

    assert suggest({"id": "1", "phone": phone, "department": "DE"})["phone"].target is None
    assert suggest({"id": "1", "phone": phone, "country": "DE"})["phone"].transforms
