"""Name text that is not a table of users by how it begins, and say what to export instead."""

from __future__ import annotations

import re
from dataclasses import dataclass

from imports.core.errors import FileFormatError
from imports.core.problems import Problem

START_LENGTH = 4096


@dataclass(frozen=True, slots=True)
class Foreign:
    """A kind of text that cannot be read: how it begins, what it is, what to do instead."""

    start: re.Pattern[str]
    kind: str
    instead: str


def begins(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\s*(?:{pattern})", re.IGNORECASE | re.DOTALL)


WITH_PSQL = (
    "In psql, run \\copy (SELECT …) TO 'users.csv' WITH (FORMAT csv, HEADER); or run psql --csv -c"
    ' "SELECT …" > users.csv.'
)
KINDS = (
    Foreign(
        begins(r"[^\n|]*\|[^\n]*\n\s*-+\+[-+]+\s*\n|-\[ RECORD \d+ \]"),
        "a table as psql prints it",
        WITH_PSQL,
    ),
    Foreign(
        begins(r"\+-{2,}(?:\+-+)*\+\s*\n\s*\||\*{10,} \d+\. row \*{10,}"),
        "a table as the MySQL client prints it",
        'Run mysql --batch -e "SELECT …" > users.tsv, which writes tabs between the values.',
    ),
    Foreign(
        begins(r"[┌╭┏╔│┃]|[^\n]+\n[ ─━]*[─━]{2,}"),
        "a table drawn for a terminal",
        "Have the client write CSV: sqlite3 -csv -header, duckdb -csv, or its own option.",
    ),
    Foreign(
        begins(r"[^\n,;|\t]+\n-+(?: +-+)+ *\r?\n"),
        "a table in columns of a fixed width, as sqlcmd, SQL*Plus and PowerShell print it",
        "Have it written as CSV: Export-Csv -NoTypeInformation in PowerShell; SET MARKUP CSV ON in"
        " SQL*Plus; the results saved as CSV with their headers in SQL Server Management Studio.",
    ),
    Foreign(
        begins(r"<!doctype html|<html\b|<table\b|<meta\b|<head\b"),
        "a web page, or a report as HTML that calls itself a spreadsheet",
        "Open it in a spreadsheet program, and save it as .xlsx or as CSV (UTF-8).",
    ),
    Foreign(
        begins(r"<\?xml[^>]*\?>\s*(?:<\?mso-application[^>]*\?>\s*)?<(?:\w+:)?Workbook\b"),
        "a workbook in Excel's XML of 2003",
        "Open it in a spreadsheet program, and save it as .xlsx or as CSV (UTF-8).",
    ),
    Foreign(
        begins(r"<\?xml\b|<!--|<[a-z_][\w:.-]*(?:\s[^<>]*)?>\s*<"),
        "XML",
        "Have the system write CSV or JSON: phpMyAdmin, and programs that ask its API, can; or"
        " convert it to one row for each user.",
    ),
    Foreign(
        begins(r"(?m:(?=.*?^entries:\s)(?=.*?^\s*(?:- )?model: authentik_))"),
        "a blueprint of authentik (YAML)",
        "A blueprint sets users up and has no ids. Ask authentik's API for its users: GET"
        " /api/v3/core/users/?page_size=100&include_groups=true, page by page, and put the results"
        " into one JSON array.",
    ),
    Foreign(
        begins(
            r"(?:#[^\n]*\n\s*)*(?:%YAML\b|---\s*\n|- [\w.-]+:(?: |\n)"
            r"|version: *\S+\s*\n[\w-]+:\s*\n|[\w.-]+:\s*\n\s+(?:- )?[\w.-]+:(?: |\n))"
        ),
        "YAML",
        "Convert it to JSON, such as with yq -o=json users.yaml > users.json.",
    ),
    Foreign(
        begins(r"-----BEGIN PGP MESSAGE|age-encryption\.org/|-----BEGIN AGE ENCRYPTED FILE"),
        "encrypted (PGP or age)",
        "Decrypt it first, such as with gpg --decrypt users.csv.gpg > users.csv.",
    ),
    Foreign(
        begins(r"\[?\s*\{\s*(?:_id|[A-Za-z]\w*)\s*:\s*\S"),
        "objects as a shell or a program prints them, with keys that have no quotes",
        "Have it written as JSON: mongoexport --collection=users --jsonArray --out=users.json for"
        " MongoDB.",
    ),
    Foreign(
        begins(r"BEGIN:VCARD"),
        "contacts (vCard)",
        "Export the contacts as CSV.",
    ),
)


def refuse_foreign(text: str) -> None:
    """Raise FileFormatError when the text begins as none that can be read does."""
    start = text[:START_LENGTH]
    for each in KINDS:
        if each.start.match(start):
            params = {"kind": each.kind, "instead": each.instead}
            raise FileFormatError(Problem("file_other_kind", params=params))
