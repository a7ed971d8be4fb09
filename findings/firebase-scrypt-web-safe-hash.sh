#!/usr/bin/env bash
# firebase-scrypt for Python answers false for a hash in web-safe base64; the one for Node verifies it.
#
# Versions: PyPI firebase-scrypt 0.1.0, npm firebase-scrypt 2.2.0.
# One would guess: a verifier decodes the stored hash, and both are made for what Firebase gives out, in which
#   the Admin SDK's listUsers writes `-` and `_` where the command line's auth:export writes `+` and `/`.
# What happens: the Python package never decodes the hash. It compares the text with its own, of ordinary
#   base64 with padding, so a web-safe hash, or one without `=`, is a wrong password. The package for
#   Node gives true for all three.
# Why it matters: 64 bytes in base64 have one of the two characters in more than nine of ten hashes, and
#   the tenth user signs in, which hides the cause. Translate the characters first, in the salts too.
# Seen:
#   ordinary base64      python True   node true
#   hash web-safe        python False  node true
#   hash without =       python False  node true
# Needs: node, npm, python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts firebase-scrypt@2.2.0
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check firebase-scrypt==0.1.0

cat >check.mjs <<'JS'
import { writeFileSync } from 'node:fs'
import { FirebaseScrypt } from 'firebase-scrypt'

const password = 'Turquoise-Kettle-7'
const signerKey = Buffer.from('0123456789abcdef'.repeat(4)).toString('base64')
const firebase = new FirebaseScrypt({ memCost: 10, rounds: 8, saltSeparator: 'Bw==', signerKey })
const webSafe = (text) => text.replace(/\+/g, '-').replace(/\//g, '_')
const salt = 'a+salt+of/12byte'
const hash = await firebase.hash(password, salt)
const cases = [
  ['ordinary base64', hash, salt], ['hash web-safe', webSafe(hash), salt],
  ['hash without =', hash.replace(/=+$/, ''), salt],
]
for (const entry of cases) entry.push(await firebase.verify(password, entry[2], entry[1]))
writeFileSync('cases.json', JSON.stringify({ signerKey, cases }))
JS
cat >check.py <<'PY'
import json
import pathlib

from firebase_scrypt import verify_password

data = json.loads(pathlib.Path("cases.json").read_text())
for label, stored, salt, node in data["cases"]:
    answer = verify_password("Turquoise-Kettle-7", stored, salt, "Bw==", data["signerKey"], 8, 10)
    print(f"{label:20} python {answer!s:5}  node {str(node).lower()}")
PY
node check.mjs
venv/bin/python check.py | tee out
diff out - <<'SEEN' || exit 1
ordinary base64      python True   node true
hash web-safe        python False  node true
hash without =       python False  node true
SEEN
