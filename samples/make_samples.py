"""Write the sample exports, and larger ones of the same kinds for load tests.

`python -m samples.make_samples` writes the files beside this script; they are the same each time.
`python -m samples.make_samples --count 100000 --out users.csv` writes a load test.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from argon2.low_level import Type, hash_secret

from samples.other_systems import (
    keycloak_secret,
    make_auth0_sample,
    make_hr_sample,
    make_keycloak_sample,
)
from samples.people import Person, derive, hash_bcrypt, write_csv

FOLDER = Path(__file__).parent
PROVIDERS = ("aspnet_identity", "native")
# .NET counts time in ticks of 100 nanoseconds.
NET_MAXIMUM = "9999-12-31 23:59:59.9999999 +00:00"
ASPNET_COLUMNS = [
    "Id",
    "UserName",
    "NormalizedUserName",
    "Email",
    "NormalizedEmail",
    "EmailConfirmed",
    "PasswordHash",
    "SecurityStamp",
    "ConcurrencyStamp",
    "PhoneNumber",
    "PhoneNumberConfirmed",
    "TwoFactorEnabled",
    "LockoutEnd",
    "LockoutEnabled",
    "AccessFailedCount",
]
POOL_SIZE = 50


def hash_identity_v2(password: str, label: str) -> str:
    """Hash as ASP.NET Identity 1 and 2 do: PBKDF2-HMAC-SHA1 with 1000 iterations."""
    salt = derive(label, 16)
    key = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, 1000, 32)
    return base64.b64encode(b"\0" + salt + key).decode()


def hash_identity_v3(password: str, label: str, digest: str, iterations: int) -> str:
    """Hash as ASP.NET Core Identity does; the digest and iterations differ between versions."""
    salt = derive(label, 16)
    key = hashlib.pbkdf2_hmac(digest, password.encode(), salt, iterations, 32)
    numbers = (["sha1", "sha256", "sha512"].index(digest), iterations, len(salt))
    header = b"\x01" + b"".join(number.to_bytes(4, "big") for number in numbers)
    return base64.b64encode(header + salt + key).decode()


def hash_argon2(password: str, label: str) -> str:
    salt = derive(label, 16)
    return hash_secret(password.encode(), salt, 2, 19456, 1, 32, Type.ID).decode()


# --- ASP.NET Identity ---------------------------------------------------------------------------


def aspnet_password(number: int) -> str | None:
    """Return the password of a sample user; every tenth has none, having only used Google."""
    return None if number % 10 == 0 else f"Ferry-{number:02}-Crossing"


def hash_aspnet(number: int) -> str:
    password = aspnet_password(number)
    if password is None:
        return "NULL"
    label = f"aspnet {number}"
    if number % 4 == 1:
        return hash_identity_v2(password, label)
    if number % 4 == 2:
        return hash_identity_v3(password, label, "sha256", 10_000)
    return hash_identity_v3(password, label, "sha512", 100_000)


def make_aspnet_row(number: int, password_hash: str) -> dict[str, Any]:
    """Return a row of AspNetUsers as SQL Server Management Studio writes it."""
    person = Person(number)
    has_phone = number % 3 == 0 and number < 1000
    return {
        "Id": person.id,
        "UserName": person.email,
        "NormalizedUserName": person.email.upper(),
        "Email": person.email,
        "NormalizedEmail": person.email.upper(),
        "EmailConfirmed": int(number % 7 != 0),
        "PasswordHash": password_hash,
        "SecurityStamp": base64.b32encode(derive(f"stamp {number}", 20)).decode(),
        "ConcurrencyStamp": str(uuid.UUID(bytes=derive(f"row {number}", 16), version=4)),
        "PhoneNumber": person.phone if has_phone else "NULL",
        "PhoneNumberConfirmed": int(has_phone and number % 2 == 0),
        "TwoFactorEnabled": 0,
        "LockoutEnd": NET_MAXIMUM if number % 13 == 0 else "NULL",
        "LockoutEnabled": 1,
        "AccessFailedCount": number % 2,
    }


def make_aspnet_sample() -> str:
    rows = (make_aspnet_row(number, hash_aspnet(number)) for number in range(1, 41))
    return write_csv(ASPNET_COLUMNS, rows)


# --- Userferry record format --------------------------------------------------------------------


def native_password(number: int) -> str:
    return f"Native-{number:02}-Harbour"


def totp_secret(number: int) -> str:
    return base64.b32encode(derive(f"totp {number}", 20)).decode()


def recovery_codes(number: int) -> list[str]:
    return [derive(f"code {number} {index}", 5).hex() for index in range(4)]


def make_native_password(number: int) -> dict[str, Any]:
    label = f"native {number}"
    if number == 25:
        return {"plaintext": native_password(number), "must_change": True}
    if number % 2:
        return {"hash": hash_bcrypt(native_password(number), label, 10)}
    return {"hash": hash_argon2(native_password(number), label)}


def make_native_record(number: int, password: dict[str, Any]) -> dict[str, Any]:
    person = Person(number)
    name = f"{person.given_name.lower()}{number}"
    return {
        "subject_id": f"native-{number:04}",
        "profile": {
            "username": name,
            "email": f"native{number:02}@example.org",
            "email_verified": number % 5 != 0,
            "given_name": person.given_name,
            "family_name": person.family_name,
            "locale": "en-GB",
            "active": number != 24,
            "created_at": f"2023-{number % 12 + 1:02}-{number % 28 + 1:02}T08:00:00Z",
        },
        "authenticators": {"password": password},
    }


def make_native_sample() -> str:
    records = [make_native_record(n, make_native_password(n)) for n in range(1, 26)]
    records[0]["authenticators"]["totp"] = {"secret": totp_secret(1), "name": "Phone"}
    records[0]["authenticators"]["recovery_codes"] = recovery_codes(1)
    records[1]["authenticators"]["external_logins"] = [
        {"provider": "google", "subject": "100000000000000000002"}
    ]
    records[2]["profile"]["emails"] = [{"email": "third@example.com", "verified": True}]
    records[3]["memberships"] = {"groups": ["support"]}
    records[4]["memberships"] = {"groups": ["engineering"], "roles": ["editor"]}
    return json.dumps(records, indent=1, ensure_ascii=False) + "\n"


# --- Mistakes -----------------------------------------------------------------------------------

MISTAKE_COLUMNS = (
    "id,username,email,email_verified,phone,given_name,family_name,password_hash,active,"
    "created_at,roles"
)
# Each line of the file, and what is wrong with it; the marks in braces are replaced.
MISTAKES = (
    ("m1,ada,ada@example.net,true,+441632960901,Ada,Ahlberg,{hash},true,2024-01-05,", ""),
    (
        ",,,true,,Bashir,Brandt,,true,2024-01-06,",
        "There is neither an id nor anything to make one from.",
    ),
    (
        "m3,chloé,chloe.example.net,true,,Chloé,Castillo,,true,2024-01-07,",
        "The e-mail address has no @.",
    ),
    (
        'm4,dmitri,dmitri@example.net,true,,Dmitri,"Dvořák,,true,2024-01-08,',
        "The quote before Dvořák is never closed.",
    ),
    ("m5,elif,elif@example.net,true,,Elif,Eriksen,,true,2024-01-09,", ""),
    (
        "m6,farah,farah@example.net,true,,Farah,Fontaine, Jr.,,true,2024-01-10,",
        "The comma in “Fontaine, Jr.” splits one cell into two.",
    ),
    ("m7,goran,goran@example.net,true", "The row ends after four cells."),
    (
        "m8,hana,hana@example.net,maybe,,Hana,Haddad,,true,2024-01-12,",
        "“maybe” is neither true nor false.",
    ),
    (
        "m9,idris,idris@example.net,true,ext. 12,Idris,Ahlberg,,true,2024-01-13,",
        "“ext. 12” is not a phone number.",
    ),
    (
        "m10,jürgen,jurgen@example.net,true,,Jürgen,Brandt,,true,31.02.2024,",
        "31 February does not exist, and dates are written 2024-02-28.",
    ),
    (
        "m11,kwame,kwame@example.net,true,,Kwame,Castillo,{cut},true,2024-01-15,",
        "The password hash is cut off.",
    ),
    (
        "m12,lucía,lucia@example.net,true,,Lucía,Dvořák,{costly},true,2024-01-16,",
        "The password hash asks for 2^31 rounds of bcrypt.",
    ),
    (
        "m13,mei,mei@example.net,true,,Mei,Eriksen,,true,2024-01-17,wizards",
        "The role “wizards” does not exist.",
    ),
    (
        "m14,nils,ADA@example.net,true,,Nils,Fontaine,,true,2024-01-18,",
        "Row 1 has the same e-mail address, in lower case.",
    ),
    (
        "m1,oona,oona@example.net,true,,Oona,Grünwald,,true,2024-01-19,",
        "Row 1 has the same id, and is another person. The dry run asks about it.",
    ),
    (
        "m16,pri\0ya,priya@example.net,true,,Priya,Haddad,,true,2024-01-20,",
        "The user name holds a NUL character.",
    ),
    (
        "m17,quentin,quentin@example.net,true,,Quentin{byte},Ahlberg,,true,2024-01-21,",
        "The byte after “Quentin” is not UTF-8.",
    ),
    (
        'm18,rosa,rosa@example.net,true,,"Rosa" Maria,Brandt,,true,2024-01-22,',
        "Text follows the closing quote of “Rosa”.",
    ),
    ("m19,søren,soren@example.net,true,,Søren,Castillo,,true,2024-01-23,", ""),
)
MISTAKES_PASSWORD = "Mistake-01-Proof"  # noqa: S105 - a documented sample


def make_mistakes() -> bytes:
    good = hash_bcrypt(MISTAKES_PASSWORD, "mistakes", 10)
    lines = [MISTAKE_COLUMNS, *(line for line, _ in MISTAKES)]
    text = "\r\n".join(lines) + "\r\n"
    text = text.replace("{hash}", good).replace("{cut}", good[:40])
    return (
        text.replace("{costly}", good.replace("$10$", "$31$")).encode().replace(b"{byte}", b"\xff")
    )


# --- What goes with them ------------------------------------------------------------------------


def make_readme() -> str:
    mistakes = "".join(
        f"| {row} | {row + 1} | {mistake or 'None: the record is imported.'} |\n"
        for row, (_, mistake) in enumerate(MISTAKES, start=1)
    )
    codes = ", ".join(f"`{code}`" for code in recovery_codes(1))
    return README.format(
        mistakes=mistakes,
        secret=totp_secret(1),
        keycloak_secret=keycloak_secret(),
        codes=codes,
        password=MISTAKES_PASSWORD,
    )


README = """\
# Sample exports

