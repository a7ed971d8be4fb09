#!/usr/bin/env bash
# scim2-filter-parser leaves out a condition on a name that it does not know, and finds everybody.
#
# Versions: PyPI scim2-filter-parser 0.7.0.
# One would guess: a filter by an attribute that has no column, as `externalId eq "42"`, raises or finds nobody;
#   `username` is userName, since names are case-insensitive (RFC 7643 section 2.1).
# What happens: the condition is left out of the SQL. With nothing else in the filter there is no WHERE, and the
#   query returns all people; `externalId eq "42" and active eq true` returns all the active ones. So does
#   `username`, in lower case, for the column is looked up by the exact name.
# Why it matters: an identity provider asks in this way whether the person is there, and takes the first of
#   the answer: everybody's account is joined to the same one. After a move, a
#   client that writes the names differently is enough. Refuse filters with names that are not in the map.
# Seen:
#   userName eq "ada"                       ada
#   username eq "ada"                       ada bob eve
#   externalId eq "42"                      ada bob eve
#   externalId eq "42" and active eq true   ada eve
# Needs: python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check scim2-filter-parser==0.7.0

cat >check.py <<'PY'
import sqlite3

from scim2_filter_parser.queries import SQLQuery

columns = {("userName", None, None): "name", ("active", None, None): "active"}
database = sqlite3.connect(":memory:")
database.execute("CREATE TABLE people (name, active)")
database.executemany("INSERT INTO people VALUES (?, ?)", [("ada", "TRUE"), ("bob", "FALSE"), ("eve", "TRUE")])
for question in ('userName eq "ada"', 'username eq "ada"', 'externalId eq "42"',
                 'externalId eq "42" and active eq true'):
    query = SQLQuery(question, "people", columns)
    rows = database.execute(query.sql.replace("%s", "?"), query.params)
    print(f"{question:39}", *(name for name, _ in rows))
PY
venv/bin/python check.py | tee out
diff out - <<'SEEN' || exit 1
userName eq "ada"                       ada
username eq "ada"                       ada bob eve
externalId eq "42"                      ada bob eve
externalId eq "42" and active eq true   ada eve
SEEN
