"""SuperTokens' users: one user of several login methods."""

import pytest

from imports.core.providers.systems.supertokens import SIGNER_KEY, normalise


def read(*methods, answers=None, **members):
    return normalise({"loginMethods": list(methods), **members}, answers or {})


def by_password(email, **members):
    return {"recipeId": "emailpassword", "email": email, **members}


def test_address_of_the_primary_method_is_the_primary_address():
    values = read(
        by_password("b@example.com"), by_password("A@example.com", isPrimary=True, isVerified=True)
    )
    assert (values["(email)"], values["(email verified)"]) == ("a@example.com", True)
    assert values["(further emails)"] == [{"email": "b@example.com", "verified": False}]


def test_address_is_verified_when_any_of_its_methods_is():
    social = {"recipeId": "thirdparty", "email": "a@example.com", "isVerified": True}
    assert read(by_password("a@example.com"), social)["(email verified)"] is True


def test_first_joining_is_when_the_user_was_made():
    values = read(
        by_password("a@example.com", timeJoinedInMSSinceEpoch=2000),
        by_password("b@example.com", timeJoinedInMSSinceEpoch=1000),
    )
    assert values["(created)"] == "1970-01-01T00:00:01Z"


@pytest.mark.parametrize("name", ["plainTextPassword", "plaintextPassword"])
def test_plain_password_is_read_in_both_spellings(name):
    assert read(by_password("a@example.com", **{name: "x y"}))["(password)"] == "x y"


def test_hash_counts_before_a_plain_password_and_the_rest_is_told():
    values = read(
        by_password("a@example.com", plainTextPassword="x"),
        by_password("b@example.com", passwordHash="$2a$x", hashingAlgorithm="bcrypt"),
    )
    assert values["(password hash)"] == "$2a$x"
    assert "(password)" not in values
    assert values["(further passwords)"] == 1


def test_signer_key_goes_with_hashes_of_firebase_alone():
    answers = {SIGNER_KEY: " key "}
    firebase = by_password("a@example.com", passwordHash="$f_", hashingAlgorithm="firebase_scrypt")
    bcrypt = by_password("a@example.com", passwordHash="$2a$", hashingAlgorithm="bcrypt")
    assert read(firebase, answers=answers)["(hash parameters)"] == {"signer_key": "key"}
    assert "(hash parameters)" not in read(bcrypt, answers=answers)


def test_codes_go_to_verified_addresses_of_the_recipe_passwordless_alone():
    values = read(
        {"recipeId": "passwordless", "phoneNumber": "+441632960001", "isVerified": True},
        {"recipeId": "passwordless", "email": "a@example.com"},
        by_password("b@example.com", isVerified=True),
    )
    assert values["(addresses for codes)"] == [{"type": "phone", "value": "+441632960001"}]


def test_role_of_several_tenants_is_given_once():
    roles = [{"role": "a", "tenantIds": ["x"]}, {"role": "a", "tenantIds": ["y"]}, {"role": "b"}]
    assert read(userRoles=roles)["(roles)"] == ["a", "b"]
