"""Ory Kratos' identities: credentials, addresses and traits become columns."""

import pytest

from imports.core.providers.systems.ory_kratos import normalise, recognise


def identity(**members):
    return {"schema_id": "default", "traits": {"email": "ada@example.com"}, **members}


def read(**members):
    return normalise(identity(**members), {})


def with_password(hashed):
    return read(credentials={"password": {"config": {"hashed_password": hashed}}})


@pytest.mark.parametrize(
    ("hashed", "hash_format"),
    [
        ("$2a$12$x", "bcrypt"),
        ("$argon2id$v=19$x", "argon2"),
        ("$pbkdf2-sha224$i=1$x", "kratos_pbkdf2"),
        ("$scrypt$ln=16384,r=8,p=1$x", "kratos_scrypt"),
        ("$firescrypt$ln=14$x", "kratos_firescrypt"),
        ("$md5$x", "kratos_md5"),
        ("$md5-crypt$x", "kratos_md5_crypt"),
        ("$sha1$pf=x", "kratos_sha"),
        ("$sha512$pf=x", "kratos_sha"),
        ("$sha256-crypt$rounds=1$x", "kratos_sha256_crypt"),
        ("$sha512-crypt$rounds=1$x", "kratos_sha512_crypt"),
        ("$hmac-sha256$x", "kratos_hmac"),
        ("{SSHA512}x", "ldap"),
    ],
)
def test_hash_is_read_as_kratos_reads_it(hashed, hash_format):
    assert with_password(hashed)["(hash format)"] == hash_format


def test_unknown_hash_is_left_to_be_recognised():
    values = with_password("$new$x")
    assert values["(password hash)"] == "$new$x"
    assert "(hash format)" not in values


def test_body_of_a_batch_is_read_like_one_alone():
    body = identity(external_id="x")
    assert normalise({"patch_id": "p", "create": body}, {}) == {
        "patch_id": "p",
        **normalise(body, {}),
    }


def test_trait_is_the_primary_address_and_others_are_further_ones():
    addresses = [
        {"value": "old@example.com", "via": "email", "verified": False},
        {"value": "ADA@example.com", "via": "email", "verified": True},
    ]
    values = read(verifiable_addresses=addresses)
    assert (values["(email)"], values["(email verified)"]) == ("ada@example.com", True)
    assert values["(further emails)"] == [{"email": "old@example.com", "verified": False}]


def test_address_that_is_not_verifiable_has_no_flag():
    assert "(email verified)" not in read()


@pytest.mark.parametrize("used_at", [None, "", "0001-01-01T00:00:00Z"])
def test_code_that_was_never_used_is_carried(used_at):
    config = {"recovery_codes": [{"code": "a", "used_at": used_at}]}
    values = read(credentials={"lookup_secret": {"config": config}})
    assert values["(recovery codes)"] == ["a"]


def test_used_code_is_not_carried():
    config = {"codes": [{"code": "a", "used_at": "2024-01-01T00:00:00Z"}]}
    assert "(recovery codes)" not in read(credentials={"lookup_secret": {"config": config}})


def test_authenticator_app_is_read_from_its_address():
    url = "otpauth://totp/Shop:ada?secret=ABCD&algorithm=SHA256&digits=8&period=60"
    values = read(credentials={"totp": {"config": {"totp_url": url}}})
    assert {key: value for key, value in values.items() if "authenticator app" in key} == {
        "(authenticator app)": "ABCD",
        "(authenticator app name)": "Shop",
        "(authenticator app digits)": "8",
        "(authenticator app period)": "60",
        "(authenticator app algorithm)": "SHA256",
    }


def test_inactive_identity_is_disabled():
    assert read(state="inactive")["(active)"] is False
    assert read(state="active")["(active)"] is True
    assert "(active)" not in read()


def test_credentials_of_unknown_types_are_named():
    assert read(credentials={"magic": {}})["(other credentials)"] == ["magic"]


@pytest.mark.parametrize(
    "row", [{"traits": {}}, {"schema_id": "x"}, {"traits": "x", "schema_id": "x"}]
)
def test_object_without_traits_and_schema_is_no_identity(row):
    assert recognise(list(row), [row]) is None
