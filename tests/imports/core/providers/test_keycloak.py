"""Keycloak's quirks: JSON inside JSON, secrets as plain text, roles and paths, milliseconds."""

import json
from io import BytesIO

import pytest

from imports.core.inspection.inspection import inspect_file
from imports.core.mapping import RecordMapper, build_mapping, suggest_mapping
from imports.core.mapping.suggestions import Suggestion
from imports.core.providers.systems.keycloak import PROVIDER, excludes, normalise, recognise
from imports.core.readers import RawRow

OTP = {"type": "otp", "secretData": '{"value":"abc"}', "credentialData": '{"subType":"totp"}'}


def normalise_user(**fields):
    return normalise({"username": "ada", "enabled": True, **fields}, {})


def test_salted_hash_is_given_with_its_two_json_texts_as_objects():
    credential = {
        "type": "password",
        "secretData": '{"value": "aGFzaA==", "salt": "c2FsdA=="}',
        "credentialData": '{"hashIterations": 5, "algorithm": "pbkdf2-sha512"}',
    }
    found = normalise_user(credentials=[credential])
    assert json.loads(found["(password hash)"]) == {
        "secretData": {"value": "aGFzaA==", "salt": "c2FsdA=="},
        "credentialData": {"hashIterations": 5, "algorithm": "pbkdf2-sha512"},
    }
    assert found["(hash format)"] == "keycloak"


def test_damaged_secret_data_is_passed_on_to_be_refused_by_the_hash_format():
    credential = {"type": "password", "secretData": "{cut", "credentialData": "{}"}
    found = normalise_user(credentials=[credential])
    assert json.loads(found["(password hash)"])["secretData"] == "{cut"


@pytest.mark.parametrize(
    ("actions", "temporary", "expected"),
    [
        (["UPDATE_PASSWORD"], None, True),
        (["VERIFY_EMAIL"], None, False),
        ([], True, True),
        (None, False, False),
    ],
)
def test_password_must_change_by_required_action_or_when_temporary(actions, temporary, expected):
    credential = {"type": "password", "value": "x", "temporary": temporary}
    found = normalise_user(credentials=[credential], requiredActions=actions)
    assert found["(must change)"] is expected


@pytest.mark.parametrize(
    ("data", "secret"),
    [
        ({"subType": "totp"}, "MFRGG"),
        ({"subType": "totp", "secretEncoding": "BASE32"}, "abc"),
        ({"subType": "hotp"}, None),
    ],
)
def test_raw_otp_secret_is_written_in_base32(data, secret):
    credential = OTP | {"credentialData": json.dumps(data)}
    assert normalise_user(credentials=[credential]).get("(authenticator app)") == secret


def test_second_authenticator_app_and_recovery_codes_are_reported_as_lost():
    found = normalise_user(credentials=[OTP, OTP, {"type": "recovery-authn-codes"}])
    assert found["(not carried)"] == "recovery-authn-codes, further authenticator app"


def test_roles_of_keycloak_itself_are_left_behind():
    found = normalise_user(
        realmRoles=["default-roles-shop", "offline_access", "editor"],
        clientRoles={"account": ["manage-account"], "web": ["buyer"]},
    )
    assert found["(roles)"] == ["editor", "web:buyer"]


def test_attribute_with_one_value_is_that_value():
    found = normalise_user(attributes={"one": ["1"], "two": ["1", "2"], "bare": "x"})
    assert found["attributes"] == {"one": "1", "two": ["1", "2"], "bare": "x"}


@pytest.mark.parametrize(
    "fields", [{"username": "service-account-web"}, {"serviceAccountClientId": "web"}]
)
def test_service_account_is_excluded_with_a_reason(fields):
    assert "service account" in excludes(normalise_user(**fields))


def test_person_is_not_excluded():
    assert excludes(normalise_user()) == ""


def test_users_of_another_system_are_not_taken_for_keycloaks():
    rows = [{"username": "ada", "enabled": True, "email": "a@example.com", "id": "1"}]
    assert recognise(list(rows[0]), rows) is None


def test_passkey_that_no_record_of_the_head_has_is_carried_nevertheless():
    sources = PROVIDER.list_unseen({"id", "username"}, header_is_complete=False)
    assert "(passkeys)" in sources
    suggestions = [
        Suggestion(source, PROVIDER.presets[source].target, 1.0, "") for source in sources
    ]
    mapper = RecordMapper(build_mapping(suggestions, "keycloak", ""), {})
    credential = {"type": "webauthn", "credentialData": '{"credentialId": "AQID"}'}
    values = mapper.read_values(
        RawRow(1, 1, {"username": "ada", "enabled": True, "credentials": [credential]})
    )
    assert values["authenticators"]["passkeys"] == [{"credential_id": "AQID"}]


def test_attribute_that_looks_like_an_id_is_not_taken_for_the_users():
    user = {"username": "ada", "enabled": True, "credentials": [OTP], "realmRoles": []}
    content = json.dumps([user | {"attributes": {"employeeNumber": ["0042"]}}, user])
    suggestions = suggest_mapping(inspect_file(BytesIO(content.encode()), file_name="u.json"), {})
    targets = {each.source: each.target for each in suggestions}
    assert targets["username"] == "profile.username"
    assert targets["attributes.employeeNumber"] is None


@pytest.mark.parametrize(
    "user",
    [
        {"username": "ada", "credentials": [{"type": "password", "value": "Maple-1"}]},
        {"username": "ada", "enabled": True, "realmRoles": ["user"]},
        {"username": "ada", "enabled": True, "clientRoles": {"web": ["buyer"]}},
    ],
)
def test_users_written_by_hand_are_recognised(user):
    assert recognise(list(user), [user, {"username": "ben", "enabled": True}])


def test_credentials_of_another_kind_are_not_keycloaks():
    row = {"username": "ada", "credentials": [{"type": "sms", "value": "+441632960001"}]}
    assert recognise(list(row), [row]) is None


def test_user_of_whom_it_is_not_said_that_they_are_enabled_is_disabled():
    assert normalise({"username": "ada"}, {})["enabled"] is False
    assert normalise({"username": "ada", "enabled": None}, {})["enabled"] is False
    assert normalise({"username": "ada", "enabled": "true"}, {})["enabled"] == "true"
