"""Decide how a file is read: as its head says, unless a person says otherwise."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from imports.core.errors import FileFormatError
from imports.core.inspection.recognition import Rival
from imports.core.problems import Problem
from imports.core.providers import PROVIDERS, Provider
from imports.core.readers import COLON_SYNTAXES, ENCODINGS, TEXT_SYNTAXES, ReaderOptions
from imports.core.readers.containers.kinds import Container
from imports.core.readers.people import count_names_of_people
from imports.core.readers.related_tables import FoundTable, Place, Table, find_tables
from imports.core.readers.sql.tables import DumpTable, choose_table
from imports.core.values.names import fold_name

# What can be chosen in words, and the words; empty where any will do.
CHOICES: dict[str, tuple[str, ...]] = {
    "member": (),
    "syntax": TEXT_SYNTAXES,
    "encoding": ENCODINGS,
    "delimiter": (),
    "skip_lines": (),
    "has_header": ("yes", "no"),
    "path": (),
}
JSON_ENDINGS = (".json", ".ndjson", ".jsonl")
# What one table in several files is called when no provider has a name for it.
PARTS = "records"
# Columns by which rows of other tables name a user.
OF_USER = frozenset({"userid", "useruuid", "accountid", "memberid", "personid"})
VOWELS = "AEIOUS"  # of labels: an Excel workbook, an SQLite database


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a file and why; `provider` is known where its tables were.

    `rivals` are the providers whose tables it has equally many of.
    """

    options: ReaderOptions
    evidence: tuple[str, ...] = ()
    provider: str = ""
    rivals: tuple[Rival, ...] = ()


def choose_reading(
    container: Container,
    *,
    file_name: str,
    options: ReaderOptions | None = None,
    chosen: Mapping[str, Any] | None = None,
    provider: str = "",
) -> Reading:
    """Return how to read the file; tables that belong together are joined unless one is chosen.

    `options` are all of them; `chosen` are those that overrule what is detected, by name, as
    `provider` does. Raise FileFormatError when the file is none that can be read.
    """
    chosen = dict(chosen or {})
    member = str(chosen.pop("member", "")) or (options.member if options else "")
    path = chosen.get("path") or (options.path if options else "")
    found = [] if path else list_tables(container, provider)
    joinable = [] if member or path else list_joinable(found, provider)
    if not (member or path) and (joined := find_joined(found, joinable)):
        return read_joined(container, options, chosen, joined)
    member = member or choose_member(container.members, found)
    evidence: tuple[str, ...] = ()
    if options is None:
        options, evidence = container.detect(member)
        if "delimiter" in chosen and options.syntax in COLON_SYNTAXES:
            options = replace(options, syntax="csv", has_header=False)
        options = replace(options, **chosen)
        if not container.label and "syntax" not in chosen:
            check_name(file_name, options)
    if options.syntax == "json" and not path:
        refuse_without_users(container.list_names(member), found, member)
    if not options.path:
        in_member = [each for each in found if each.place.member == member]
        options, reasons = choose_part(options, in_member)
        evidence = (*evidence, *reasons)
    evidence = (*describe_unread(options, member, found), *evidence)
    if container.fixed_syntax:
        options = replace(options, syntax=container.fixed_syntax)
    options = replace(options, member=member, tables=None)
    rivals = [Rival(name, (describe_joined(tables),)) for name, tables in joinable]
    return Reading(options, (*describe(container, member), *evidence), rivals=tuple(rivals))


def refuse_without_users(names: Collection[str], found: list[FoundTable], member: str) -> None:
    """Raise FileFormatError for an object that a provider knows as an export without users."""
    if any(each.place == Place(member, "users") and each.columns for each in found):
        return
    known = [(each.names_export(names), each.how_to_export) for each in PROVIDERS.values()]
    kinds = {kind: how for kind, how in known if kind}
    if kinds:
        params = {"kind": " or ".join(kinds), "how": " ".join(kinds.values())}
        raise FileFormatError(Problem("file_without_users", params=params))


