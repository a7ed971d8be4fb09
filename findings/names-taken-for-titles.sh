#!/usr/bin/env bash
# Splitting full names, three packages for Node each lose the name of other people: Ma, Van or Do.
#
# Versions: npm humanparser 2.7.0, parse-full-name 1.2.7, another-name-parser 0.1.0; PyPI nameparser 2.6.0.
# One would guess: what such a package is needed for are titles and long names. Of two plain words the first is the
#   given and the second the family name.
# What happens: humanparser takes Ma for a degree (MA), another-name-parser Do and Vi (DO, the Sixth): these people
#   have no family name. parse-full-name takes a Van at the beginning for the particle of a surname, and has no
#   given name. Each of the three is right where another is wrong; nameparser takes only Vi
#   for the Sixth.
# Why it matters: the families are among the most frequent of China and Vietnam. Many targets require a family name,
#   and refuse just these; others take them with an empty name. Split names of two words at the
#   space, and count the records without either name.
# Seen, given / family (suffix):
#                        Yi Ma       Ada Do      Van Person     Yi Vi
#   humanparser          Yi / (Ma)   Ada / Do    Van / Person   Yi / Vi
#   parse-full-name      Yi / Ma     Ada / Do     / Van Person  Yi / Vi
#   another-name-parser  Yi / Ma     Ada / (Do)  Van / Person   Yi / (Vi)
#   nameparser           Yi / Ma     Ada / Do    Van / Person   Yi / (Vi)
# Needs: python3, node, npm.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts humanparser@2.7.0 parse-full-name@1.2.7 \
  another-name-parser@0.1.0
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check nameparser==2.6.0

cat >check.cjs <<'JS'
const anotherNameParser = require('another-name-parser')
const { parseName } = require('humanparser')
const { parseFullName } = require('parse-full-name')

const readers = [
  (name) => { const { firstName, lastName, suffix } = parseName(name); return [firstName, lastName, suffix] },
  (name) => { const { first, last, suffix } = parseFullName(name); return [first, last, suffix] },
  (name) => { const { first, last, suffix } = anotherNameParser(name); return [first, last, suffix] },
]
for (const read of readers)
  for (const name of process.argv.slice(2)) {
    const [given, family, suffix] = read(name)
    console.log(`${given || ''} / ${family || ''}${suffix ? `(${suffix})` : ''}`)
  }
JS
cat >check.py <<'PY'
import sys

from nameparser import HumanName

for text in sys.argv[1:]:
    name = HumanName(text)
    print(f"{name.first} / {name.last}" + f"({name.suffix})" * bool(name.suffix))
PY
names=('Yi Ma' 'Ada Do' 'Van Person' 'Yi Vi')
row() { printf '%-20s %-11s %-11s %-14s %s\n' "$@"; }
mapfile -t node < <(node check.cjs "${names[@]}")
mapfile -t python < <(venv/bin/python check.py "${names[@]}")
{
  row '' "${names[@]}"
  row humanparser "${node[@]:0:4}"
  row parse-full-name "${node[@]:4:4}"
  row another-name-parser "${node[@]:8}"
  row nameparser "${python[@]}"
} | tee out
diff out - <<'SEEN' || exit 1
                     Yi Ma       Ada Do      Van Person     Yi Vi
humanparser          Yi / (Ma)   Ada / Do    Van / Person   Yi / Vi
parse-full-name      Yi / Ma     Ada / Do     / Van Person  Yi / Vi
another-name-parser  Yi / Ma     Ada / (Do)  Van / Person   Yi / (Vi)
nameparser           Yi / Ma     Ada / Do    Van / Person   Yi / (Vi)
SEEN
