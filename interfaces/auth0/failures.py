"""Tell why users of an import failed, in the codes of Auth0."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from imports.core.errors import ImporterError
from imports.core.problems import Problem, Severity
from imports.core.providers.systems.auth0 import SENT
from imports.models import ImportRecord, RequestedJob
from imports.services.connections.requested_jobs import list_failed
from imports.services.corrections.edits import read_row
from interfaces.auth0.provider import name_member
from interfaces.auth0.schemas import IMPORTED_USER, find_faults

MASK = "*****"
SECRETS = (
    ("password_hash",),
    ("custom_password_hash", "hash", "value"),
    ("custom_password_hash", "hash", "key", "value"),
    ("custom_password_hash", "salt", "value"),
)
# Auth0's code of a problem; that of a value in use also goes by the member.
CODES: Mapping[str, str] = {
    "profile_exists_failed": "DUPLICATED_USER",
    "duplicate_in_file": "DUPLICATED_USER",
    "repeated_in_file": "DUPLICATED_USER",
    "value_taken": "CONFLICT",
    "sign_in_name_taken": "CONFLICT",
    "login_taken": "CONFLICT",
    "concurrent_change": "CONFLICT",
    "missing_required": "OBJECT_REQUIRED",
    "wrong_type": "INVALID_TYPE",
    "attribute_invalid": "INVALID_TYPE",
    "row_not_an_object": "INVALID_TYPE",
    "too_long": "MAX_LENGTH",
    "row_too_large": "MAX_LENGTH",
    "invalid_value": "FORMAT",
    "invalid_email": "FORMAT",
    "invalid_phone": "FORMAT",
    "hash_unrecognised": "FORMAT",
    "hash_unsupported": "FORMAT",
    "hash_invalid": "FORMAT",
    "invalid_totp_secret": "MFA_FACTORS_FAILED",
}
CONFLICTS = {"email": "CONFLICT_EMAIL", "username": "CONFLICT_USERNAME"}
ANY = "NOT_PASSED"


def describe_failures(job: RequestedJob) -> Iterator[dict[str, Any]]:
    """Yield each user of an import who was not imported, without secrets, and why."""
    for record in list_failed(job).defer("before", "changes").iterator(500):
        sent = _read_sent(record)
        errors = [
            {"code": fault.code, "message": fault.message, "path": fault.path}
            for fault in (find_faults(sent, IMPORTED_USER) if record.source is not None else ())
        ]
        yield {"user": mask(sent), "errors": errors or list(_list_errors(record))}


def _read_sent(record: ImportRecord) -> dict[str, Any]:
    """Return the user as they were sent; once that is purged, their id."""
    try:
        values = read_row(record).values or {}
    except ImporterError:
        return {"user_id": record.subject_id}
    return {name: value for name, value in values.items() if name not in SENT}


def _list_errors(record: ImportRecord) -> Iterator[dict[str, str]]:
    problems = [Problem.from_json(each) for each in record.problems]
    serious = [each for each in problems if each.severity is Severity.ERROR]
    for problem in serious or problems:
        path = name_member(problem)
        code = CODES.get(problem.code, ANY)
        if code == "CONFLICT":
            code = CONFLICTS.get(path, code)
        yield {"code": code, "message": problem.message, "path": path}


def mask(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return a user as they were sent, with every secret hidden."""
    shown = copy.deepcopy(dict(sent))
    for *parents, leaf in SECRETS:
        node: Any = shown
        for name in parents:
            node = node.get(name) if isinstance(node, dict) else None
        if isinstance(node, dict) and leaf in node:
            node[leaf] = MASK
    if "custom_password_hash" in shown and not isinstance(shown["custom_password_hash"], dict):
        shown["custom_password_hash"] = MASK
    if "mfa_factors" in shown:
        factors = shown["mfa_factors"]
        is_list = isinstance(factors, list)
        shown["mfa_factors"] = [_mask_factor(each) for each in factors] if is_list else MASK
    return shown


def _mask_factor(factor: Any) -> Any:
    if not isinstance(factor, dict):
        return MASK
    return {kind: MASK if kind == "totp" else value for kind, value in factor.items()}
