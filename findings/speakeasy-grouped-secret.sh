#!/usr/bin/env bash
# speakeasy takes a secret with its spaces, without an error, for another secret.
#
# Versions: npm speakeasy 2.0.0, otpauth 9.5.2, otplib 13.5.0, PyPI pyotp 2.12.1.
# One would guess: a secret in groups of four, as the enrolment page shows it for typing, is either
#   cleaned (RFC 4648 leaves that to the reader) or refused.
# What happens: otpauth cleans, pyotp and otplib refuse. speakeasy decodes a space as if it were a
#   digit: no error, and codes of six digits that no authenticator ever shows.
# Why it matters: secrets kept as people saw them are in exports and in help-desk sheets. Where the
#   source checked codes with a library that cleans, they worked; carried as they are to an
#   application on speakeasy, each verification is merely "wrong code".
# Seen:
#   plain    speakeasy  428011
#   grouped  speakeasy  011010
#   grouped  otpauth    428011
#   grouped  otplib     refused
#   grouped  pyotp      refused
# Needs: node, npm, python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts otplib@13.5.0 otpauth@9.5.2 speakeasy@2.0.0
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyotp==2.12.1

cat >code.mjs <<'JS'
import * as otplib from 'otplib'
import { TOTP } from 'otpauth'
import speakeasy from 'speakeasy'

const [plain, grouped] = ['JBSWY3DPEHPK3PXPJBSWY3DPEI', 'JBSW Y3DP EHPK 3PXP JBSW Y3DP EI']
const bySpeakeasy = (secret) => speakeasy.totp({ secret, encoding: 'base32', time: 59 })
console.log('plain    speakeasy ', bySpeakeasy(plain))
console.log('grouped  speakeasy ', bySpeakeasy(grouped))
console.log('grouped  otpauth   ', new TOTP({ secret: grouped }).generate({ timestamp: 59000 }))
console.log('grouped  otplib    ',
  await otplib.generate({ secret: grouped, epoch: 59 }).catch(() => 'refused'))
JS
cat >code.py <<'PY'
import pyotp

try:
    print("grouped  pyotp     ", pyotp.TOTP("JBSW Y3DP EHPK 3PXP JBSW Y3DP EI").at(59))
except ValueError:
    print("grouped  pyotp      refused")
PY
{ node code.mjs && venv/bin/python code.py; } | tee out
diff out - <<'SEEN' || exit 1
plain    speakeasy  428011
grouped  speakeasy  011010
grouped  otpauth    428011
grouped  otplib     refused
grouped  pyotp      refused
SEEN