def read_joined(
    container: Container, options: ReaderOptions | None, chosen: dict[str, Any], joined: Reading
) -> Reading:
    tables = joined.options.tables
    if options is None:
        options = container.detect(tables.places[0].member if tables else "")[0]
    options = replace(options, **chosen | {"tables": tables, "member": "", "path": ""})
    return replace(joined, options=options)


def read_chosen(texts: Mapping[str, str]) -> dict[str, Any]:
    """Return reading options that were written as text, by name; raise ValueError with a reason."""
    chosen: dict[str, Any] = {}
    for name, text in texts.items():
        if name not in CHOICES:
            raise ValueError(
                f"There is no reading option “{name}”: there are {', '.join(CHOICES)}."
            )
        allowed = CHOICES[name]
        if allowed and text not in allowed:
            raise ValueError(f"“{name}” has to be one of {', '.join(allowed)}.")
        chosen[name] = text
    if "has_header" in chosen:
        chosen["has_header"] = chosen["has_header"] == "yes"
    if "skip_lines" in chosen:
        if not chosen["skip_lines"].isdecimal():
            raise ValueError("“skip_lines” has to be a number of lines.")
        chosen["skip_lines"] = int(chosen["skip_lines"][:6])
    if "delimiter" in chosen:
        chosen["delimiter"] = chosen["delimiter"].replace("\\t", "\t").replace("tab", "\t")
        if len(chosen["delimiter"]) != 1 or chosen["delimiter"] in '\r\n"':
            raise ValueError("“delimiter” has to be one character, or tab.")
    return chosen


def describe(container: Container, member: str) -> tuple[str, ...]:
    """Return what a container is and what of it is read."""
    if not container.label:
        return ()
    count = len(container.members)
    kind = f"{'an' if container.label[0] in VOWELS else 'a'} {container.label}"
    if count == 1:
        return (f"It is {kind} with one member, {member}.",)
    return (f"It is {kind} with {count} members, of which {member} is read.",)


def check_name(file_name: str, options: ReaderOptions) -> None:
    """Refuse to take for CSV what calls itself JSON: it would be one strange column."""
    if options.syntax == "csv" and file_name.lower().endswith(JSON_ENDINGS):
        detail = "It is called JSON by its name, but does not start with [ or {."
        raise FileFormatError(Problem("file_wrong_shape", params={"detail": detail}))


def list_tables(container: Container, provider: str) -> list[FoundTable]:
    """Return all tables of the file, with those that a provider may have where nobody looked."""
    roots = [each.tables for each in list_joining(provider) if each.tables]
    names = {table.name for root in roots for table in root.walk()} - {root.name for root in roots}
    return container.find_tables(sorted(names))


def list_joining(provider: str) -> list[Provider]:
    """Return the providers whose exports are tables that are joined; only the one, if chosen."""
    return [each for each in PROVIDERS.values() if each.tables and provider in ("", each.name)]


def choose_member(members: tuple[str, ...], found: list[FoundTable]) -> str:
    """Return the member that is read: the first, unless another has more columns of people.

    The first is the likeliest by its name and size; a name that speaks of users is believed.
    """
    counts: dict[str, int] = {}
    for table in found:
        if table.columns:
            counts[table.place.member] = max(
                counts.get(table.place.member, 0), count_of_people(table)
            )
    filled = [member for member in members if member in counts] or list(members)
    is_named = "user" in filled[0].lower()
    return filled[0] if is_named else max(filled, key=lambda member: counts.get(member, 0))


def choose_part(
    options: ReaderOptions, found: list[FoundTable]
) -> tuple[ReaderOptions, tuple[str, ...]]:
    """Return the options with the part of a file that is of people, and why; most have but one."""
    match options.syntax:
        case "json":
            return choose_list(options, found)
        case "sql":
            return choose_dump_table(options, found)
        case _:
            return options, ()


def choose_list(
    options: ReaderOptions, found: list[FoundTable]
) -> tuple[ReaderOptions, tuple[str, ...]]:
    """Return the options with the list of an object that has most columns of people, and why."""
    tables = [each for each in found if each.place.path.startswith("[")]
    if tables:
        table = max(tables, key=lambda each: (count_of_people(each), is_called_users(each)))
        return replace(options, path=table.place.path), (describe_tables(tables, table),)
    counts = sorted(((count_of_people(each), each.place.path) for each in found), reverse=True)
    if len(counts) < 2 or counts[0][0] == counts[1][0]:
        return options, ()
    path = counts[0][1]
    return replace(options, path=path), (
        f"It is a JSON object with several lists, of which {path} is the likeliest to hold users.",
    )


