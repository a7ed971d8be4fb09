#!/usr/bin/env bash
# A second factor of 60 seconds or 7 digits comes out of a migration link with 30 seconds or 6 digits.
#
# Versions: PyPI otpa 0.0.2.
# One would guess: what cannot be written into the migration format of Google Authenticator is refused with an
#   error, since the format has no field for the period and only two numbers of digits.
# What happens: the link is made without a word, and read back it says `period=30` for 60, and nothing of
#   digits (so 6) for 7. Algorithm, 8 digits and the counter of HOTP come through.
# Why it matters: a link is how people and tools hand over many second factors at once, and the codes after it
#   look right and are not. Compare period and digits before converting; move the others as single URIs.
# Seen:
#   period=60                    period=30
#   digits=7                     period=30
#   digits=8&algorithm=SHA256    algorithm=SHA256&digits=8&period=30
#   counter=5                    counter=5
# Needs: python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check otpa==0.0.2

cat >check.py <<'PY'
from otpa import migration

START = "{}/Library:ada?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Library&"
for more in ("period=60", "digits=7", "digits=8&algorithm=SHA256", "counter=5"):
    start = START.format("otpauth://hotp" if "counter" in more else "otpauth://totp")
    [link] = migration.otpauth_to_migration([start + more])
    [back] = migration.migration_to_otpauth(link)
    print(f"{more:27} ", back.removeprefix(start))
PY
venv/bin/python check.py | tee out
diff out - <<'SEEN' || exit 1
period=60                    period=30
digits=7                     period=30
digits=8&algorithm=SHA256    algorithm=SHA256&digits=8&period=30
counter=5                    counter=5
SEEN
