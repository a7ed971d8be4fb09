#!/usr/bin/env bash
# AdonisJS writes its default scrypt hash in a text that passlib cannot read.
#
# Versions: npm @adonisjs/hash 10.1.1, PyPI passlib 1.7.4.
# One would guess: both say that they write the PHC string format, so passlib (or anything else that
#   reads `$scrypt$`) verifies a hash that AdonisJS made.
# What happens: AdonisJS writes the cost itself, `n=16384`; passlib writes and reads only its
#   logarithm, `ln=14`. passlib identifies the text as scrypt by its prefix and then raises
#   AssertionError, not the ValueError of its other refusals. With the one parameter rewritten, it
#   verifies.
# Why it matters: this is the default of AdonisJS, so every user of a table fails, and after a check
#   by prefix they fail at sign-in rather than in the import.
# Seen:
#   adonis   $scrypt$n=16384,r=8,p=1$...
#   passlib identifies it: True
#   passlib as written: AssertionError
#   passlib with ln=14: True
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
import sys

from passlib.hash import scrypt

text = sys.argv[1]
identified = scrypt.identify(text)
try:
    written = str(scrypt.verify("Turquoise-Kettle-7", text))
except (AssertionError, ValueError) as error:
    written = type(error).__name__
rewritten = scrypt.verify("Turquoise-Kettle-7", text.replace("$n=16384,", "$ln=14,"))
print("passlib identifies it:", identified)
print("passlib as written:", written)
print("passlib with ln=14:", rewritten)
sys.exit(not (identified and written == "AssertionError" and rewritten))
PY