`python -m samples.make_samples` writes these files; a test fails when they are out of date. The
people are made up, the addresses and phone numbers are reserved for examples, and the passwords are
public. Import these files into a trial installation only.

## aspnet_identity_users.csv

The file holds the table AspNetUsers with 40 users, as SQL Server Management Studio saves it.

| User | Password | Remarks |
|---|---|---|
| `user01@example.com` | `Ferry-01-Crossing` | version 2 hash (PBKDF2-SHA1, 1,000 rounds) |
| `user02@example.com` | `Ferry-02-Crossing` | version 3 hash (PBKDF2-SHA256, 10,000 rounds) |
| `user03@example.com` | `Ferry-03-Crossing` | version 3 hash (PBKDF2-SHA512, 100,000 rounds) |
| `user07@example.com` | `Ferry-07-Crossing` | address not confirmed, as for every seventh user |
| `user10@example.com` | none | no password, as for every tenth user |
| `user13@example.com` | `Ferry-13-Crossing` | disabled, as every thirteenth user: cannot sign in |
| `userNN@example.com` | `Ferry-NN-Crossing` | for NN from 01 to 40 |

## native_users.json

The file holds 25 users in the [record format](../docs/record-format.md).

| User | Password | Remarks |
|---|---|---|
| `native01@example.org` | `Native-01-Harbour` | authenticator app and recovery codes, see below |
| `native02@example.org` | `Native-02-Harbour` | also signs in with Google |
| `native03@example.org` | `Native-03-Harbour` | second, verified address `third@example.com` |
| `native04@example.org` | `Native-04-Harbour` | member of the group `support` |
| `native05@example.org` | `Native-05-Harbour` | in the group `engineering`, role `editor` |
| `native24@example.org` | `Native-24-Harbour` | disabled: cannot sign in |
| `native25@example.org` | `Native-25-Harbour` | plain password in the file; has to be changed |
| `nativeNN@example.org` | `Native-NN-Harbour` | odd numbers: bcrypt hash; even numbers: argon2id |

