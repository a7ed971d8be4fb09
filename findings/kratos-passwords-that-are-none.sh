#!/usr/bin/env bash
# Ory Kratos shows a password for users who have none, and takes a password of users who cannot use it.
#
# Versions: Go github.com/ory/kratos@v1.3.1.
# One would guess: the credentials of an identity are those it was imported with; a password needs an identifier to
#   sign in with, so an identity without one is refused, as one without an address is by most.
# What happens: an identity that is imported with a Google login alone is listed with a credential of type password
#   too. One that has a password, and neither an address nor a user name, is created (201) with a password of
#   no identifiers.
# Why it matters: whoever counts passwords by `credentials` after a migration counts everybody, and does not see
#   whom to invite; and a mapping that misses the identifier goes through without an error.
# Seen:
#   only a Google login        201, credentials oidc and password
#   only an address            201, credentials password
#   password, no identifier    201, credentials password, identifiers None
# Needs: go 1.23 or later, a C compiler, python3, curl; see with-kratos.bash.
set -euo pipefail
source "$(dirname "$0")/with-kratos.bash"
cd "$(mktemp -d)"
version=1.3.1
start_kratos "github.com/ory/kratos@v$version"

cat >check.py <<'PY'
from client import make, read, with_hash

LOGIN = {"oidc": {"config": {"providers": [{"provider": "google", "subject": "104217"}]}}}
HASH = "$2b$04$B9vlOzwkcTYWNUbnYW4P/ecjiyDyL3KQ/rHUaFLkZ.J6QU.3RipUC"


def tell(label, status, answer):
    print(f"{label:26} {status}, credentials {' and '.join(read(answer['id'])[1])}", end="")


tell("only a Google login", *make({"email": "ada@example.com"}, LOGIN))
print()
tell("only an address", *make({"email": "bob@example.com"}))
print()
status, answer = make({"name": "Cy"}, with_hash(HASH))
tell("password, no identifier", status, answer)
print(", identifiers", answer["credentials"]["password"].get("identifiers"))
PY
python3 check.py | tee out
diff out - <<'SEEN' || exit 1
only a Google login        201, credentials oidc and password
only an address            201, credentials password
password, no identifier    201, credentials password, identifiers None
SEEN
