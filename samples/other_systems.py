"""Sample exports of Auth0 and Keycloak, and of a personnel system that no preset fits."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from typing import Any

from samples.people import Person, derive, hash_bcrypt, write_csv

HR_COLUMNS = [
    "Staff No",
    "First Name",
    "Surname",
    "Work E-mail",
    "Mobile",
    "Department",
    "Start Date",
    "Left",
]
DEPARTMENTS = ("Sales", "Engineering", "Support")


def auth0_password(number: int) -> str:
    return f"Auth0-{number:02}-Quay"


def make_auth0_sample() -> str:
    """Return users as Auth0's import takes them."""
    users = [make_auth0_user(number) for number in range(1, 13)]
    return json.dumps(users, indent=1, ensure_ascii=False) + "\n"


def make_auth0_user(number: int) -> dict[str, Any]:
    person = Person(number)
    return {
        "user_id": derive(f"auth0 {number}", 12).hex(),
        "email": f"auth0-{number:02}@example.com",
        "email_verified": number % 4 != 0,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "name": f"{person.given_name} {person.family_name}",
        "blocked": number == 12,
        "password_hash": hash_bcrypt(auth0_password(number), f"auth0 {number}", 10),
        "user_metadata": {"theme": "dark" if number % 2 else "light"},
        "app_metadata": {"plan": "gold" if number % 3 == 0 else "free"},
    }


def keycloak_password(number: int) -> str:
    return f"Keycloak-{number:02}-Pier"


def keycloak_secret() -> str:
    """Return the secret of the first user's authenticator app, as apps take it."""
    return base64.b32encode(keycloak_raw_secret().encode()).decode()


def keycloak_raw_secret() -> str:
    return derive("keycloak totp", 10).hex()


def make_keycloak_sample() -> str:
    """Return a realm with its users, as kc.sh export --users same_file writes it."""
    users = [make_keycloak_user(number) for number in range(1, 13)]
    users[0]["credentials"].append(make_keycloak_app())
    users[1]["federatedIdentities"] = [
        {"identityProvider": "google", "userId": "100000000000000000002", "userName": "kc02"}
    ]
    realm = {"realm": "harbour", "enabled": True, "users": users}
    return json.dumps(realm, indent=1, ensure_ascii=False) + "\n"


def make_keycloak_user(number: int) -> dict[str, Any]:
    person = Person(number)
    return {
        "id": str(uuid.UUID(bytes=derive(f"keycloak {number}", 16), version=4)),
        "createdTimestamp": 1577836800000 + number * 86400000,
        "username": f"kc{number:02}",
        "enabled": number != 12,
        "totp": number == 1,
        "emailVerified": number % 5 != 0,
        "firstName": person.given_name,
        "lastName": person.family_name,
        "email": f"kc{number:02}@example.net",
        "credentials": [make_keycloak_password(number)],
        "requiredActions": [],
        "realmRoles": ["editor"] if number == 3 else [],
        "groups": ["/staff"] if number == 4 else [],
    }


def make_keycloak_password(number: int) -> dict[str, Any]:
    salt, iterations = derive(f"keycloak salt {number}", 16), 27500
    key = hashlib.pbkdf2_hmac("sha256", keycloak_password(number).encode(), salt, iterations, 64)
    secret = {"value": base64.b64encode(key).decode(), "salt": base64.b64encode(salt).decode()}
    return {
        "type": "password",
        "createdDate": 1577836800000,
        "secretData": json.dumps(secret | {"additionalParameters": {}}),
        "credentialData": json.dumps(
            {"hashIterations": iterations, "algorithm": "pbkdf2-sha256", "additionalParameters": {}}
        ),
    }


def make_keycloak_app() -> dict[str, Any]:
    """Return the credential of an authenticator app, whose secret is text and not base32."""
    data = {"subType": "totp", "digits": 6, "counter": 0, "period": 30, "algorithm": "HmacSHA1"}
    return {
        "type": "otp",
        "userLabel": "Phone",
        "createdDate": 1577836800000,
        "secretData": json.dumps({"value": keycloak_raw_secret()}),
        "credentialData": json.dumps(data),
    }


def make_hr_sample() -> str:
    """Return people as a personnel system lists them, with dates as they are written in Europe."""
    return write_csv(HR_COLUMNS, (make_hr_row(number) for number in range(1, 21)))


def make_hr_row(number: int) -> dict[str, Any]:
    person = Person(number)
    return {
        "Staff No": f"{number:05}",
        "First Name": person.given_name,
        "Surname": person.family_name,
        "Work E-mail": f"staff{number:02}@example.org",
        "Mobile": person.phone.replace("+44", "0") if number % 3 else "",
        "Department": DEPARTMENTS[number % len(DEPARTMENTS)],
        "Start Date": f"{number % 28 + 1:02}/{number % 12 + 1:02}/20{number % 10 + 10}",
        "Left": "yes" if number % 9 == 0 else "no",
    }
