#!/usr/bin/env bash
# Keycloak's import invents a role that is missing, fails on such a group, and leaves the default role out.
#
# Versions: Maven org.keycloak:keycloak-quarkus-dist 26.7.0.
# One would guess: an unknown role and an unknown group are treated alike, and a user with roles of their own
#   gets the realm's default role as any other user does. `POST /users` takes both lists too.
# What happens: the partial import makes the role `librarian` in the realm without a word. For the group
#   `/readers` it answers 500, and the users before it in the batch are not added either. A user with
#   `realmRoles` in the file gets these alone, without `default-roles-library`; one without has
#   none at all. `POST /users` ignores `realmRoles`, gives the default role, and answers 500 for the group.
# Why it matters: a misspelt role becomes a second role with part of the people in it. The missing default
#   role takes the account console and offline sessions away from all imported users; add it to each.
# Seen:
#   partial import, role    200  librarian
#   partial import, none    200  -
#   POST /users, role       201  default-roles-library
#   partial import, group   500  not there
#   before it in the batch       not there
#   POST /users, group      500  not there
#   roles of the realm now  default-roles-library librarian offline_access uma_authorization
# Needs: java 17 or later, mvn, python3; see with-keycloak.bash.
set -euo pipefail
source "$(dirname "$0")/with-keycloak.bash"
cd "$(mktemp -d)"
version=26.7.0
start_keycloak "org.keycloak:keycloak-quarkus-dist:$version"

cat >check.py <<'PY'
from keycloak import add, call, find, user


def roles(name):
    person = find(name)
    if person is None:
        return "not there"
    _, found = call("GET", f"/library/users/{person['id']}/role-mappings/realm")
    return " ".join(sorted(role["name"] for role in found)) or "-"


ROLE, GROUP = {"realmRoles": ["librarian"]}, {"groups": ["/readers"]}
print("partial import, role   ", add([user("ada", **ROLE)])[0], "", roles("ada"))
print("partial import, none   ", add([user("bob")])[0], "", roles("bob"))
print("POST /users, role      ", call("POST", "/library/users", user("cleo", **ROLE))[0], "", roles("cleo"))
print("partial import, group  ", add([user("dora"), user("emil", **GROUP)])[0], "", roles("emil"))
print("before it in the batch      ", roles("dora"))
print("POST /users, group     ", call("POST", "/library/users", user("finn", **GROUP))[0], "", roles("finn"))
print("roles of the realm now ", *sorted(role["name"] for role in call("GET", "/library/roles")[1]))
PY
python3 check.py | tee out
diff out - <<'SEEN' || exit 1
partial import, role    200  librarian
partial import, none    200  -
POST /users, role       201  default-roles-library
partial import, group   500  not there
before it in the batch       not there
POST /users, group      500  not there
roles of the realm now  default-roles-library librarian offline_access uma_authorization
SEEN
