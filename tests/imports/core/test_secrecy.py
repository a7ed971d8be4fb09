"""What may be shown of a file: no hash, key or password, whatever its column is called."""

import base64
import io
import json
import random
import secrets
import string
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imports.core.inspection.inspection import inspect_file
from imports.core.secrecy import (
    MASK,
    Evidence,
    is_secret_column,
    is_secret_name,
    mask,
    may_show,
    names_id,
    names_secret,
    weigh,
)

VECTORS = json.loads((Path(__file__).parents[2] / "vectors/password_hashes.json").read_text())
KNOWN = sorted({(each["format"], each["hash"]) for each in VECTORS if each["expect"]})
ITOA64 = string.ascii_letters + string.digits + "./"


def draw(source: random.Random, length: int, alphabet: str = ITOA64) -> str:
    return "".join(source.choices(alphabet, k=length))


def draw_bytes(source: random.Random, length: int) -> bytes:
    return source.randbytes(length)


FAMILIES = {
    "bcrypt": lambda s: f"$2y$10${draw(s, 53)}",
    "argon2": lambda s: f"$argon2id$v=19$m=65536,t=3,p=4${draw(s, 22)}${draw(s, 43)}",
    "sha512-crypt": lambda s: f"$6${draw(s, 16)}${draw(s, 86)}",
    "md5-crypt": lambda s: f"$1${draw(s, 8)}${draw(s, 22)}",
    "yescrypt": lambda s: f"$y$j9T${draw(s, 22)}${draw(s, 43)}",
    "des": lambda s: draw(s, 13),
    "bsdi": lambda s: f"_{draw(s, 19)}",
    "phpass": lambda s: f"$P$B{draw(s, 30)}",
    "django": lambda s: f"pbkdf2_sha256$600000${draw(s, 22)}${draw(s, 43)}=",
    "werkzeug": lambda s: f"scrypt:32768:8:1${draw(s, 16)}${draw_bytes(s, 64).hex()}",
    "ssha": lambda s: "{SSHA}" + base64.b64encode(draw_bytes(s, 28)).decode(),
    "ldif": lambda s: base64.b64encode(b"{SSHA}" + draw_bytes(s, 28)).decode(),
    "aspnet": lambda s: base64.b64encode(
        b"\1\0\0\0\1\0\0\47\20\0\0\0\20" + draw_bytes(s, 48)
    ).decode(),
    "mysql": lambda s: "*" + draw_bytes(s, 20).hex().upper(),
    "mysql323": lambda s: draw_bytes(s, 8).hex(),
    "scram": lambda s: f"SCRAM-SHA-256$4096:{draw(s, 22)}==${draw(s, 43)}=:{draw(s, 43)}=",
    "joomla": lambda s: f"{draw_bytes(s, 16).hex()}:{draw(s, 32)}",
    "mediawiki": lambda s: f":B:{draw_bytes(s, 4).hex()}:{draw_bytes(s, 16).hex()}",
    "digests": lambda s: draw_bytes(s, s.choice([16, 20, 28, 32, 48, 64])).hex(),
    "base64": lambda s: base64.b64encode(draw_bytes(s, s.choice([16, 20, 32, 48, 64]))).decode(),
    "base32": lambda s: base64.b32encode(draw_bytes(s, s.choice([10, 20, 32]))).decode(),
    "jwt": lambda s: f"eyJ{draw(s, 30, ITOA64[:52])}.{draw(s, 60, ITOA64[:62])}.{draw(s, 43)}",
    "codes": lambda s: ",".join(draw_bytes(s, 5).hex() for _ in range(8)),
}
NAMES = st.text("bcdfghjklmnpqrstvwxz_ ", min_size=3, max_size=12).filter(
    lambda name: name.strip() and not names_id(name)
)

PASSWORD_NAMES = (
    "user_pass pw userPw crypt senha motdepasse mot_de_passe mdp clave usu_clave contraseña "
    "kennwort hasło haslo pwd wachtwoord heslo salasana lösenord adgangskode jelszó şifre parola "
    "пароль 密码 パスワード 비밀번호 pin api_key ApiKey activation_key reset_code secret_answer "
    "UserPIN pass LmHash md5"
)
BCRYPT = "$2y$10$QDrSr3h3v4c7.h74IfcTdu" + "b6BuBYmIsfOR0JFS6Q/TDyl3ZtHGSya"


def inspect_rows(name: str, values: list[str]):
    lines = "\n".join(f'Ada {chr(97 + n)},"{value}"' for n, value in enumerate(values))
    return inspect_file(io.BytesIO(f'first,"{name}"\n{lines}\n'.encode()), file_name="a.csv")


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(
    family=st.sampled_from(sorted(FAMILIES)),
    name=NAMES,
    source=st.randoms(use_true_random=True),
)
def test_random_hashes_in_a_column_of_any_name_are_not_shown(family, name, source):
    values = [FAMILIES[family](source) for _ in range(12)]
    stored = json.dumps(inspect_rows(name, values).to_json())
    assert not [value for value in values if value in stored]


