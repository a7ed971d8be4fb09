#!/usr/bin/env bash
# Synapse writes `creation_ts` of one user in seconds, and of the same user in a list in milliseconds.
#
# Versions: PyPI matrix-synapse==1.163.2.
# One would guess: the field has one unit, that of `last_seen_ts` and of the times of addresses in the same object.
# What happens: `GET /_synapse/admin/v2/users/<id>` has seconds, and milliseconds in `validated_at` and `added_at`
#   beside it; `GET /_synapse/admin/v2/users` has milliseconds, of which the last three digits are 0.
# Why it matters: an export has to ask for each user, since addresses are not in the list. Whoever reads both with
#   one unit gets accounts of January 1970, or of the year 50,000 and later. Tell them by length.
# Seen:
#   one user          10 digits
#   its address       13 digits
#   in the list       13 digits, a thousand times the first: True
# Needs: python3 with venv, curl; see with-synapse.bash.
set -euo pipefail
source "$(dirname "$0")/with-synapse.bash"
cd "$(mktemp -d)"
start_synapse matrix-synapse==1.163.2

cat >check.py <<'PY'
from client import LIST, call, get, put

put("ada", threepids=[{"medium": "email", "address": "ada@example.com"}])
one, address = get("ada")["creation_ts"], get("ada")["threepids"][0]["added_at"]
listed = next(user for user in call("GET", LIST)[1]["users"] if user["name"].startswith("@ada"))["creation_ts"]
print("one user         ", len(str(one)), "digits")
print("its address      ", len(str(address)), "digits")
print("in the list      ", len(str(listed)), "digits, a thousand times the first:", listed == one * 1000)
PY
python3 check.py | tee out
diff out - <<'SEEN' || exit 1
one user          10 digits
its address       13 digits
in the list       13 digits, a thousand times the first: True
SEEN
