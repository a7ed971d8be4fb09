"""Turn nested values into a canonical record, or say everything that is wrong with them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from accounts import hashing
from accounts.attributes import AttributeRule, AttributeValueError, clean_value
from accounts.hashing.ambiguity import list_readings, outline
from accounts.hashing.families.ldap import read_plaintext
from accounts.hashing.labels import explain_label, is_label_of, read_label
from accounts.hashing.outlines import find_outline
from accounts.hashing.presets import list_alike
from accounts.hashing.unsupported import find_look
from imports.core.problems import CODES, Problem, has_errors
from imports.core.records.records import Password, UserImportRecord, check_storable
from imports.core.records.targets import get_label, list_targets
from imports.core.values.nesting import DEPTH_LIMIT

# What pydantic calls a type error, as a person would say what was expected.
# Formats with schemes that say that the password itself follows.
PLAIN_FORMATS = frozenset({"ldap", "spring_delegating"})
EXPECTED = {
    "bool": "true or false",
    "datetime": "a date and time such as 2024-05-31T09:30:00Z, or seconds since 1970",
    "int": "a whole number",
    "string": "text",
    "list": "a list",
    "dict": "an object with named fields",
    "model": "an object with named fields",
}


def validate_record(
    values: Mapping[str, Any],
    *,
    attributes: Mapping[str, AttributeRule],
    columns: Mapping[str, str],
    model: type[UserImportRecord] = UserImportRecord,
) -> tuple[UserImportRecord | None, tuple[Problem, ...]]:
    """Return the record that the values make with what is worth knowing about it, or None and why.

    Every problem is told, not the first alone. `columns` tells for a target field which source
    column it came from.
    """
    record: UserImportRecord | None = None
    problems: list[Problem] = []
    try:
        record = model.model_validate(values)
    except ValidationError as error:
        problems += (_to_problem(detail) for detail in error.errors(include_url=False))
        given, password = _read_apart(values)
    else:
        given, password = record.profile.attributes, record.authenticators.password
    problems += _clean_attributes(given, attributes)
    problems += encode_password(password, read_username(values))
    placed = tuple(_with_column(problem, columns) for problem in problems)
    return (None if has_errors(placed) else record), placed


def _read_apart(values: Mapping[str, Any]) -> tuple[dict[str, Any], Password | None]:
    """Return attributes and password of a record with problems elsewhere: these may have some."""
    profile, authenticators = values.get("profile"), values.get("authenticators")
    attributes = profile.get("attributes") if isinstance(profile, dict) else None
    password = authenticators.get("password") if isinstance(authenticators, dict) else None
    try:
        read = Password.model_validate(password) if isinstance(password, dict) else None
    except ValidationError:
        read = None  # what is wrong with it was said with the record
    return dict(attributes) if isinstance(attributes, dict) else {}, read


def _to_problem(detail: ErrorDetails) -> Problem:
    kind, context = detail["type"], detail.get("ctx", {})
    field = format_path(detail["loc"])
    if kind in CODES:
        return Problem(kind, field, params=context)
    if kind == "missing":
        return Problem("missing_required", field, params={"label": get_label(field)})
    if kind == "string_too_long":
        return Problem("too_long", field, params={"limit": context["max_length"]})
    if kind == "extra_forbidden":
        return Problem("unknown_field", field, params={"name": field, "hint": _suggest(field)})
    if kind == "literal_error":
        return Problem(
            "invalid_value", field, params={"detail": f"Expected {context['expected']}."}
        )
    if kind in {"greater_than_equal", "less_than_equal"}:
        limit = context.get("ge", context.get("le"))
        bound = "at least" if "ge" in context else "at most"
        return Problem("invalid_value", field, params={"detail": f"Expected {bound} {limit}."})
    expected = EXPECTED.get(kind.partition("_")[0], "another kind of value")
    return Problem("wrong_type", field, params={"expected": expected})


def _suggest(field: str) -> str:
    """Return in a sentence which known field was meant; empty when none is like this one."""
    paths = list(list_targets())
    parts = [path.partition(".")[0] for path in paths]
    known = {path.rpartition(".")[2]: path for path in reversed(parts + paths)}
    near = difflib.get_close_matches(field.rpartition(".")[2], known, n=1, cutoff=0.75)
    return f" Is “{known[near[0]]}” meant?" if near else ""


def format_path(location: tuple[int | str, ...]) -> str:
    """Return a path such as `profile.emails[0].email`."""
    path = ""
    for step in location:
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    return path.removeprefix(".")


def _with_column(problem: Problem, columns: Mapping[str, str]) -> Problem:
    """Return the problem with the source column of its field, or of the nearest field above."""
    path = problem.field
    while path and path not in columns:
        path = path.rpartition(".")[0]
    column = columns.get(path, "")
    return Problem(problem.code, problem.field, column, problem.params)


def _clean_attributes(
    given: dict[str, Any], rules: Mapping[str, AttributeRule]
) -> Iterator[Problem]:
    """Replace each attribute by its stored form; yield what is wrong."""
    for name in list(given):
        field = f"profile.attributes.{name}"
        if name not in rules:
            yield Problem("attribute_unknown", field, params={"name": name})
            continue
        try:
            _check_nested(given[name])
            given[name] = clean_value(given[name], rules[name])
            if isinstance(given[name], list | dict):
                _check_nested(given[name])  # it may have been JSON text until now
        except RecursionError:
            yield Problem("row_too_deep", field, params={"limit": DEPTH_LIMIT})
        except PydanticCustomError as error:
            yield Problem(error.type, field, params=error.context or {})
        except AttributeValueError as error:
            yield Problem("attribute_invalid", field, params={"name": name, "detail": str(error)})
    for rule in rules.values():
        if rule.required and rule.name not in given:
            field = f"profile.attributes.{rule.name}"
            yield Problem("missing_required", field, params={"label": f"Attribute {rule.name}"})


def _check_nested(value: Any, room: int = DEPTH_LIMIT) -> None:
    """Refuse what JSONB cannot store, and raise RecursionError for what is nested too deeply."""
    if room < 0:
        raise RecursionError
    if isinstance(value, str):
        check_storable(value)
    elif isinstance(value, list):
        for item in value:
            _check_nested(item, room - 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            check_storable(key)
            _check_nested(item, room - 1)


def read_username(values: Mapping[str, Any]) -> str:
    """Return the user name of unchecked values, which some formats hash; empty without one."""
    profile = values.get("profile")
    username = profile.get("username") if isinstance(profile, dict) else None
    return str(username).strip() if isinstance(username, str | int) else ""


def read_plain(value: str) -> str:
    """Return what a value says is the password; empty where it says or can be nothing of the kind.

    What is refused, for its length or its spelling, is refused as a hash of its format.
    """
    try:
        plain = read_plaintext(value)
    except hashing.HashFormatError:
        return ""
    try:
        text = plain.decode() if isinstance(plain, bytes) else plain or ""
    except UnicodeDecodeError:
        return ""
    return "" if hashing.is_too_long(text) or "\0" in text else text


def encode_password(password: Password | None, username: str) -> Iterator[Problem]:
    """Give a foreign hash its stored form; yield why it has none, or not that of its format.

    What stands behind a scheme that says it is the password itself becomes the plain password.
    """
    if password is None or password.hash is None:
        return
    field = "authenticators.password.hash"
    if password.plaintext is not None:
        yield Problem("password_ambiguous", "authenticators.password")
        return
    given = hashing.add_username(password.params, username)
    declared, given = read_label(password.hash, password.format or "", given)
    if declared and declared not in hashing.FORMATS:
        yield Problem("hash_invalid", field, params={"detail": explain_label(declared)})
        return
    settled, params = hashing.settle_format(password.hash, declared, given)
    if not settled:
        yield _explain_unsettled(password.hash, given, field)
        return
    label = declared or password.format or ""
    if settled != label and label and not (declared == "" and is_label_of(label, settled)):
        yield Problem(
            "hash_format_stated", field, params={"format": hashing.FORMATS[settled].label}
        )
    if settled in PLAIN_FORMATS and (said := read_plain(password.hash)):
        password.plaintext = said
        return
    try:
        password._encoded = hashing.encode(settled, password.hash, params)
        password.format = settled
    except hashing.HashCostError as error:
        yield Problem("hash_too_costly", field, params={"detail": str(error)})
    except hashing.HashFormatError as error:
        yield Problem("hash_invalid", field, params={"detail": str(error)})


def _explain_unsettled(value: str, params: Mapping[str, object], field: str) -> Problem:
    """Return why no format was chosen for a hash."""
    if list_readings(value, params):
        return Problem("hash_format_ambiguous", field, params={"value": outline(value, params)})
    if known := find_look(value):
        return Problem("hash_unsupported", field, params={"detail": str(known)})
    seen = find_outline(value)
    said = seen.text if seen else f"{len(value)} characters"
    if systems := list_alike(value):
        said = f"{said}, as written by {', '.join(systems)}"
    return Problem("hash_unrecognised", field, params={"outline": said})
