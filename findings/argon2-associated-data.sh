#!/usr/bin/env bash
# node-argon2 writes associated data into its text; argon2-cffi and hash-wasm then refuse the text.
#
# Versions: npm argon2 0.43.1, npm @node-rs/argon2 2.2.1, npm hash-wasm 4.13.0, PyPI argon2-cffi 25.1.0.
# One would guess: `associatedData` is like a pepper: not in the text, so a hash made with it looks
#   like any other and gives "wrong password" in a system that does not know the data.
# What happens: the data is in the text, `m=1024,t=2,p=1,data=YWNjb3VudHM`. The libraries that know
#   the field verify with nothing but the text; the others cannot decode it and raise. A pepper
#   (`secret`), on the other hand, leaves no trace.
# Why it matters: what the hash needs is all in the export, so such users can be moved, but not by a
#   library that merely "speaks argon2"; a search for `data=` in the column tells beforehand.
# Seen:
#   written        m=1024,t=2,p=1,data=YWNjb3VudHM
#   npm argon2     true
#   @node-rs       true
#   hash-wasm      Invalid hash
#   argon2-cffi    Decoding failed
# Needs: node, npm, python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  argon2@0.43.1 @node-rs/argon2@2.2.1 hash-wasm@4.13.0
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check argon2-cffi==25.1.0

cat >check.mjs <<'JS'
import argon2 from 'argon2'
import native from '@node-rs/argon2'
import { argon2Verify } from 'hash-wasm'

const password = 'Turquoise-Kettle-7'
const text = await argon2.hash(password, {
  memoryCost: 1024, timeCost: 2, parallelism: 1, associatedData: Buffer.from('accounts'),
})
const say = (answer) => answer.then(String, (error) => error.message)
console.log(text)
console.log('written       ', text.split('$')[3])
console.log('npm argon2    ', await say(argon2.verify(text, password)))
console.log('@node-rs      ', await say(native.verify(text, password)))
console.log('hash-wasm     ', await say(argon2Verify({ password, hash: text })))
JS
node check.mjs >out
venv/bin/python - "$(head -1 out)" >>out <<'PY'
import sys

import argon2

try:
    answer = str(argon2.PasswordHasher().verify(sys.argv[1], "Turquoise-Kettle-7"))
except argon2.exceptions.VerificationError as error:
    answer = str(error)
print("argon2-cffi   ", answer)
PY
tail -n +2 out
diff <(tail -n +2 out) - <<'SEEN' || exit 1
written        m=1024,t=2,p=1,data=YWNjb3VudHM
npm argon2     true
@node-rs       true
hash-wasm      Invalid hash
argon2-cffi    Decoding failed
SEEN
