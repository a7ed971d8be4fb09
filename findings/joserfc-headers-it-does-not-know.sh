#!/usr/bin/env bash
# joserfc refuses tokens whose header has a parameter that it does not know, or a certificate.
#
# Versions: PyPI joserfc 1.8.0, jwcrypto 1.6.1; npm jose 6.2.18.
# One would guess: a parameter that is not understood is ignored unless `crit` names it, as RFC 7515 and
#   RFC 7516 say in section 4. `x5c`, the certificate of the key, is one of the registered ones.
# What happens: joserfc raises UnsupportedHeaderError for `ver`, in signed as in encrypted tokens, unless
#   its registry is made with strict_check_header=False; and ExceededSizeError for an encrypted token with
#   an ordinary certificate in `x5c`, because a header may have 1,024 bytes. jwcrypto and jose read both.
# Why it matters: the sender decides what is in the header, and may add to it at any time: passwords that
#   a system encrypts for its migration can no longer be read on that day. Make a registry of your own.
# Seen:
#   joserfc:   signed ver UnsupportedHeaderError, encrypted ver UnsupportedHeaderError, x5c ExceededSizeError
#   jwcrypto:  signed ver read, encrypted ver read, x5c read
#   jose:      signed ver read, encrypted ver read, x5c read
# Needs: node, npm, openssl, python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts jose@6.2.18
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check joserfc==1.8.0 jwcrypto==1.6.1
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out certificate.pem -subj /CN=example -days 30 2>/dev/null

cat >tokens.py <<'PY'
import base64
import json
import pathlib
import ssl

from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from jwcrypto import jwe as their_jwe, jwk, jws as their_jws

pem = pathlib.Path("key.pem").read_bytes()
key = jwk.JWK.from_pem(pem)
der = ssl.PEM_cert_to_DER_cert(pathlib.Path("certificate.pem").read_text())
x5c = {"x5c": [base64.b64encode(der).decode()]}


def encrypt(**more) -> str:
    header = json.dumps({"alg": "RSA-OAEP-256", "enc": "A256GCM", **more})
    made = their_jwe.JWE(b"secret", protected=header)
    made.add_recipient(key)
    return made.serialize(compact=True)


signed = their_jws.JWS(b"said")
signed.add_signature(key, protected=json.dumps({"alg": "RS256", "ver": "1.0"}))
tokens = {
    "signed ver": signed.serialize(compact=True),
    "encrypted ver": encrypt(ver="1.0"),
    "x5c": encrypt(**x5c),
}
pathlib.Path("tokens.json").write_text(json.dumps(tokens))


def attempt(work, *given, **named) -> str:
    try:
        work(*given, **named)
    except JoseError as error:
        return type(error).__name__
    return "read"


def read(name: str, token: str) -> str:
    own = RSAKey.import_key(pem)
    if name.startswith("signed"):
        return attempt(jws.deserialize_compact, token, own)
    return attempt(jwe.decrypt_compact, token, own, algorithms=["RSA-OAEP-256", "A256GCM"])


def read_again(name: str, token: str) -> str:
    made = their_jws.JWS() if name.startswith("signed") else their_jwe.JWE()
    return attempt(made.deserialize, token, key)


print("joserfc:  ", ", ".join(f"{name} {read(name, token)}" for name, token in tokens.items()))
print("jwcrypto: ", ", ".join(f"{name} {read_again(name, token)}" for name, token in tokens.items()))
PY
cat >read.mjs <<'JS'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { compactDecrypt, compactVerify } from 'jose'

const key = createPrivateKey(readFileSync('key.pem'))
const said = []
for (const [name, token] of Object.entries(JSON.parse(readFileSync('tokens.json', 'utf8')))) {
  if (name.startsWith('signed')) await compactVerify(token, createPublicKey(key))
  else await compactDecrypt(token, key)
  said.push(`${name} read`)
}
console.log('jose:     ', said.join(', '))
JS
{ venv/bin/python tokens.py && node read.mjs; } | tee out
diff out - <<'SEEN' || exit 1
joserfc:   signed ver UnsupportedHeaderError, encrypted ver UnsupportedHeaderError, x5c ExceededSizeError
jwcrypto:  signed ver read, encrypted ver read, x5c read
jose:      signed ver read, encrypted ver read, x5c read
SEEN
