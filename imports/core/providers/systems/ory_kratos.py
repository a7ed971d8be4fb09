"""Ory Kratos: bodies that create identities, batches of them, and exported identities.

Shapes as in Kratos' API (`POST` and `PATCH /admin/identities`, `GET /admin/identities`). Traits are
whatever the identity schema says; those of Ory's preset schemas are known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from imports.core.providers.account_states import read_account_state
from imports.core.providers.contract import Answers, Evidence, Preset, Provider, Values, strong
from imports.core.providers.values import (
    drop_blanks,
    drop_repeated,
    is_blank,
    list_objects,
    list_texts,
    make_login,
    omit,
    pick_first,
    read_base64,
    read_otpauth,
    read_text,
    read_uuid,
    walk,
)

# By how the text of a hash begins. The digests of Kratos' $pbkdf2- texts and the cost of its
# $scrypt$ texts mean something else than in other systems, so nothing is left to be recognised.
HASH_FORMATS = {
    "$2": "bcrypt",
    "$argon2": "argon2",
    "$pbkdf2-": "kratos_pbkdf2",
    "$scrypt$": "kratos_scrypt",
    "$firescrypt$": "kratos_firescrypt",
    "$md5-crypt$": "kratos_md5_crypt",
    "$sha256-crypt$": "kratos_sha256_crypt",
    "$sha512-crypt$": "kratos_sha512_crypt",
    "$md5$": "kratos_md5",
    "$sha": "kratos_sha",
    "$hmac-": "kratos_hmac",
    "{S": "ldap",
}
CONSUMED = frozenset(
    {"id", "state", "traits", "credentials", "verifiable_addresses", "recovery_addresses"}
)
NAME_TRAITS = ("name", "first_name", "firstName", "last_name", "lastName")
ADDRESS_TRAITS = ("email", "phone", "phone_number")
CARRIED_CREDENTIALS = frozenset(
    {"password", "oidc", "saml", "totp", "lookup_secret", "webauthn", "passkey", "code"}
)
SIGNATURE = frozenset(
    {"schema_id", "schema_url", "credentials", "verifiable_addresses", "recovery_addresses"}
)

PRESETS = {
    "(subject id)": Preset(
        "subject_id", "The identity's id, or external_id in a request that creates one."
    ),
    "(email)": Preset(
        "profile.email", "The trait email, or else the first e-mail address in the identity."
    ),
    "(email verified)": Preset("profile.email_verified", "From verifiable_addresses."),
    "(further emails)": Preset(
        "profile.emails", "The other verifiable and recovery e-mail addresses."
    ),
    "(phone)": Preset(
        "profile.phone", "The trait phone, or else the first number for text messages."
    ),
    "(phone verified)": Preset("profile.phone_verified", "From verifiable_addresses."),
    "traits.username": Preset("profile.username", "The trait username."),
    "(given name)": Preset("profile.given_name", "The trait name.first or similar."),
    "(family name)": Preset("profile.family_name", "The trait name.last or similar."),
    "(display name)": Preset("profile.display_name", "The trait name, if it is a string."),
    "traits.picture": Preset("profile.picture", "The trait picture."),
    "traits.locale": Preset("profile.locale", "The trait locale."),
    "(active)": Preset("profile.active", "False if the state is “inactive”."),
    "created_at": Preset("profile.created_at", "When the identity was created."),
    "updated_at": Preset("profile.updated_at", "When the identity was last changed."),
    "(password hash)": Preset(
        "authenticators.password.hash", "credentials.password.config.hashed_password."
    ),
    "(hash format)": Preset(
        "authenticators.password.format",
        "Detected from the beginning of the hash, like Kratos does.",
    ),
    "(password)": Preset(
        "authenticators.password.plaintext", "credentials.password.config.password."
    ),
    "(external logins)": Preset(
        "authenticators.external_logins",
        "The providers in credentials.oidc and credentials.saml, by their ids in Kratos.",
    ),
    "(authenticator app)": Preset(
        "authenticators.totp.secret", "The secret of credentials.totp.config.totp_url."
    ),
    "(authenticator app name)": Preset("authenticators.totp.name", "The issuer in totp_url."),
    "(authenticator app digits)": Preset("authenticators.totp.digits", "From totp_url."),
    "(authenticator app period)": Preset("authenticators.totp.period", "From totp_url."),
    "(authenticator app algorithm)": Preset("authenticators.totp.algorithm", "From totp_url."),
    "(recovery codes)": Preset(
        "authenticators.recovery_codes", "The unused codes of credentials.lookup_secret."
    ),
    "(passkeys)": Preset(
        "authenticators.passkeys", "The keys in credentials.passkey and credentials.webauthn."
    ),
    "(addresses for codes)": Preset(
        "authenticators.verified_addresses",
        "The verified addresses in credentials.code.",
    ),
}
NOT_CARRIED = {
    "patchid": "Numbers the identities of a batch.",
    "externalid": "Is the subject id of identities that have no id yet.",
    "schemaid": "The identity schema of the old installation.",
    "schemaurl": "The identity schema of the old installation.",
    "statechangedat": "When the status last changed.",
    "othercredentials": "Credentials of unknown types.",
    "passwordmigrationhook": "The password is in another system, which Kratos calls through a "
    "hook.",
}
LACKS = (
    "Identities listed without include_credential have no passwords, external logins or "
    "multi-factor authentication.",
    "Sessions, consents and the last sign-in are not in the export.",
)


def recognise(columns: Sequence[str], rows: Sequence[Values]) -> Evidence | None:
    """Recognise objects with traits beside a schema, addresses or credentials."""
    identities = [body for row in rows if is_identity(body := unwrap(row))]
    if not identities or len(identities) * 2 < len(rows):
        return None
    names = sorted({name for body in identities for name in body} & {"traits", *SIGNATURE})
    return strong(
        f"{len(identities)} of {len(rows)} records in the sample are Ory Kratos identities: "
        f"they have {', '.join(names)}.",
    )


def unwrap(values: Values) -> Values:
    """Return the body that creates an identity out of an operation of a batch."""
    body = values.get("create")
    return {**omit(values, {"create"}), **body} if isinstance(body, dict) else values


def is_identity(body: Values) -> bool:
    return isinstance(body.get("traits"), dict) and not SIGNATURE.isdisjoint(body)


def normalise(values: Values, answers: Answers) -> Values:
    """Return the identity with its credentials and addresses taken apart into columns."""
    body = unwrap(values)
    credentials = body.get("credentials")
    credentials = credentials if isinstance(credentials, dict) else {}
    derived = {
        "(subject id)": pick_first(body.get("id"), body.get("external_id")),
        "(active)": read_account_state(body.get("state")),
        **name_person(body.get("traits")),
        **sort_addresses(body),
        **read_password(walk(credentials, "password", "config")),
        "(external logins)": drop_repeated(list_logins(credentials)),
        **read_totp(walk(credentials, "totp", "config", "totp_url")),
        "(recovery codes)": list_codes(walk(credentials, "lookup_secret", "config")),
        "(passkeys)": list_passkeys(credentials),
        "(addresses for codes)": list_code_addresses(body, credentials),
        "(other credentials)": sorted(
            name for name in credentials if name not in CARRIED_CREDENTIALS
        ),
    }
    kept = {"traits": keep_traits(body.get("traits"))}
    return {**omit(body, CONSUMED), **drop_blanks(kept), **drop_blanks(derived)}


def keep_traits(traits: Any) -> Any:
    """Return the traits that no other column has taken over."""
    if not isinstance(traits, dict):
        return traits
    used = {name for name in (*NAME_TRAITS, *ADDRESS_TRAITS) if read_text(traits.get(name))}
    kept = omit(traits, used)
    if isinstance(name := kept.get("name"), dict):
        kept["name"] = omit(name, {"first", "last"})
    return drop_blanks(kept)


def name_person(traits: Any) -> Values:
    """Return the names, which Ory's schemas keep as one text, nested, or side by side."""
    name = walk(traits, "name")
    return {
        "(given name)": pick_first(
            walk(name, "first"), walk(traits, "first_name"), walk(traits, "firstName")
        ),
        "(family name)": pick_first(
            walk(name, "last"), walk(traits, "last_name"), walk(traits, "lastName")
        ),
        "(display name)": read_text(name),
    }


