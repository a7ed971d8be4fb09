#!/usr/bin/env bash
# AdonisJS writes its default scrypt hash in a text that passlib cannot read.
#
# Versions: npm @adonisjs/hash 10.1.1, PyPI passlib 1.7.4.
# One would guess: both say that they write the PHC string format, so passlib (or anything else that
#   reads `$scrypt$`) verifies a hash that AdonisJS made.
# What happens: AdonisJS writes the cost itself, `n=16384`, and a hash of 64 bytes; passlib writes and
#   reads only its logarithm, `ln=14`, and only 32 bytes. passlib identifies the text as scrypt by its
#   prefix and then raises AssertionError, not the ValueError of its other refusals. With the cost
#   rewritten it raises ValueError. With the hash also cut to its first 32 bytes it verifies: the last
#   step of scrypt is PBKDF2, whose blocks do not depend on each other.
# Why it matters: this is the default of AdonisJS, so every user of a table fails, and after a check
#   by prefix they fail at sign-in rather than in the import. Yet none of them has lost a password.
# Seen:
#   adonis   $scrypt$n=16384,r=8,p=1$...
#   passlib identifies it: True
#   passlib as written: AssertionError
#   passlib with ln=14: ValueError
#   passlib with ln=14 and 32 bytes: True
# Needs: node, npm, python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @adonisjs/hash@10.1.1
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check passlib==1.7.4

cat >make.mjs <<'JS'
import { Scrypt } from '@adonisjs/hash/drivers/scrypt'
console.log(await new Scrypt({}).make('Turquoise-Kettle-7'))
JS
hash=$(node make.mjs)
echo "adonis   ${hash%%1\$*}1\$..."

venv/bin/python - "$hash" <<'PY'
import base64
import sys

from passlib.hash import scrypt


def check(text: str) -> str:
    try:
        return str(scrypt.verify("Turquoise-Kettle-7", text))
    except (AssertionError, ValueError) as error:
        return type(error).__name__


text = sys.argv[1]
logarithm = text.replace("$n=16384,", "$ln=14,")
head, _, digest = logarithm.rpartition("$")
shortened = base64.b64encode(base64.b64decode(digest + "==")[:32]).decode().rstrip("=")
seen = [scrypt.identify(text), check(text), check(logarithm), check(f"{head}${shortened}")]
print("passlib identifies it:", seen[0])
print("passlib as written:", seen[1])
print("passlib with ln=14:", seen[2])
print("passlib with ln=14 and 32 bytes:", seen[3])
sys.exit(seen != [True, "AssertionError", "ValueError", "True"])
PY
