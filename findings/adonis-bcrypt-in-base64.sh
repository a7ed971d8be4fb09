#!/usr/bin/env bash
# bcrypt hashes of AdonisJS do not start with $2b$ and are not in bcrypt's alphabet.
#
# Versions: npm @adonisjs/hash 10.1.1 on npm bcrypt 6.0.0, checked with PyPI bcrypt 5.0.0.
# One would guess: a bcrypt hash is `$2b$10$` and 53 characters, whatever framework calls it.
# What happens: AdonisJS writes `$bcrypt$v=98$r=10$<salt>$<hash>`: 98 is the code of the letter b,
#   and both parts are in the ordinary base64, with `+` and `/`, which has bcrypt's characters in
#   another order. Joining the parts to `$2b$` gives a string that looks right and never verifies;
#   each character has to be exchanged for the one at the same place of the other alphabet.
# Why it matters: a detector of `$2` finds no hash, and a rewriting that keeps the characters passes
#   every check of form while nobody can sign in.
# Seen:
#   adonis          $bcrypt$v=98$r=10$...
#   joined          False
#   other alphabet  True
# Needs: node, npm, python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @adonisjs/hash@10.1.1 bcrypt@6.0.0
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check bcrypt==5.0.0

cat >make.mjs <<'JS'
import { Bcrypt } from '@adonisjs/hash/drivers/bcrypt'
console.log(await new Bcrypt({}).make('Turquoise-Kettle-7'))
JS
hash=$(node make.mjs)
echo "adonis          ${hash%\$*\$*}\$..."

venv/bin/python - "$hash" <<'PY'
import string
import sys

import bcrypt

text = sys.argv[1]
_, name, version, rounds, salt, digest = text.split("$")
letters = string.ascii_uppercase + string.ascii_lowercase + string.digits
exchange = str.maketrans(letters + "+/", "./" + letters)
setting = "$2b$10$"


def check(rest: str) -> bool:
    try:
        return bcrypt.checkpw(b"Turquoise-Kettle-7", (setting + rest).encode())
    except ValueError:
        return False


joined, exchanged = check(salt + digest), check((salt + digest).translate(exchange))
print("joined         ", joined)
print("other alphabet ", exchanged)
sys.exit(not ((name, version, rounds) == ("bcrypt", "v=98", "r=10") and exchanged and not joined))
PY
