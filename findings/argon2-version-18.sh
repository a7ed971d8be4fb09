#!/usr/bin/env bash
# argon2-cffi calls a text without v= "version 18", which is no version of Argon2.
#
# Versions: PyPI argon2-cffi 25.1.0.
# One would guess: `extract_parameters` answers 16, the version that a text without `v=` has, since
#   Argon2 1.0 is 0x10 and 1.3 is 0x13 (RFC 9106), and the field is what `v=` would hold.
# What happens: it answers 18. `verify` of the text as it stands is right (it computes version 16), but
#   a text or a hash made again from the reported parameters never matches: the C library accepts
#   18 without an error and computes something else.
# Why it matters: moving old hashes into a system that wants `v=` in the text, or the parameters in
#   fields of their own, is a rewriting; with the version that the parser gives, all of these users
#   lose their password.
# Seen:
#   as it stands: True
#   extract_parameters: version 18
#   rewritten with v=18: False
#   rewritten with v=16: True
# Needs: python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check argon2-cffi==25.1.0

venv/bin/python - <<'PY'
import sys

import argon2
from argon2.low_level import Type, hash_secret

password = b"Turquoise-Kettle-7"
old = hash_secret(password, b"salt-of-16-bytes", 2, 1024, 1, 32, Type.ID, version=16).decode()
text = old.replace("$v=16$", "$")
hasher = argon2.PasswordHasher()


def check(version: int) -> str:
    try:
        return str(hasher.verify(old.replace("$v=16$", f"$v={version}$"), password))
    except argon2.exceptions.VerifyMismatchError:
        return "False"


stands, reported = hasher.verify(text, password), argon2.extract_parameters(text).version
print("as it stands:", stands)
print("extract_parameters: version", reported)
print("rewritten with v=18:", check(18))
print("rewritten with v=16:", check(16))
sys.exit(not (stands and reported == 18 and check(18) == "False" and check(16) == "True"))
PY
