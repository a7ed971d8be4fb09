#!/usr/bin/env bash
# In CSV of `firebase auth:export`, a custom claim that holds a quotation mark breaks its row.
#
# Versions: npm firebase-tools@15.34.2 and csv-parse@6.1.0, Python's csv.
# One would guess: claims are JSON in one cell with each quotation mark doubled, so that any reader returns the same
#   text; display names with a quotation mark are written like that.
# What happens: the exporter doubles only the marks that have no backslash before them. An escaped mark of JSON, \",
#   stays single and ends the cell for a reader. csv-parse raises. Python's csv returns a row of one cell
#   too many, with claims that are no JSON, and everything behind them one place further.
# Why it matters: the users with a title such as `the "new" one` in a claim fail, or get the cells of their
#   neighbours. JSON of the same exporter has no such fault.
# Seen:
#   plain claim    Python 53 cells, claims are JSON: True
#   quoted claim   Python 54 cells, claims are JSON: False
#   csv-parse      raises CSV_INVALID_CLOSING_QUOTE
# Needs: node 20 or later, npm, python3; see with-firebase-export.bash.
set -euo pipefail
source "$(dirname "$0")/with-firebase-export.bash"
cd "$(mktemp -d)"
install_exporter firebase-tools@15.34.2
npm install --silent --no-audit --no-fund --ignore-scripts csv-parse@6.1.0

cat >check.js <<'JS'
const { parse } = require('csv-parse/sync')
const { exportUsers } = require('./export')

const make = (localId, motto) => ({
  localId, email: `${localId}@example.com`, createdAt: '1714850200000', customAttributes: JSON.stringify({ motto }),
})

exportUsers([make('ada', 'the old, slow one'), make('bob', 'the "new", quick one')], 'csv').then(text => {
  try {
    console.log('csv-parse     ', parse(text).length, 'rows')
  } catch (error) {
    console.log('csv-parse      raises', error.code)
  }
})
JS
cat >check.py <<'PY'
import csv
import json


def is_json(text):
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


with open("users.csv", newline="") as file:
    for name, row in zip(("plain", "quoted"), csv.reader(file)):
        print(f"{name + ' claim':14} Python {len(row)} cells, claims are JSON: {is_json(row[27])}")
PY
node check.js >second
{ python3 check.py; cat second; } | tee out
diff out - <<'SEEN' || exit 1
plain claim    Python 53 cells, claims are JSON: True
quoted claim   Python 54 cells, claims are JSON: False
csv-parse      raises CSV_INVALID_CLOSING_QUOTE
SEEN
