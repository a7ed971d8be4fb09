"""Keycloak: a password credential of a realm export, with its two JSON texts inside."""

from __future__ import annotations

import re

from accounts.hashing.contract import Format, Likelihood, ParsedHash
from accounts.hashing.digests import read_digest_name
from accounts.hashing.encodings import read_base64
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.argon2 import Argon2
from accounts.hashing.families.pbkdf2 import Pbkdf2
from accounts.hashing.fields import Fields, compact_json, read_fields

ARGON2_VERSIONS = {"1.0": 0x10, "1.3": 0x13}


def parse_keycloak(text: str) -> ParsedHash:
    """Read {secretData, credentialData}, or the flat object of Keycloak before version 8."""
    credential = read_fields(text)
    if credential.has("hashedSaltedValue"):
        return parse_pbkdf2(
            credential.text("algorithm", "pbkdf2"),
            credential.number("hashIterations"),
            read_base64(credential.text("salt"), "the salt"),
            read_base64(credential.text("hashedSaltedValue"), "the hash"),
        )
    secret, public = credential.fields("secretData"), credential.fields("credentialData")
    salt = read_base64(secret.text("salt"), "the salt")
    key = read_base64(secret.text("value"), "the hash")
    algorithm, iterations = public.text("algorithm"), public.number("hashIterations")
    if algorithm == "argon2":
        return parse_argon2(public.fields("additionalParameters"), iterations, salt, key)
    return parse_pbkdf2(algorithm, iterations, salt, key)


def parse_pbkdf2(algorithm: str, iterations: int, salt: bytes, key: bytes) -> Pbkdf2:
    name, _, digest = algorithm.partition("-")
    if name != "pbkdf2":
        raise HashFormatError("the algorithm must be pbkdf2, pbkdf2-<digest> or argon2")
    return Pbkdf2(read_digest_name(digest or "sha1"), iterations, salt, key)


def parse_argon2(parameters: Fields, iterations: int, salt: bytes, key: bytes) -> Argon2:
    version = ARGON2_VERSIONS.get(parameters.text("version", "1.3"), 0)
    return Argon2(
        parameters.text("type", "id"),
        version,
        parameters.number("memory", 7168),
        iterations,
        parameters.number("parallelism", 1),
        salt,
        key,
    )


FORMATS = (
    Format(
        id="keycloak",
        label="Keycloak credential",
        emitted_by="Keycloak, Red Hat SSO, Phase Two",
        source="https://www.keycloak.org/docs-api/latest/rest-api/#CredentialRepresentation",
        hashes=(Pbkdf2, Argon2),
        parse=parse_keycloak,
        shape=re.compile(r"\{.*(secretData|hashedSaltedValue).*\}", re.DOTALL),
        likelihood=Likelihood.NAMED,
        canonical=compact_json,
        notes="The JSON object as text; secretData and credentialData as objects or as texts.",
    ),
)
