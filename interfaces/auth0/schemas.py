"""The schemas of bodies: what is checked of a request, and what the OpenAPI document says.

They are JSON Schema, of which `find_faults` knows what is used here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]
TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
OBJECT: Schema = {"type": "object"}
TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "object": dict,
    "array": list,
    "integer": int,
    "null": type(None),
}
# Of `app_metadata`, what would be taken for members of the user.
RESERVED = [
    "__tenant",
    "_id",
    "blocked",
    "clientID",
    "created_at",
    "email_verified",
    "email",
    "globalClientID",
    "global_client_id",
    "identities",
    "lastIP",
    "lastLogin",
    "loginsCount",
    "metadata",
    "multifactor_last_modified",
    "multifactor",
    "updated_at",
    "user_id",
]
ENCODING: Schema = {"type": "string", "enum": ["base64", "hex", "utf8"]}
PROFILE: Mapping[str, Schema] = {
    "email": {"type": "string", "format": "email"},
    "email_verified": FLAG,
    "phone_number": {"type": "string", "pattern": r"^\+[0-9]{1,15}$"},
    "phone_verified": FLAG,
    "username": TEXT,
    "given_name": TEXT,
    "family_name": TEXT,
    "name": TEXT,
    "nickname": TEXT,
    "picture": TEXT,
    "blocked": FLAG,
    "app_metadata": {"type": "object", "propertyNames": {"not": {"enum": RESERVED}}},
    "user_metadata": OBJECT,
}
CUSTOM_HASH: Schema = {
    "type": "object",
    "required": ["algorithm", "hash"],
    "additionalProperties": False,
    "properties": {
        "algorithm": {
            "type": "string",
            "enum": [
                *("argon2", "bcrypt", "hmac", "ldap", "md4", "md5"),
                *("sha1", "sha256", "sha512", "pbkdf2", "scrypt"),
            ],
        },
        "hash": {
            "type": "object",
            "required": ["value"],
            "properties": {
                "value": TEXT,
                "encoding": ENCODING,
                "digest": TEXT,
                "key": {
                    "type": "object",
                    "required": ["value"],
                    "properties": {"value": TEXT, "encoding": ENCODING},
                },
            },
        },
        "salt": {
            "type": "object",
            "required": ["value"],
            "properties": {
                "value": TEXT,
                "encoding": ENCODING,
                "position": {"type": "string", "enum": ["prefix", "suffix"]},
            },
        },
        "password": {
            "type": "object",
            "properties": {
                "encoding": {
                    "type": "string",
                    "enum": ["ascii", "utf8", "utf16le", "ucs2", "latin1", "binary"],
                }
            },
        },
        "keylen": {"type": "integer", "minimum": 1},
        "cost": {"type": "integer", "minimum": 2},
        "blockSize": {"type": "integer", "minimum": 1},
        "parallelization": {"type": "integer", "minimum": 1},
    },
}


def _describe_factor(name: str, pattern: str = "") -> Schema:
    value = {"type": "string", **({"pattern": pattern} if pattern else {})}
    return {
        "type": "object",
        "required": [name],
        "additionalProperties": False,
        "properties": {name: value},
    }


MFA_FACTORS: Schema = {
    "type": "array",
    "minItems": 1,
    "maxItems": 10,
    "items": {
        "type": "object",
        "maxProperties": 1,
        "additionalProperties": False,
        "properties": {
            "totp": _describe_factor("secret", "^[A-Z2-7]+$"),
            "phone": _describe_factor("value", r"^\+[0-9]{1,15}$"),
            "email": _describe_factor("value"),
        },
    },
}
IMPORTED_USER: Schema = {
    "type": "object",
    "required": ["email"],
    "additionalProperties": False,
    "properties": {
        **PROFILE,
        "user_id": TEXT,
        "password_hash": TEXT,
        "custom_password_hash": CUSTOM_HASH,
        "mfa_factors": MFA_FACTORS,
    },
}
NEW_USER: Schema = {
    "type": "object",
    "required": ["connection"],
    "additionalProperties": False,
    "properties": {
        **PROFILE,
        "user_id": TEXT,
        "connection": TEXT,
        "password": {"type": "string", "minLength": 1},
        "verify_email": FLAG,
    },
}
# What is set to null is taken away.
CLEARED = frozenset(
    [
        "email",
        "phone_number",
        "username",
        "given_name",
        "family_name",
        "name",
        "nickname",
        "picture",
        "app_metadata",
        "user_metadata",
    ]
)
CHANGED_USER: Schema = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": False,
    "properties": {
        **{
            name: {**schema, "type": [schema["type"], "null"]} if name in CLEARED else schema
            for name, schema in PROFILE.items()
        },
        "password": {"type": "string", "minLength": 1},
        "connection": TEXT,
        "client_id": TEXT,
        "verify_email": FLAG,
        "verify_phone_number": FLAG,
    },
}
ROLE_IDS: Schema = {
    "type": "object",
    "required": ["roles"],
    "additionalProperties": False,
    "properties": {"roles": {"type": "array", "minItems": 1, "maxItems": 50, "items": TEXT}},
}
USER_IDS: Schema = {
    "type": "object",
    "required": ["users"],
    "additionalProperties": False,
    "properties": {"users": {"type": "array", "minItems": 1, "maxItems": 1000, "items": TEXT}},
}
EXPORT: Schema = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "connection_id": TEXT,
        "format": {"type": "string", "enum": ["json", "csv"]},
        "limit": {"type": "integer", "minimum": 1},
        "fields": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["name"],
                "additionalProperties": False,
                "properties": {"name": {"type": "string", "minLength": 1}, "export_as": TEXT},
            },
        },
    },
}


IMPORT_FORM: Schema = {
    "type": "object",
    "required": ["users", "connection_id"],
    "additionalProperties": False,
    "properties": {
        "users": {
            "type": "string",
            "format": "binary",
            "description": "A file with a JSON array of users.",
        },
        "connection_id": TEXT,
        "upsert": {"type": "string", "enum": ["true", "false"], "default": "false"},
        "external_id": TEXT,
        "send_completion_email": {
            "type": "string",
            "enum": ["true", "false"],
            "default": "true",
        },
    },
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a value: Auth0's code, a sentence without its end, and the path."""

    code: str
    message: str
    path: str


