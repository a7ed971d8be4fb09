#!/usr/bin/env bash
# Synapse takes an e-mail address from the user who has it, without a word, when another user is given it.
#
# Versions: PyPI matrix-synapse==1.163.2.
# One would guess: an address is unique, since users sign in with it, so the second user with one is refused, as
#   the second user with an external id is (409).
# What happens: `PUT /_synapse/admin/v2/users/<id>` answers 201 and the address is the new user's. The other user
#   has none any more, signs in by user name alone, and gets no more password resets. Whoever types the address
#   signs in as the new user.
# Why it matters: a file in which two people share an address, or a second import from a system in which the
#   address was given to somebody else, goes in without an error. Look for shared addresses before.
# Seen:
#   second user with the external id  409
#   second user with the address      201
#   addresses of the first user now   []
#   the first password, by address    403 M_FORBIDDEN
#   the second password, by address   200 @bob:chat.example.com
# Needs: python3 with venv, curl; see with-synapse.bash.
set -euo pipefail
source "$(dirname "$0")/with-synapse.bash"
cd "$(mktemp -d)"
start_synapse matrix-synapse==1.163.2

cat >check.py <<'PY'
from client import by_address, get, put, sign_in

address = [{"medium": "email", "address": "office@example.com"}]
login = [{"auth_provider": "oidc-google", "external_id": "1042"}]
put("ada", password="Copper-Lantern-3", threepids=address, external_ids=login)
print("second user with the external id ", put("cy", external_ids=login)[0])
print("second user with the address     ", put("bob", password="Velvet-Anchor-9", threepids=address)[0])
print("addresses of the first user now  ", get("ada")["threepids"])
print("the first password, by address   ", *sign_in(by_address("office@example.com"), "Copper-Lantern-3"))
print("the second password, by address  ", *sign_in(by_address("office@example.com"), "Velvet-Anchor-9"))
PY
python3 check.py | tee out
diff out - <<'SEEN' || exit 1
second user with the external id  409
second user with the address      201
addresses of the first user now   []
the first password, by address    403 M_FORBIDDEN
the second password, by address   200 @bob:chat.example.com
SEEN
