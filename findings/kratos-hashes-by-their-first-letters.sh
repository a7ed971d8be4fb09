#!/usr/bin/env bash
# Ory Kratos refuses a crypt hash of `$6$` and takes one of passlib's PBKDF2 that will never let anybody in.
#
# Versions: Go github.com/ory/kratos@v1.3.1. The hashes are crypt(3)'s, passlib 1.7.4's and Kratos's own spelling.
# One would guess: of a list of supported functions (PBKDF2, SHA-crypt, MD5-crypt), each is taken as it is usually
#   written, and what the import takes can be verified.
# What happens: the import looks at the first letters alone. crypt(3)'s `$6$` is refused, and accepted once these are
#   replaced by `$sha512-crypt$`. PBKDF2 as passlib writes it begins like Kratos's own and is answered by 201;
#   its number of rounds stands where Kratos expects `i=…,l=…`, and the right password is wrong for ever.
# Why it matters: a dry run by a few records does not show it: all are created. Rewrite SHA-crypt, and rewrite passlib's
#   rounds and base64 (`.` for `+`) before the import.
# Seen:
#   $6$ of crypt(3)                400
#   the same as $sha512-crypt$     201, sign-in 200
#   PBKDF2 as passlib writes it    201, sign-in 400
#   the same as Kratos writes it   201, sign-in 200
# Needs: go 1.23 or later, a C compiler, python3, curl; see with-kratos.bash.
set -euo pipefail
source "$(dirname "$0")/with-kratos.bash"
cd "$(mktemp -d)"
version=1.3.1
start_kratos "github.com/ory/kratos@v$version"

cat >check.py <<'PY'
from client import make, sign_in, with_hash

PASSWORD = "Turquoise-Kettle-7"
CRYPT = (
    "$6$rounds=6000$jxClswjph6DEWpF2$"
    "qzrAgXFxJUnptoHhgrDndddTLqwL00ZsU1QUmSbT1ki0QO8axVKDrH3cqaCUlIFzB//N3zhQQGY2ZkDep2S4g1"
)
PASSLIB = "$pbkdf2-sha256$1000$aI0xhpCytjZmTImx1vr/vw$p.HHOL/yXFkKMd9aXnJZU9yMgd.1Eag6hCArRMEk4.I"
salt, key = (part.replace(".", "+") for part in PASSLIB.split("$")[3:])
FORMS = {
    "$6$ of crypt(3)": CRYPT,
    "the same as $sha512-crypt$": CRYPT.replace("$6$", "$sha512-crypt$"),
    "PBKDF2 as passlib writes it": PASSLIB,
    "the same as Kratos writes it": f"$pbkdf2-sha256$i=1000,l=32${salt}${key}",
}
for number, (label, text) in enumerate(FORMS.items()):
    address = f"user{number}@example.com"
    status, _ = make({"email": address}, with_hash(text))
    print(f"{label:30} {status}" + (f", sign-in {sign_in(address, PASSWORD)}" if status == 201 else ""))
PY
python3 check.py | tee out
diff out - <<'SEEN' || exit 1
$6$ of crypt(3)                400
the same as $sha512-crypt$     201, sign-in 200
PBKDF2 as passlib writes it    201, sign-in 400
the same as Kratos writes it   201, sign-in 200
SEEN
