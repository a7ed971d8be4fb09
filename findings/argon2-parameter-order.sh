#!/usr/bin/env bash
# An argon2 text with t before m passes argon2-cffi's parser and its rehash check, but not verify.
#
# Versions: npm phc-argon2 1.1.4, PyPI argon2-cffi 25.1.0.
# One would guess: a string from which `extract_parameters` returns every parameter, and of which
#   `check_needs_rehash` says that nothing is to do, can be verified.
# What happens: phc-argon2 for Node writes `t=..,m=..,p=..`. The two Python functions read it in any
#   order; `verify` hands the text to the C library, which wants m, t, p, and raises
#   VerificationError("Decoding failed"): the parent of VerifyMismatchError, not InvalidHashError.
#   In the order m, t, p the same salt and hash verify.
# Why it matters: an import that checks hashes by extract_parameters accepts the whole table, and
#   code that takes VerificationError for a wrong password tells every user that theirs is wrong.
# Seen:
#   phc-argon2 writes t=2,m=1024,p=1
#   extract_parameters: t 2, m 1024, p 1
#   check_needs_rehash: False
#   verify: VerificationError: Decoding failed
#   verify in the order m, t, p: True
# Needs: node, npm, python3. npm argon2 is pinned to a version that brings its binary along.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
cat >package.json <<'JSON'
{ "dependencies": { "phc-argon2": "1.1.4" }, "overrides": { "argon2": "0.43.1" } }
JSON
npm install --silent --no-audit --no-fund --ignore-scripts
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check argon2-cffi==25.1.0

hash=$(node -e "require('phc-argon2').hash('Turquoise-Kettle-7',
  { iterations: 2, memory: 1024, parallelism: 1, saltSize: 16 }).then((text) => console.log(text))")
echo "phc-argon2 writes $(cut -d'$' -f4 <<<"$hash")"

venv/bin/python - "$hash" <<'PY'
import sys

import argon2

text = sys.argv[1]
found = argon2.extract_parameters(text)
hasher = argon2.PasswordHasher.from_parameters(found)
rehash = hasher.check_needs_rehash(text)
try:
    answer = str(hasher.verify(text, "Turquoise-Kettle-7"))
except argon2.exceptions.VerificationError as error:
    answer = f"{type(error).__name__}: {error}"
ordered = text.replace("t=2,m=1024", "m=1024,t=2")
reordered = hasher.verify(ordered, "Turquoise-Kettle-7")
print(
    f"extract_parameters: t {found.time_cost}, m {found.memory_cost}, p {found.parallelism}",
    f"check_needs_rehash: {rehash}",
    f"verify: {answer}",
    f"verify in the order m, t, p: {reordered}",
    sep="\n",
)
as_before = answer == "VerificationError: Decoding failed" and reordered and not rehash
sys.exit(not (as_before and found.memory_cost == 1024))
PY