def sort_addresses(body: Values) -> Values:
    """Return the addresses, the primary one of each kind with whether it was verified."""
    verified = {
        read_text(each.get("value")).lower(): each.get("verified") is True
        for each in list_objects(body.get("verifiable_addresses"))
    }
    traits = body.get("traits")
    emails = [*list_texts(walk(traits, "email")), *list_values(body, "email")]
    phones = [
        *list_texts(pick_first(walk(traits, "phone"), walk(traits, "phone_number"))),
        *list_values(body, "sms"),
    ]
    email, phone = next(iter(emails), ""), next(iter(phones), "")
    further = dict.fromkeys(address.lower() for address in emails)
    return {
        "(email)": email,
        "(email verified)": verified.get(email.lower()),
        "(further emails)": [
            {"email": address, "verified": verified.get(address, False)}
            for address in further
            if address != email.lower()
        ],
        "(phone)": phone,
        "(phone verified)": verified.get(phone.lower()),
    }


def list_values(body: Values, via: str) -> list[str]:
    addresses = [
        *list_objects(body.get("verifiable_addresses")),
        *list_objects(body.get("recovery_addresses")),
    ]
    return [read_text(each.get("value")) for each in addresses if each.get("via") == via]


def read_password(config: Any) -> Values:
    hashed = read_text(walk(config, "hashed_password"))
    formats = (name for start, name in HASH_FORMATS.items() if hashed.startswith(start))
    return {
        "(password hash)": hashed,
        "(hash format)": next(formats, ""),
        "(password)": walk(config, "password"),
        "(password migration hook)": walk(config, "use_password_migration_hook"),
    }


