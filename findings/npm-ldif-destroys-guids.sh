#!/usr/bin/env bash
# The LDIF reader for Node turns the bytes of a GUID into question marks that cannot be undone.
#
# Versions: npm ldif 0.5.1; PyPI ldif 4.3.0.
# One would guess: `attribute:: base64` marks a value that is not text, so it comes out as a Buffer or as the
#   base64; or at least a value that is not UTF-8 does.
# What happens: every such value is decoded as UTF-8, and what is not becomes U+FFFD. Of 16 bytes of a GUID
#   all with the high bit are lost, and two people can get the same text. The package for Python gives text
#   where the bytes happen to be UTF-8 and bytes for the others.
# Why it matters: objectGUID and objectSid are the stable ids of an export. As keys of an
#   import they look filled, and on the second run nobody is found again, or somebody else. Decode these
#   attributes from the file itself.
# Seen:
#   ada: 8 of 16 characters are U+FFFD, the same text as bob's: true
#   python: bytes bytes, the same: False
# Needs: node, npm, python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts ldif@0.5.1
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ldif==4.3.0

cat >write.py <<'PY'
import base64

for name, start in (("ada", 0x81), ("bob", 0x91)):
    guid = bytes(range(start, start + 8)) + bytes(range(1, 9))
    print(f"dn: cn={name},dc=example,dc=com\nobjectGUID:: {base64.b64encode(guid).decode()}\n")
PY
venv/bin/python write.py >people.ldif
cat >read.cjs <<'JS'
const { readFileSync } = require('node:fs')
const { parse } = require('ldif')

const { entries } = parse(readFileSync('people.ldif', 'utf8'))
const [ada, bob] = entries.map((entry) => entry.toObject({}).attributes.objectGUID)
const lost = [...ada].filter((character) => character === '\ufffd').length
console.log(`ada: ${lost} of ${ada.length} characters are U+FFFD, the same text as bob's: ${ada === bob}`)
JS
cat >read.py <<'PY'
from ldif import LDIFParser

with open("people.ldif", "rb") as file:
    ada, bob = (entry["objectGUID"][0] for _, entry in LDIFParser(file).parse())
print(f"python: {type(ada).__name__} {type(bob).__name__}, the same: {ada == bob}")
PY
{ node read.cjs && venv/bin/python read.py; } | tee out
diff out - <<'SEEN' || exit 1
ada: 8 of 16 characters are U+FFFD, the same text as bob's: true
python: bytes bytes, the same: False
SEEN
