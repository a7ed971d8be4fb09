#!/usr/bin/env bash
# python-jose refuses every token once a key of another kind stands first in the key set.
#
# Versions: PyPI python-jose 3.5.0, pyjwt 2.15.1, joserfc 1.8.0, authlib 1.9.10, jwcrypto 1.6.1 for the token.
# One would guess: `kid` in the token's header picks the key from the set, or each key is tried; keys of a kind
#   that the token is not signed with do no harm.
# What happens: python-jose looks at neither kid nor kty. It takes the keys in their order and reads each as a key
#   for the token's algorithm; an EC or Ed25519 key before the right one is JWKError. Behind the right one it is
#   never reached. The other three find the key by kid in any order.
# Why it matters: a provider that adds an EC key, or a new provider whose set
#   has both, locks everybody out of the services with python-jose, or not, by the order in its answer, which may
#   change at the next restart. Pick the key by kid before the call.
# Seen:
#                python-jose    pyjwt  joserfc  authlib
#   RSA          ada            ada    ada      ada
#   RSA, EC      ada            ada    ada      ada
#   EC, RSA      JWKError       ada    ada      ada
#   OKP, RSA     JWKError       ada    ada      ada
# Needs: python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "python-jose[cryptography]==3.5.0" pyjwt==2.15.1 \
  joserfc==1.8.0 authlib==1.9.10 jwcrypto==1.6.1

cat >check.py <<'PY'
import json

import authlib.jose
import joserfc.jwk
import joserfc.jwt
import jose.jwt
import jwt
from jwcrypto.jwk import JWK
from jwcrypto.jwt import JWT

keys = {
    "RSA": JWK.generate(kty="RSA", size=2048, kid="2026-05", alg="RS256", use="sig"),
    "EC": JWK.generate(kty="EC", crv="P-256", kid="2026-06", alg="ES256", use="sig"),
    "OKP": JWK.generate(kty="OKP", crv="Ed25519", kid="2026-07", alg="EdDSA", use="sig"),
}
signed = JWT(header={"alg": "RS256", "kid": "2026-05"}, claims={"sub": "ada"})
signed.make_signed_token(keys["RSA"])
token = signed.serialize()
READERS = {
    "python-jose": lambda found: jose.jwt.decode(token, found, algorithms=["RS256"]),
    "pyjwt": lambda found: jwt.decode(token, jwt.PyJWKSet.from_dict(found)["2026-05"], algorithms=["RS256"]),
    "joserfc": lambda found: joserfc.jwt.decode(token, joserfc.jwk.KeySet.import_key_set(found)).claims,
    "authlib": lambda found: authlib.jose.jwt.decode(token, authlib.jose.JsonWebKey.import_key_set(found)),
}


def read(reader, found):
    try:
        return reader(found)["sub"]
    except Exception as error:
        return type(error).__name__


row = "{:12} {:14} {:6} {:8} {}".format
print(row("", *READERS))
for kinds in ("RSA", "RSA, EC", "EC, RSA", "OKP, RSA"):
    found = {"keys": [json.loads(keys[kind].export_public()) for kind in kinds.split(", ")]}
    print(row(kinds, *(read(reader, found) for reader in READERS.values())))
PY
venv/bin/python check.py 2>log | tee out
diff out - <<'SEEN' || exit 1
             python-jose    pyjwt  joserfc  authlib
RSA          ada            ada    ada      ada
RSA, EC      ada            ada    ada      ada
EC, RSA      JWKError       ada    ada      ada
OKP, RSA     JWKError       ada    ada      ada
SEEN