The secret of the authenticator app is `{secret}`, the recovery codes are {codes}.

The groups `support` and `engineering` and the role `editor` have to exist; the dry run offers to
create them. Without them, rows 4 and 5 fail. Create them and retry.

## auth0_users.json

The file holds 12 users in the format of Auth0's bulk import, with bcrypt hashes.
`auth0-NN@example.com` signs in with `Auth0-NN-Quay`, for NN from 01 to 12. Number 12 is blocked.

## keycloak_realm.json

The file holds 12 users of a realm, with PBKDF2 hashes. `kc01` to `kc12` sign in with
`Keycloak-NN-Pier`. Number 1 has an authenticator app with the secret `{keycloak_secret}`, number 2
also signs in with Google, and number 12 is disabled. The role `editor` and the group `/staff` have
to exist.

## hr_people.csv

The file holds 20 people as a personnel system lists them. No source system matches it, so the
mapping page proposes target fields by the names of the columns. Nobody has a password.

## mistakes.csv

The file holds most kinds of mistakes that occur in exports. Everything else in it is imported:
`ada@example.net` signs in with `{password}`. The role `wizards` must not exist.

| Row | Line | Mistake |
|---|---|---|
{mistakes}
## legacy_directory/

The reference legacy directory only says whether a password is right. It has the users of
`aspnet_identity_users.csv`; `make legacy-directory` runs it. The page on
[legacy directories](../docs/legacy-directories.md#the-reference-directory) says what to try.

## openid_application/

The sample application signs its users in by OpenID Connect and shows what it is told of them. The
page on [OpenID Connect](../docs/openid-connect.md#try-it) says how to run it.

## Larger files

`python -m samples.make_samples --count 100000 --out users.csv` writes that many users for a load
test; `--provider native` with a name ending in `.json` or `.ndjson` writes the record format.
The users share {pool} hashes, which are cheap to verify. The password of user number N is
`Load-MM-Test`, where MM is the remainder of N divided by {pool}, with two digits.
""".replace("{pool}", str(POOL_SIZE))


def make_files() -> dict[str, bytes]:
    """Return the content of every sample file by name."""
    return {
        "README.md": make_readme().encode(),
        "aspnet_identity_users.csv": make_aspnet_sample().encode(),
        "native_users.json": make_native_sample().encode(),
        "auth0_users.json": make_auth0_sample().encode(),
        "keycloak_realm.json": make_keycloak_sample().encode(),
        "hr_people.csv": make_hr_sample().encode(),
        "mistakes.csv": make_mistakes(),
    }


# --- Load tests ---------------------------------------------------------------------------------


def load_password(number: int) -> str:
    return f"Load-{number % POOL_SIZE:02}-Test"


def write_load_file(path: Path, provider: str, count: int) -> None:
    """Write `count` users, one at a time."""
    with path.open("w", encoding="utf-8", newline="") as file:
        if provider == "aspnet_identity":
            pool = [
                hash_identity_v3(load_password(n), f"load {n}", "sha256", 1000)
                for n in range(POOL_SIZE)
            ]
            writer = csv.DictWriter(file, ASPNET_COLUMNS)
            writer.writeheader()
            for number in range(1, count + 1):
                writer.writerow(make_aspnet_row(number, pool[number % POOL_SIZE]))
            return
        is_array = path.suffix != ".ndjson"
        for number, line in enumerate(write_native_lines(count), start=1):
            file.write(("[" if number == 1 else ",") if is_array else "")
            file.write(f"{line}\n")
        file.write("]\n" if is_array else "")


def write_native_lines(count: int) -> Iterator[str]:
    pool = [hash_bcrypt(load_password(n), f"load {n}", 4) for n in range(POOL_SIZE)]
    for number in range(1, count + 1):
        yield json.dumps(make_native_record(number, {"hash": pool[number % POOL_SIZE]}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, help="write so many users for a load test")
    parser.add_argument("--provider", choices=PROVIDERS, default=PROVIDERS[0])
    parser.add_argument("--out", type=Path, help="where to write them")
    options = parser.parse_args()
    if options.count and options.out:
        write_load_file(options.out, options.provider, options.count)
        return
    if options.count or options.out:
        parser.error("--count and --out go together")
    for name, content in make_files().items():
        (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    main()
