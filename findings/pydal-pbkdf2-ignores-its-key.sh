#!/usr/bin/env bash
# web2py's CRYPT(key=...) keys a digest, and silently does not key PBKDF2.
#
# Versions: PyPI pydal 20260520.0.
# One would guess: a site with an hmac_key needs that key to verify any of its hashes.
# What happens: with "sha512:" before the key, the hash is an HMAC under key and salt. With
#   "pbkdf2(1000,20,sha512):", the key changes nothing: the hash is PBKDF2 of the password alone.
#   Without any key, `sha512$salt$hash` is a digest of password and salt, in this order.
# Why it matters: a target that asks for the key and uses it verifies nobody with PBKDF2; an operator
#   who has lost the key can still move these users, but not those with a digest.
# Seen:
#   PBKDF2 with a key   needs it: no
#   SHA-512 with a key  needs it: yes
#   SHA-512 without     password + salt
# Needs: python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pydal==20260520.0

cat >check.py <<'PY'
import hashlib
import hmac

from pydal.validators import CRYPT

PASSWORD, KEY = b"Turquoise-Kettle-7", b"of-the-site"


def make(key=None, digest_alg=None):
    options = {"key": key} if key else {"digest_alg": digest_alg}
    return str(CRYPT(**options)(PASSWORD.decode())[0]).split("$")[1:]


salt, value = make("pbkdf2(1000,20,sha512):of-the-site")
plain = hashlib.pbkdf2_hmac("sha512", PASSWORD, salt.encode(), 1000, 20).hex()
print("PBKDF2 with a key   needs it:", "no" if value == plain else "yes")
salt, value = make("sha512:of-the-site")
keyed = hmac.digest(KEY + salt.encode(), PASSWORD, "sha512").hex()
print("SHA-512 with a key  needs it:", "yes" if value == keyed else "no")
salt, value = make(digest_alg="sha512")
behind = hashlib.sha512(PASSWORD + salt.encode()).hexdigest()
print("SHA-512 without    ", "password + salt" if value == behind else "another order")
PY
venv/bin/python check.py >out
cat out
diff out - <<'SEEN' || exit 1
PBKDF2 with a key   needs it: no
SHA-512 with a key  needs it: yes
SHA-512 without     password + salt
SEEN
