#!/usr/bin/env bash
# Synapse's list of all users has neither the deactivated nor the locked ones, and its total agrees with it.
#
# Versions: PyPI matrix-synapse==1.163.2.
# One would guess: an administrator's list has all users, with `deactivated` and `locked` beside each to tell them
#   apart; a parameter of that name narrows the list to such users. At least `total` counts all.
# What happens: `GET /_synapse/admin/v2/users` leaves both out, and `total` counts what is listed.
#   `deactivated=true` adds the deactivated to the others, `locked=true` the locked ones; only both
#   give everybody. `GET /_synapse/admin/v3/users` lists the deactivated and leaves the locked out.
# Why it matters: an export without the two parameters looks complete. People who are locked for a while are missing
#   in the new system, and their names are free for others to take.
# Seen:
#   v2                                ada root, total 2
#   v2 deactivated=true               ada bob root, total 3
#   v2 locked=true                    ada cy root, total 3
#   v2 deactivated=true locked=true   ada bob cy root, total 4
#   v3                                ada bob root, total 3
#   v3 locked=true                    ada bob cy root, total 4
# Needs: python3 with venv, curl; see with-synapse.bash.
set -euo pipefail
source "$(dirname "$0")/with-synapse.bash"
cd "$(mktemp -d)"
start_synapse matrix-synapse==1.163.2

cat >check.py <<'PY'
from client import LIST, call, put

put("ada")
put("bob")
put("bob", deactivated=True)
put("cy")
put("cy", locked=True)
for version, *parameters in (
    ("v2",), ("v2", "deactivated=true"), ("v2", "locked=true"), ("v2", "deactivated=true", "locked=true"),
    ("v3",), ("v3", "locked=true"),
):
    answer = call("GET", "&".join([LIST.replace("v2", version), *parameters]))[1]
    names = sorted(user["name"].split(":")[0].removeprefix("@") for user in answer["users"])
    print(f"{' '.join([version, *parameters]):33}", f"{' '.join(names)}, total {answer['total']}")
PY
python3 check.py | tee out
diff out - <<'SEEN' || exit 1
v2                                ada root, total 2
v2 deactivated=true               ada bob root, total 3
v2 locked=true                    ada cy root, total 3
v2 deactivated=true locked=true   ada bob cy root, total 4
v3                                ada bob root, total 3
v3 locked=true                    ada bob cy root, total 4
SEEN
