#!/usr/bin/env bash
# scim2-filter-parser reads "a or b and c" as "(a or b) and c".
#
# Versions: PyPI scim2-filter-parser 0.7.0; npm scim2-parse-filter 0.2.10, npm scim-query-filter-parser 2.0.4.
# One would guess: `and` binds more closely than `or`, as RFC 7644 section 3.4.2.2 says and as in SQL, into which
#   the package translates; its SQL for the filter needs no brackets.
# What happens: it puts the brackets round the `or`: the inactive user who is named first is not found. The two
#   packages for Node find her. With brackets in the filter all three agree.
# Why it matters: exports and reconciliation runs ask such questions; the same client gets fewer users from
#   the Django server than from the server it was written against, and takes the others for deleted.
# Seen:
#   scim2-filter-parser       ((name = {a}) OR (name = {b})) AND (active = {c})
#   scim2-filter-parser       finds nobody
#   scim2-parse-filter        finds ada
#   scim-query-filter-parser  finds ada
# Needs: node, npm, python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  scim2-parse-filter@0.2.10 scim-query-filter-parser@2.0.4
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check scim2-filter-parser==0.7.0

filter='userName eq "ada" or userName eq "bob" and active eq true'
cat >check.py <<'PY'
import sqlite3
import sys

from scim2_filter_parser.queries import SQLQuery

columns = {("userName", None, None): "name", ("active", None, None): "active"}
where = SQLQuery(sys.argv[1], "people", columns).where_sql.replace("UPPER(name)", "name")
for parameter in "abc":
    where = where.replace(f"UPPER({{{parameter}}})", f"{{{parameter}}}")
print("scim2-filter-parser      ", where)
database = sqlite3.connect(":memory:")
database.execute("CREATE TABLE people (name, active)")
database.executemany("INSERT INTO people VALUES (?, ?)", [("ada", "FALSE"), ("bob", "FALSE")])
where = where.format(a=":a", b=":b", c=":c")
values = {"a": "ada", "b": "bob", "c": "TRUE"}
found = database.execute(f"SELECT name FROM people WHERE {where}", values).fetchall()
print("scim2-filter-parser       finds", " ".join(name for name, in found) or "nobody")
PY
cat >check.cjs <<'JS'
const tree = require('scim2-parse-filter')
const { compileFilter } = require('scim-query-filter-parser')

const people = [{ userName: 'ada', active: false }, { userName: 'bob', active: false }]
const show = (name, test) =>
  console.log(name.padEnd(25), 'finds', people.filter(test).map((user) => user.userName).join(' ') || 'nobody')
show('scim2-parse-filter', tree.filter(tree.parse(process.argv[2])))
show('scim-query-filter-parser', compileFilter(process.argv[2]))
JS
{ venv/bin/python check.py "$filter" && node check.cjs "$filter"; } | tee out
diff out - <<'SEEN' || exit 1
scim2-filter-parser       ((name = {a}) OR (name = {b})) AND (active = {c})
scim2-filter-parser       finds nobody
scim2-parse-filter        finds ada
scim-query-filter-parser  finds ada
SEEN
