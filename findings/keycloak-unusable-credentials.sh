#!/usr/bin/env bash
# Keycloak's import accepts credentials that it cannot use, and tells it at the sign-in.
#
# Versions: Maven org.keycloak:keycloak-quarkus-dist 26.7.0.
# One would guess: the `value` of an OTP credential is base32, as in every otpauth URI; an algorithm or a
#   version that Keycloak does not know is refused with the record.
# What happens: without `secretEncoding: BASE32` the characters themselves are the key, so the codes of
#   the authenticator app are wrong. `algorithm: SHA256` in place of HmacSHA256 is accepted and becomes
#   a server error at the sign-in. argon2's version has to be "1.3"; "19", as the text of the hash has
#   it, is accepted and makes the password wrong. All seven records are answered with ADDED.
# Why it matters: the import's report says that all went well, and the only trace is people who cannot sign
#   in. Sign in once as a test user of each kind before the rest is sent.
# Seen:
#   password alone                 signed in
#   argon2 version 1.3             signed in
#   argon2 version 19              Invalid user credentials
#   OTP, base32 said               signed in
#   OTP, base32 not said           Invalid user credentials
#   OTP, the characters as key     signed in
#   OTP, SHA256                    500
# Needs: java 17 or later, mvn, python3; see with-keycloak.bash.
set -euo pipefail
source "$(dirname "$0")/with-keycloak.bash"
cd "$(mktemp -d)"
version=26.7.0
start_keycloak "org.keycloak:keycloak-quarkus-dist:$version"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check argon2-cffi==25.1.0

cat >check.py <<'PY'
import base64
import hashlib
import hmac
import json
import struct
import time

from argon2.low_level import Type, hash_secret_raw
from keycloak import add, sign_in, user

PASSWORD, SALT, SECRET = "Turquoise-Kettle-7", b"a salt of 16 byt", "KVZW44TFMVSGKZBAON2HE2LOM4QGS4ZA"


def credential(kind, secret, **data):
    return {"type": kind, "secretData": json.dumps(secret), "credentialData": json.dumps(data)}


def password(digest, **data):
    secret = {"value": base64.b64encode(digest).decode(), "salt": base64.b64encode(SALT).decode()}
    return credential("password", secret, **data)


def argon2(version):
    digest = hash_secret_raw(PASSWORD.encode(), SALT, 3, 7168, 1, 32, Type.ID)
    more = {"hashLength": "32", "memory": "7168", "type": "id", "version": version, "parallelism": "1"}
    more = {name: [value] for name, value in more.items()}
    return password(digest, algorithm="argon2", hashIterations=3, additionalParameters=more)


def otp(**data):
    fixed = {"subType": "totp", "digits": 6, "period": 30, "counter": 0, "algorithm": "HmacSHA1"}
    return credential("otp", {"value": SECRET}, **{**fixed, **data})


def code(key, digest="sha1"):
    mac = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), digest).digest()
    return f"{(struct.unpack_from('>I', mac, mac[-1] & 15)[0] & 0x7FFFFFFF) % 10**6:06}"


plain = password(hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), SALT, 1000), algorithm="pbkdf2-sha256",
                 hashIterations=1000)
secret, text = base64.b32decode(SECRET), SECRET.encode()
cases = [
    ("password alone", [plain], None),
    ("argon2 version 1.3", [argon2("1.3")], None),
    ("argon2 version 19", [argon2("19")], None),
    ("OTP, base32 said", [plain, otp(secretEncoding="BASE32")], lambda: code(secret)),
    ("OTP, base32 not said", [plain, otp()], lambda: code(secret)),
    ("OTP, the characters as key", [plain, otp()], lambda: code(text)),
    ("OTP, SHA256", [plain, otp(secretEncoding="BASE32", algorithm="SHA256")],
     lambda: code(secret, "sha256")),
]
for number, (label, credentials, ask) in enumerate(cases):
    _, answer = add([user(f"user-{number}", credentials=credentials)])
    assert answer["added"] == 1, answer
    print(f"{label:28}  ", sign_in(f"user-{number}", PASSWORD, ask() if ask else ""))
PY
venv/bin/python check.py | tee out
diff out - <<'SEEN' || exit 1
password alone                 signed in
argon2 version 1.3             signed in
argon2 version 19              Invalid user credentials
OTP, base32 said               signed in
OTP, base32 not said           Invalid user credentials
OTP, the characters as key     signed in
OTP, SHA256                    500
SEEN
