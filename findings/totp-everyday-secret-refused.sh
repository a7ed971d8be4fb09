#!/usr/bin/env bash
# Current TOTP libraries refuse the 16-character secret that many authenticators were enrolled with.
#
# Versions: PyPI pyotp 2.12.1, npm otplib 13.5.0, otpauth 9.5.2, speakeasy 2.0.0.
# One would guess: a library for TOTP computes the code of any base32 secret; JBSWY3DPEHPK3PXP, ten
#   bytes, is the form that Google Authenticator's documentation has always shown.
# What happens: pyotp wants 14 bytes and otplib 16, and both raise, on verifying as well as on making
#   codes, while otpauth and speakeasy compute it. RFC 4226 asks for 16 bytes of new secrets; these
#   are old ones.
# Why it matters: the second factors of an export arrive intact, are stored, and every sign-in ends in
#   a server error the day the application is on such a version. There is no re-issuing a secret
#   without the person's telephone in hand. Count secrets of fewer than 26 characters beforehand.
# Seen:
#   10 bytes  pyotp      ValueError
#   16 bytes  pyotp      428011
#   10 bytes  otplib     SecretTooShortError
#   10 bytes  otpauth    996554
#   10 bytes  speakeasy  996554
#   16 bytes  otplib     428011
#   16 bytes  otpauth    428011
#   16 bytes  speakeasy  428011
# Needs: node, npm, python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts otplib@13.5.0 otpauth@9.5.2 speakeasy@2.0.0
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyotp==2.12.1

cat >code.py <<'PY'
import pyotp

for label, secret in (
    ("10 bytes", "JBSWY3DPEHPK3PXP"),
    ("16 bytes", "JBSWY3DPEHPK3PXPJBSWY3DPEI"),
):
    try:
        code = pyotp.TOTP(secret).at(59)
    except ValueError as error:
        code = type(error).__name__
    print(label, " pyotp     ", code)
PY
cat >code.mjs <<'JS'
import * as otplib from 'otplib'
import { TOTP } from 'otpauth'
import speakeasy from 'speakeasy'

const makers = {
  otplib: (secret) => otplib.generate({ secret, epoch: 59 }),
  otpauth: async (secret) => new TOTP({ secret }).generate({ timestamp: 59000 }),
  speakeasy: async (secret) => speakeasy.totp({ secret, encoding: 'base32', time: 59 }),
}
for (const [label, secret] of [
  ['10 bytes', 'JBSWY3DPEHPK3PXP'],
  ['16 bytes', 'JBSWY3DPEHPK3PXPJBSWY3DPEI'],
])
  for (const [name, make] of Object.entries(makers))
    console.log(`${label}  ${name.padEnd(9)} `, await make(secret).catch((error) => error.name))
JS
{ venv/bin/python code.py && node code.mjs; } | tee out
diff out - <<'SEEN' || exit 1
10 bytes  pyotp      ValueError
16 bytes  pyotp      428011
10 bytes  otplib     SecretTooShortError
10 bytes  otpauth    996554
10 bytes  speakeasy  996554
16 bytes  otplib     428011
16 bytes  otpauth    428011
16 bytes  speakeasy  428011
SEEN
