#!/usr/bin/env bash
# bson for Node writes a wrong number for a long id, even when it holds the right one.
#
# Versions: npm bson 7.3.4; PyPI pymongo 4.20.1.
# One would guess: extended JSON exists to keep types: a value given as Long or BigInt, or read from
#   `{"$numberLong": "..."}`, is written again as it was. Only plain JSON numbers lose digits in JavaScript.
# What happens: `stringify` is relaxed by default and turns the Long into a double first, so a plain number
#   with other last digits is in the file; `parse`, relaxed as well, does it to the quoted digits of
#   `$numberLong`. `relaxed: false` on both sides keeps them; `useBigInt64` on reading alone does not help.
#   pymongo's relaxed JSON has the exact number.
# Why it matters: numeric ids of chat and social networks have 18 digits. After the export two users can
#   share one id, and the others are strangers to what refers to them. No error is raised.
# Seen:
#   bson     written, relaxed by default   1053296431948988400
#   bson     written, relaxed: false       {"$numberLong":"1053296431948988417"}
#   bson     read by default               1053296431948988400
#   bson     read, relaxed: false          1053296431948988417
#   bson     read, useBigInt64             1053296431948988417, written 1053296431948988400
#   pymongo  written, relaxed by default   1053296431948988417
# Needs: node, npm, python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts bson@7.3.4
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pymongo==4.20.1

cat >check.mjs <<'JS'
import { EJSON, Long } from 'bson'

const id = Long.fromString('1053296431948988417')
const canonical = EJSON.stringify(id, { relaxed: false })
const big = EJSON.parse(canonical, { useBigInt64: true })
console.log('bson     written, relaxed by default  ', EJSON.stringify(id))
console.log('bson     written, relaxed: false      ', canonical)
console.log('bson     read by default              ', String(EJSON.parse(canonical)))
console.log('bson     read, relaxed: false         ', String(EJSON.parse(canonical, { relaxed: false })))
console.log('bson     read, useBigInt64            ', `${big}, written ${EJSON.stringify(big)}`)
JS
cat >check.py <<'PY'
from bson import Int64, json_util

print("pymongo  written, relaxed by default  ", json_util.dumps(Int64(1053296431948988417)))
PY
{ node check.mjs && venv/bin/python check.py; } | tee out
diff out - <<'SEEN' || exit 1
bson     written, relaxed by default   1053296431948988400
bson     written, relaxed: false       {"$numberLong":"1053296431948988417"}
bson     read by default               1053296431948988400
bson     read, relaxed: false          1053296431948988417
bson     read, useBigInt64             1053296431948988417, written 1053296431948988400
pymongo  written, relaxed by default   1053296431948988417
SEEN