def find_faults(value: Any, schema: Schema, path: str = "") -> Iterator[Fault]:
    """Yield everything that is wrong with a value by a schema."""
    wanted = schema.get("type", [])
    kinds = [wanted] if isinstance(wanted, str) else list(wanted)
    if kinds and not any(_is_of(value, kind) for kind in kinds):
        found = _name_type(value)
        yield Fault(
            "INVALID_TYPE", f"Expected type {' or '.join(kinds)} but found type {found}", path
        )
        return
    if "enum" in schema and value not in schema["enum"]:
        yield Fault("ENUM_MISMATCH", f"No enum match for: {str(value)[:50]}", path)
    if isinstance(value, str):
        yield from _find_in_text(value, schema, path)
    elif isinstance(value, dict):
        yield from _find_in_object(value, schema, path)
    elif isinstance(value, list):
        yield from _find_in_list(value, schema, path)
    elif isinstance(value, int):
        if value < schema.get("minimum", value):
            least = schema["minimum"]
            yield Fault("MINIMUM", f"Value {value} is less than minimum {least}", path)
        if value > schema.get("maximum", value):
            most = schema["maximum"]
            yield Fault("MAXIMUM", f"Value {value} is greater than maximum {most}", path)


def _is_of(value: Any, kind: str) -> bool:
    if kind == "boolean" or isinstance(value, bool):
        return kind == "boolean" and isinstance(value, bool)
    return isinstance(value, TYPES[kind])


def _name_type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return next((name for name, kind in TYPES.items() if isinstance(value, kind)), "number")


def _find_in_text(value: str, schema: Schema, path: str) -> Iterator[Fault]:
    least = schema.get("minLength", 0)
    if len(value) < least:
        yield Fault("MIN_LENGTH", f"String is too short ({len(value)}), minimum {least}", path)
    if "pattern" in schema and not re.search(schema["pattern"], value):
        yield Fault("PATTERN", f"String does not match pattern {schema['pattern']}", path)


def _find_in_object(value: dict[str, Any], schema: Schema, path: str) -> Iterator[Fault]:
    known: Mapping[str, Schema] = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield Fault("OBJECT_REQUIRED", f"Missing required property: {name}", _join(path, name))
    if len(value) < schema.get("minProperties", 0):
        yield Fault("MINIMUM", f"Too few properties defined ({len(value)})", path)
    if len(value) > schema.get("maxProperties", len(value)):
        yield Fault("MAXIMUM", f"Too many properties defined ({len(value)})", path)
    refused = set(schema.get("propertyNames", {}).get("not", {}).get("enum", ())) & value.keys()
    if schema.get("additionalProperties") is False:
        refused |= value.keys() - known.keys()
    for name in sorted(refused):
        yield Fault(
            "NOT_PASSED", f"Additional properties not allowed: {name[:100]}", _join(path, name)
        )
    for name, inner in known.items():
        if name in value:
            yield from find_faults(value[name], inner, _join(path, name))


def _find_in_list(value: list[Any], schema: Schema, path: str) -> Iterator[Fault]:
    least, most = schema.get("minItems", 0), schema.get("maxItems", len(value))
    if len(value) < least:
        yield Fault("ARRAY_LENGTH_SHORT", f"Array is too short ({len(value)})", path)
    if len(value) > most:
        yield Fault("ARRAY_LENGTH_LONG", f"Array is too long ({len(value)}), maximum {most}", path)
    for index, each in enumerate(value):
        yield from find_faults(each, schema.get("items", {}), f"{path}[{index}]")


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
