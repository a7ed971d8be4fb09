"""Find the tables of an SQL dump, and the one of them that is of people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from imports.core.errors import FileFormatError
from imports.core.problems import Problem
from imports.core.readers.people import OF_PEOPLE
from imports.core.readers.sql.dumps import MOST_COLUMNS, Definition, Dump
from imports.core.readers.text import read_text
from imports.core.values.names import fold_name

MOST_TABLES = 2000
# Characters that are looked through for tables, while somebody waits.
FURTHEST = 512 << 20
# What columns are called after: wp_users has user_login, user_email and user_pass.
PREFIXES = ("user", "usr", "member", "customer", "account")
PASSWORDS = frozenset(
    {
        *(
            "password",
            "passwordhash",
            "hashedpassword",
            "encryptedpassword",
            "cryptedpassword",
            "passworddigest",
        ),
        *("passhash", "pass", "passwd", "pwd", "pw", "pwdhash"),
        *("passwordcrypt", "kennwort"),
    }
)
LOGINS = frozenset(
    {
        *("email", "emailaddress", "mail", "username", "login", "loginname"),
        *("name", "nickname", "nick", "phone", "phonenumber", "mobile"),
        *("userprincipalname",),
    }
)
OTHERS = frozenset({"lastname", "firstname", "nickname", "name"})
# A table that is called so may have few of these columns.
CALLED = ("users", "user", "members", "customers", "accounts", "people", "persons", "admins")
LISTED = 8


@dataclass(slots=True)
class DumpTable:
    """A table of a dump, by its name with its schema."""

    name: str
    columns: tuple[str, ...] = ()
    has_rows: bool = False

    @property
    def own_name(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def folded(self) -> frozenset[str]:
        return frozenset(
            name for column in self.columns for name in strip_prefix(fold_name(column))
        )

    @property
    def rank(self) -> int:
        """Return 2 for a table of accounts, with passwords; 1 for one of people; else 0."""
        names = self.folded
        if names & PASSWORDS and names & LOGINS:
            return 2
        found = names & (OF_PEOPLE | OTHERS)
        is_called = fold_name(self.own_name).endswith(CALLED)
        return 1 if names & LOGINS and len(found) >= (2 if not is_called else 1) else 0


def strip_prefix(name: str) -> Iterable[str]:
    """Yield a folded name, and what is left of it after a word for a user."""
    yield name
    for prefix in PREFIXES:
        if name.startswith(prefix):
            yield name.removeprefix(prefix)


def list_dump_tables(file: BinaryIO, encoding: str) -> list[DumpTable]:
    """Return the tables of a dump with their columns, in its order, as far as it is looked."""
    dump = Dump(take_start(read_text(file, encoding)), encoding)
    tables: dict[str, DumpTable] = {}
    while (found := dump.find_next()) is not None:
        if len(tables) >= MOST_TABLES and found.table not in tables:
            table = DumpTable(found.table)
        else:
            table = tables.setdefault(found.table, DumpTable(found.table))
        if found.columns != table.columns:
            table.columns = tuple(dict.fromkeys([*table.columns, *found.columns]))[:MOST_COLUMNS]
        if not isinstance(found, Definition):
            table.has_rows = dump.skip(found) or table.has_rows
    return list(tables.values())


def take_start(blocks: Iterator[str]) -> Iterator[str]:
    size = 0
    for block in blocks:
        yield block
        size += len(block)
        if size >= FURTHEST:
            return


def count_rows(file: BinaryIO, encoding: str) -> dict[str, int]:
    """Return how many rows each table of a dump has."""
    dump = Dump(read_text(file, encoding), encoding)
    counts: dict[str, int] = {}
    while (found := dump.find_next()) is not None:
        if not isinstance(found, Definition) and (
            found.table in counts or len(counts) < MOST_TABLES
        ):
            counts[found.table] = counts.get(found.table, 0) + dump.count(found)
    return counts


def find_users(file: BinaryIO, encoding: str) -> str:
    """Return the name of the table of users; raise FileFormatError where it is not clear."""
    return choose_table(list_dump_tables(file, encoding))


def choose_table(tables: list[DumpTable]) -> str:
    """Return the name of the one table of people, those with passwords before others.

    Raise FileFormatError where there is none, or where there are several.
    """
    filled = [table for table in tables if table.has_rows]
    if not filled:
        raise unclear("The dump has no rows of any table: it holds definitions alone.", tables)
    if len(filled) == 1 and (filled[0].rank or not filled[0].columns):
        return filled[0].name
    for rank in (2, 1):
        found = [table for table in filled if table.rank == rank]
        if len(found) == 1:
            return found[0].name
        if found:
            raise unclear("Several tables of the dump look like users.", found)
    empty = [table for table in tables if table.rank and not table.has_rows]
    if len(empty) == 1:
        return empty[0].name
    raise unclear("No table of the dump looks like users.", filled)


def unclear(why: str, tables: list[DumpTable]) -> FileFormatError:
    names = ", ".join(table.name[:60] for table in tables[:LISTED])
    more = f" and {len(tables) - LISTED:,} more" if len(tables) > LISTED else ""
    detail = f"{why} Its tables: {names}{more}." if names else why
    return FileFormatError(Problem("dump_table_unclear", params={"detail": detail}))
