#!/usr/bin/env bash
# An otpauth URI whose two issuers differ is an error to one library and renamed by another.
#
# Versions: PyPI pyotp 2.12.1, npm otpauth 9.5.2.
# One would guess: the issuer is a label for people, so a parser takes the parameter, or the prefix,
#   and goes on; and `algorithm=sha256` in lower case is SHA-256.
# What happens: pyotp raises ValueError for both and gives out nothing, so the secret is lost with the
#   label. otpauth reads both; it drops the prefix for the parameter.
# Why it matters: the two differ in every export of a product that was renamed, or whose tenants are
#   the prefix. A reader built on parse_uri drops the second factor of people whose secret is intact.
# Seen:
#   same issuers        pyotp    Example
#   different issuers   pyotp    ValueError
#   sha256              pyotp    ValueError
#   same issuers        otpauth  Example
#   different issuers   otpauth  Acme
#   sha256              otpauth  Example
# Needs: node, npm, python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts otpauth@9.5.2
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyotp==2.12.1

start='otpauth://totp/Example:ada@example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEI'
cat >cases <<CASES
same issuers        ${start}&issuer=Example
different issuers   ${start}&issuer=Acme
sha256              ${start}&issuer=Example&algorithm=sha256
CASES
cat >read.py <<'PY'
import pyotp

for line in open("cases"):
    label, uri = line[:20], line[20:].strip()
    try:
        print(label + "pyotp   ", pyotp.parse_uri(uri).issuer)
    except ValueError as error:
        print(label + "pyotp   ", type(error).__name__)
PY
cat >read.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { URI } from 'otpauth'

for (const line of readFileSync('cases', 'utf8').trim().split('\n'))
  console.log(`${line.slice(0, 20)}otpauth `, URI.parse(line.slice(20)).issuer)
JS
{ venv/bin/python read.py && node read.mjs; } | tee out
diff out - <<'SEEN' || exit 1
same issuers        pyotp    Example
different issuers   pyotp    ValueError
sha256              pyotp    ValueError
same issuers        otpauth  Example
different issuers   otpauth  Acme
sha256              otpauth  Example
SEEN
