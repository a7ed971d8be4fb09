#!/usr/bin/env bash
# zope.password writes its rounds in hexadecimal, and salts with the text of bcrypt's own salt.
#
# Versions: PyPI zope.password 6.2, bcrypt 5.0.0.
# One would guess: `{BCRYPTKDF}100$<salt>$<hash>` has 100 rounds and a salt of 16 bytes.
# What happens: it has 256 rounds, for 100 is hexadecimal. The salt is the 29 characters of
#   bcrypt.gensalt(), "$2b$12$" among them, whose 12 counts for nothing.
# Why it matters: the default, "400", reads plausibly as 400 rounds and is 1,024: a verifier that takes
#   it for decimal computes two fifths of the work and says that every password is wrong.
# Seen:
#   written      {BCRYPTKDF}100
#   100 rounds   False
#   256 rounds   True
#   salt         $2b$12$ and 22 characters
# Needs: python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check zope.password==6.2 bcrypt==5.0.0

cat >check.py <<'PY'
from base64 import urlsafe_b64decode

import bcrypt
from zope.password.password import BCRYPTKDFPasswordManager

manager = BCRYPTKDFPasswordManager()
manager.rounds = 256
written, salt, key = manager.encodePassword("Turquoise-Kettle-7").decode().split("$")
salt, key = urlsafe_b64decode(salt), urlsafe_b64decode(key)
print("written     ", written)
for rounds in (100, 256):
    made = bcrypt.kdf(b"Turquoise-Kettle-7", salt, len(key), rounds)
    print(f"{rounds} rounds  ", made == key)
print("salt        ", salt[:7].decode(), "and", len(salt) - 7, "characters")
PY
venv/bin/python check.py >out
cat out
diff out - <<'SEEN' || exit 1
written      {BCRYPTKDF}100
100 rounds   False
256 rounds   True
salt         $2b$12$ and 22 characters
SEEN
