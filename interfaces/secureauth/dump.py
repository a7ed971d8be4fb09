"""Take a TenantDump apart: the rows of its users, and what belongs to users sent earlier."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from imports.core.problems import Problem
from imports.core.readers import RawRow
from imports.core.readers.json_files.record import read_record

OF_USER = ("user_credentials", "user_identifiers", "user_verifiable_addresses", "group_members")
# Accepted, and nothing is stored of them: pools and their schemas are of the old system, codes
# expire within minutes.
IGNORED = ("pools", "schemas", "codes")
LISTS = ("users", *OF_USER, "groups", *IGNORED)
STATUSES = frozenset({"active", "inactive", "deleted", "new"})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one entry of a list, by place, id and field."""

    list: str
    index: int
    id: str
    field: str
    message: str

    def to_json(self) -> dict[str, Any]:
        return {
            "list": self.list,
            "index": self.index,
            "id": self.id,
            "field": self.field,
            "message": self.message,
        }


@dataclass(slots=True)
class Dump:
    """What one request brings.

    `users` are rows as the provider reads those of a file, `parts` what belongs to users whom the
    request does not list, a row for each. `groups` are names by id. `faults` are of entries that
    belong to no user.
    """

    users: list[RawRow] = field(default_factory=list)
    parts: list[RawRow] = field(default_factory=list)
    groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


class DumpError(ValueError):
    """The body as a whole is no TenantDump."""


def parse_body(content: bytes) -> Any:
    """Return the JSON of a body, whatever its content type says. Raises DumpError."""
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        # What is odd but JSON, such as half of a surrogate pair, costs its own entry alone.
        try:
            return json.loads(content, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise DumpError(f"The body is not JSON: {error}") from None


def read_dump(body: Any) -> Dump:
    """Return the rows of a TenantDump; raises DumpError where it is none."""
    if not isinstance(body, dict):
        raise DumpError("The body has to be an object, a TenantDump.")
    for name, entries in body.items():
        if name not in LISTS:
            raise DumpError(f"A TenantDump has no member “{name}”.")
        if not (entries is None or isinstance(entries, list)):
            raise DumpError(f"The member “{name}” has to be a list.")
    dump = Dump()
    for index, group in _list_objects(body, "groups", dump):
        if isinstance(group_id := group.get("id"), str) and isinstance(group.get("name"), str):
            dump.groups[group_id] = group
        else:
            dump.faults.append(Fault("groups", index, str(group_id), "id", "Needs id and name."))
    belongings = _gather(body, dump)
    rows = []
    for index, user in _list_objects(body, "users", dump):
        user_id = user.get("id")
        own = belongings.pop(user_id, {}) if isinstance(user_id, str) else {}
        # A user without any is one without, as in a file.
        rows.append(_make_row({**user, **own} if own else {**user, OF_USER[0]: []}, index + 1))
        if user.get("status") not in STATUSES:
            rows[-1] = _fail(rows[-1], f"status is none of {', '.join(sorted(STATUSES))}")
    dump.users = rows
    dump.parts = [
        # The status is that of nobody: those who write parts keep what the account has.
        _make_row({"id": user_id, "status": "active", **own}, number)
        for number, (user_id, own) in enumerate(belongings.items(), start=1)
    ]
    return dump


def _gather(body: dict[str, Any], dump: Dump) -> dict[str, dict[str, list[Any]]]:
    """Return what belongs to each user, by list."""
    found: dict[str, dict[str, list[Any]]] = {}
    for name in OF_USER:
        for index, entry in _list_objects(body, name, dump):
            user_id = entry.get("user_id")
            if not (isinstance(user_id, str) and user_id):
                fault = Fault(name, index, str(entry.get("id", "")), "user_id", "Required.")
                dump.faults.append(fault)
                continue
            if name == "group_members":
                group = dump.groups.get(str(entry.get("group_id", "")))
                entry = {**entry, "groups": [group] if group else []}
            found.setdefault(user_id, {}).setdefault(name, []).append(entry)
    return found


def _list_objects(
    body: dict[str, Any], name: str, dump: Dump
) -> Iterator[tuple[int, dict[str, Any]]]:
    for index, entry in enumerate(body.get(name) or ()):
        if isinstance(entry, dict):
            yield index, entry
        else:
            dump.faults.append(Fault(name, index, "", "", "Has to be an object."))


def _make_row(values: dict[str, Any], number: int) -> RawRow:
    """Return a row read as the reader of files would, with its checks."""
    try:
        written = orjson.dumps(values)
    except TypeError:
        written = json.dumps(values).encode()
    return read_record(written, number, 1, "json")


def _fail(row: RawRow, detail: str) -> RawRow:
    problem = Problem("row_unreadable", params={"syntax": "JSON", "detail": detail})
    return RawRow(row.row_number, None, row.values, (*row.problems, problem))


def fail_unknown(rows: Iterable[RawRow], known: frozenset[str]) -> list[RawRow]:
    """Return rows of which those fail that belong to nobody who is known."""
    detail = "it belongs to a user who does not exist here. Send the user first"
    return [row if row.values and row.values["id"] in known else _fail(row, detail) for row in rows]


def patch_dump(operations: Any) -> dict[str, list[Any]]:
    """Return the dump that operations of a JSON patch (RFC 6902) add up to; raises DumpError.

    What is stored here has no places in lists: entries are added, `/users/-` or a whole list at
    `/users`, and an entry with a known id changes what is there.
    """
    if not isinstance(operations, list):
        raise DumpError("The body has to be a list of operations (RFC 6902).")
    dump: dict[str, list[Any]] = {}
    for index, operation in enumerate(operations):
        if not isinstance(operation, dict) or operation.get("op") not in ("add", "replace"):
            raise DumpError(f"Operation {index}: only “add” and “replace” are possible.")
        name, _, place = str(operation.get("path", "")).removeprefix("/").partition("/")
        if name not in LISTS or place not in ("", "-") or "value" not in operation:
            raise DumpError(f"Operation {index}: the path has to be that of a list, or end in /-.")
        value = operation["value"]
        if not place and not isinstance(value, list):
            raise DumpError(f"Operation {index}: the value has to be a list.")
        dump.setdefault(name, []).extend([value] if place else value)
    return dump


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON.")