def choose_dump_table(
    options: ReaderOptions, found: list[FoundTable]
) -> tuple[ReaderOptions, tuple[str, ...]]:
    """Return the options with the one table of a dump that is of people, and why."""
    tables = [DumpTable(each.place.path, each.columns, each.has_rows) for each in found]
    path = choose_table(tables)
    others = sum(1 for each in found if each.has_rows and each.place.path != path)
    rest = f", not its other {others:,}" if others > 1 else ", not its other one" if others else ""
    return replace(options, path=path), (f"Its table {path} is read{rest}.",)


def describe_unread(
    options: ReaderOptions, member: str, found: list[FoundTable]
) -> tuple[str, ...]:
    """Return which other lists of a JSON object, or tables of a dump, have rows for its users."""
    names = [
        each.place.path
        for each in found
        if options.syntax in ("json", "sql")
        and each.place.member == member
        and each.has_rows
        and each.place.path not in ("", options.path)
        and not OF_USER.isdisjoint(map(fold_name, each.columns))
    ]
    if not names:
        return ()
    listed = ", ".join(names)[:300]
    kind = "tables" if options.syntax == "sql" else "lists"
    return (f"Other {kind} with values for users are not read, and not imported: {listed}.",)


def is_called_users(table: FoundTable) -> bool:
    return "user" in table.name.lower()


def describe_tables(tables: list[FoundTable], chosen: FoundTable) -> str:
    """Return which table of several is read, and which are not."""
    others = ", ".join(each.name for each in tables if each is not chosen)
    rest = f" Its other tables are not read: {others[:300]}." if others else ""
    return f"Its users are the table {chosen.name}.{rest}"


def count_of_people(table: FoundTable) -> int:
    return count_names_of_people(table.columns)


def list_joinable(found: list[FoundTable], provider: str) -> list[tuple[str, Table]]:
    """Return the providers of whose tables most are in the file, and these with their places."""
    if len(found) < 2:
        return []
    known = [
        (count_seen(tables, found), each.name, tables)
        for each in list_joining(provider)
        if each.tables and (tables := find_tables(each.tables, found))
    ]
    known = [each for each in known if each[0] and (each[2].children or len(each[2].places) > 1)]
    most = max((count for count, _, _ in known), default=0)
    return [(name, tables) for count, name, tables in known if count == most]


def find_joined(found: list[FoundTable], joinable: list[tuple[str, Table]]) -> Reading | None:
    """Return the reading of all tables of the file that belong together, if it has such.

    What several providers could have written is not joined before one of them is chosen.
    """
    if len(joinable) > 1:
        return None
    for name, tables in joinable:
        return Reading(ReaderOptions(tables=tables), (describe_joined(tables),), name)
    return find_parts(found)


def describe_joined(tables: Table) -> str:
    """Return which tables are read together."""
    if tables.children:
        listed = ", ".join(table.name for table in tables.walk())
        return f"It holds the tables {listed}, which are joined."
    return f"It holds {len(tables.places)} files of the same list, read one after another."


def count_seen(tables: Table, found: list[FoundTable]) -> int:
    """Return how many of the tables were seen, and are not just assumed by their names."""
    seen = {each.place for each in found if each.columns}
    return sum(1 for table in tables.walk() if not seen.isdisjoint(table.places))


def find_parts(found: list[FoundTable]) -> Reading | None:
    """Return the reading of a table that was cut into several files, if it was."""
    if len(found) < 2:
        return None
    first = found[0]
    alike = [each for each in found if each.columns and set(each.columns) == set(first.columns)]
    if len(alike) < 2 or any(each.place.path for each in alike):
        return None
    alike.sort(key=lambda each: each.place.member)
    tables = Table(PARTS, places=tuple(each.place for each in alike))
    evidence = f"It holds {len(alike)} files with the same columns, read one after another."
    return Reading(ReaderOptions(tables=tables), (evidence,))
