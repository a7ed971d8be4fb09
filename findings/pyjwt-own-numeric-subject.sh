#!/usr/bin/env bash
# PyJWT signs a token with a numeric subject and then refuses its own token.
#
# Versions: PyPI pyjwt 2.15.1; npm jose 6.2.18.
# One would guess: what `encode` writes `decode` reads. `sub` is the id of the user, and of a user who
#   came from a table with numeric ids it is a number in JSON.
# What happens: `encode` refuses a number as `iss` and writes it as `sub`; `decode` raises
#   InvalidSubjectError for it, with no option asked for. jose for Node reads the same token and hands
#   out a number, which is not equal to the text "1042" of the same user.
# Why it matters: ids that an import carries over as numbers pass every test of the side that issues
#   tokens, and only clients in some languages refuse to sign these users in. Turn ids into text on
#   the way in.
# Seen:
#   encode iss 1042: TypeError
#   encode sub 1042: a token
#   decode in PyJWT: InvalidSubjectError
#   decode in jose:  number
# Needs: node, npm, python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts jose@6.2.18
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyjwt==2.15.1

cat >sign.py <<'PY'
import pathlib

import jwt

KEY = "a key of at least thirty-two bytes"


def attempt(work) -> str:
    try:
        return work()
    except (TypeError, jwt.InvalidTokenError) as error:
        return type(error).__name__


token = jwt.encode({"sub": 1042}, KEY, "HS256")
pathlib.Path("token").write_text(token)
print("encode iss 1042:", attempt(lambda: jwt.encode({"iss": 1042}, KEY, "HS256")))
print("encode sub 1042: a token")
print("decode in PyJWT:", attempt(lambda: str(jwt.decode(token, KEY, ["HS256"]))))
PY
cat >read.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { jwtVerify } from 'jose'

const key = new TextEncoder().encode('a key of at least thirty-two bytes')
const { payload } = await jwtVerify(readFileSync('token', 'utf8'), key)
console.log('decode in jose: ', typeof payload.sub)
JS
{ venv/bin/python sign.py && node read.mjs; } | tee out
diff out - <<'SEEN' || exit 1
encode iss 1042: TypeError
encode sub 1042: a token
decode in PyJWT: InvalidSubjectError
decode in jose:  number
SEEN
