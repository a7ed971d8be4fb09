#!/usr/bin/env bash
# libxcrypt's NT hash of "pässword" is not that of Windows: it widens bytes instead of characters.
#
# Versions: libxcrypt of the system (4.4 or later), PyPI libpass 1.9.4.
# One would guess: `$3$$` and an NT hash are the same 16 bytes, so that such a line of FreeBSD's
#   master.passwd can be compared with Samba's, and imported as NTLM.
# What happens: libxcrypt takes each byte of the UTF-8 text for a UTF-16 unit. For ASCII that is
#   the same; for any other password the two differ.
# Why it matters: people whose passwords have an umlaut or an accent cannot sign in with a hash that
#   mkpasswd or chpasswd made, if a target verifies it as NTLM; nothing in the text tells which it is.
# Seen:
#   password  same
#   pässword  another
# Needs: python3, libcrypt of libxcrypt.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check libpass==1.9.4

cat >check.py <<'PY'
import ctypes
import ctypes.util

from passlib.hash import nthash

crypt = ctypes.CDLL(ctypes.util.find_library("crypt")).crypt
crypt.restype = ctypes.c_char_p
for password in ("password", "pässword"):
    text = crypt(password.encode(), b"$3$$").decode()
    same = text == "$3$$" + nthash.hash(password)
    print(f"{password}  {'same' if same else 'another'}")
PY
venv/bin/python check.py >out
cat out
diff out - <<'SEEN' || exit 1
password  same
pässword  another
SEEN