@pytest.mark.each_case("value", [value for _, value in KNOWN])
def test_known_hash_in_a_neutral_column_is_masked(value):
    if len(value) >= 20 and "abcd1234" not in value:
        assert not may_show("field7", value)


@pytest.mark.parametrize("name", PASSWORD_NAMES.split())
def test_plain_password_under_a_name_for_passwords_is_masked(name):
    samples = inspect_rows(name, ["sunshine", "Rosebud 7", "qwertz"]).columns[1].samples
    assert samples == (MASK, MASK, MASK)


@pytest.mark.parametrize("name", ["passport", "compass", "clave_cliente", "keyboard", "pinterest"])
def test_name_that_only_resembles_one_for_passwords_is_shown(name):
    assert not names_secret(name)


@pytest.mark.parametrize(
    "value",
    [
        "2f1c7d0e-6a55-4a57-9a0c-5d6f8f5b7a11",
        "5f7c8ec7c33c6c004bbafe82",
        "auth0|5f7c8ec7c33c6c004bbafe82",
        "google-oauth2|104857600000000000042",
        "ada.meyer@example.com",
        "https://www.gravatar.com/avatar/205e460b479e2e5b48aec07710c08d50?s=80",
        "avatars/205e460b479e2e5b48aec07710c08d50.jpg",
        "+49 170 1234567",
        "maximilian-mustermann-1984",
        "2024-05-01T10:11:12.123456Z",
        "cn=Ada Meyer,ou=people,dc=example,dc=com",
        "Europe/Berlin",
        "S-1-5-21-3623811015-3361044348-30300820-1013",
        "Donaudampfschifffahrtsgesellschaft",
        "INTERNATIONALISIERUNG",
        "ProductOwner2ndLevelSupport",
        "/srv/mail/ada",
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
        "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
        '["admin","editor","user"]',
    ],
)
def test_ordinary_value_is_shown_in_a_column_of_any_name(value):
    assert may_show("field7", value)


@pytest.mark.parametrize("name", ["id", "uid", "objectGUID", "user_id", "localId", "_id.$oid"])
@pytest.mark.parametrize(
    "value",
    [
        "205e460b479e2e5b48aec07710c08d50",
        base64.b64encode(bytes(range(60, 76))).decode(),
        "fQ3kzT8mVbXy1LwRj0HnD5pUeA2s",
    ],
)
def test_random_id_is_shown_in_a_column_of_ids(name, value):
    assert not is_secret_column(name, [value])


def test_hash_that_bears_its_mark_is_masked_even_in_a_column_of_ids():
    assert not may_show("id", f"$2y$10${'a' * 53}")


def test_one_hash_hides_the_plain_values_beside_it():
    values = ["sunshine", BCRYPT, "qwertz"]
    assert "sunshine" not in inspect_rows("field7", values).columns[1].samples


@pytest.mark.parametrize(
    "text",
    ['{"user": {"api_key": "abc-def"}}', '[{"type": "password", "value": "geheim"}]'],
)
def test_json_with_a_secret_by_its_key_is_one(text):
    assert weigh(text) is Evidence.MARKED


def test_birthday_as_initial_password_is_masked():
    assert is_secret_column("password", ["01.02.2010", "03.04.2011"])
    assert not is_secret_column("password_changed_at", ["2024-02-01", "2024-04-03"])


@pytest.mark.parametrize(
    "url", ["otpauth://totp/a?secret=JBSWY3DP", "https://example.com/reset?token=abc123"]
)
def test_url_with_a_secret_in_it_is_one(url):
    assert not may_show("field7", url)


def test_mask_shows_the_mark_of_a_hash_but_nothing_of_a_digest():
    assert mask(f"$2y$10${'a' * 53}") == "$2y$10…"
    assert mask(secrets.token_hex(16)) == MASK
    assert mask("e1" + secrets.token_hex(15)) == MASK


@pytest.mark.parametrize(
    "name",
    [
        "LastLoginDate",
        "LockoutEndDateUtc",
        "extension_2f1c7d0e6a554a579a0c5d6f8f5b7a11_Department",
        "Password (SHA-256, base64)",
        "email address of the second parent",
    ],
)
def test_name_of_a_column_is_no_secret(name):
    assert not is_secret_name(name)


def test_header_by_hand_does_not_make_a_hash_the_name_of_a_column():
    hashed = BCRYPT
    inspection = inspect_file(
        io.BytesIO(f"ada,{hashed}\nben,{hashed}\n".encode()),
        file_name="a.csv",
        chosen={"has_header": True},
    )
    assert [column.name for column in inspection.columns] == ["ada", "(column 2)"]
    assert hashed not in json.dumps(inspection.to_json())