def list_logins(credentials: Values) -> Iterator[Values]:
    for kind in ("oidc", "saml"):
        for each in list_objects(walk(credentials, kind, "config", "providers")):
            yield from make_login(each.get("provider"), each.get("subject"))


def read_totp(address: Any) -> Values:
    found = read_otpauth(address)
    return {
        "(authenticator app)": found.get("secret"),
        "(authenticator app name)": found.get("name"),
        "(authenticator app digits)": found.get("digits"),
        "(authenticator app period)": found.get("period"),
        "(authenticator app algorithm)": found.get("algorithm"),
    }


def list_codes(config: Any) -> list[str]:
    """Return the unused codes; an import calls them codes, the database recovery_codes."""
    codes = pick_first(walk(config, "codes"), walk(config, "recovery_codes"))
    return [
        code
        for each in list_objects(codes)
        if is_unused(each.get("used_at")) and (code := read_text(each.get("code")))
    ]


def is_unused(used_at: Any) -> bool:
    # Go writes a timestamp that was never set as the first of January of the year 1.
    return is_blank(used_at) or read_text(used_at).startswith("0001-01-01")


def list_passkeys(credentials: Values) -> list[Values]:
    keys = (
        drop_blanks(
            {
                "credential_id": read_text(each.get("id")),
                "public_key": read_text(each.get("public_key")),
                "sign_count": walk(each, "authenticator", "sign_count"),
                "aaguid": read_uuid(read_base64(walk(each, "authenticator", "aaguid"))),
                "backup_eligible": walk(each, "flags", "backup_eligible"),
                "backed_up": walk(each, "flags", "backup_state"),
                "name": read_text(each.get("display_name")),
            }
        )
        for kind in ("passkey", "webauthn")
        for each in list_objects(walk(credentials, kind, "config", "credentials"))
    )
    return drop_repeated(keys)


def list_code_addresses(body: Values, credentials: Values) -> list[Values]:
    """Return the addresses that get codes to sign in, as far as they were verified."""
    known = {
        read_text(each.get("value"))
        for each in list_objects(body.get("verifiable_addresses"))
        if each.get("verified") is True
    }
    addresses = walk(credentials, "code", "config", "addresses")
    return [
        {"type": "phone" if each.get("channel") == "sms" else "email", "value": address}
        for each in list_objects(addresses)
        if (address := read_text(each.get("address"))) in known
    ]


PROVIDER = Provider(
    name="ory_kratos",
    label="Ory Kratos",
    how_to_export=(
        "Call GET /admin/identities?include_credential=password&include_credential=oidc&"
        "include_credential=totp&include_credential=lookup_secret&include_credential=webauthn&"
        "include_credential=passkey of the admin API page by page (page_size, page_token), "
        "and put the pages into one JSON array. If your version does not return a credential "
        "type, export it from the table identity_credentials. Files for ory import identities "
        "and request bodies for PATCH /admin/identities are also supported."
    ),
    recognise=recognise,
    presets=PRESETS,
    normalise=normalise,
    is_sparse=True,
    not_carried=NOT_CARRIED,
    reads_states=frozenset({"state"}),
    lacks=LACKS,
)
