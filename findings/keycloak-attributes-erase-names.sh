#!/usr/bin/env bash
# An update of a Keycloak user that has only `attributes` erases the name and the e-mail address.
#
# Versions: Maven org.keycloak:keycloak-quarkus-dist 26.7.0.
# One would guess: PUT replaces the whole user, or it changes what the body has; at any rate a field that is
#   missing means the same whatever else the body holds.
# What happens: `{"firstName": "Adah"}` changes the first name alone. `{"attributes": {...}}` is taken for the
#   whole profile: first name, last name and e-mail address, which Keycloak counts among the attributes,
#   are gone; `emailVerified` stays true. With the three fields beside `attributes` they stay.
# Why it matters: a second pass that adds an attribute to imported users, the natural way to do it, takes
#   their e-mail addresses away, and answers 204 for each. Send the whole profile with any attribute.
# Seen:
#   firstName alone     204  Adah Person ada@example.com
#   attributes alone    204  None None None, verified True
#   all together        204  Ada Reader ada@example.com
# Needs: java 17 or later, mvn, python3; see with-keycloak.bash.
set -euo pipefail
source "$(dirname "$0")/with-keycloak.bash"
cd "$(mktemp -d)"
version=26.7.0
start_keycloak "org.keycloak:keycloak-quarkus-dist:$version"

cat >check.py <<'PY'
from keycloak import add, call, find, user

add([user("ada", emailVerified=True)])
path = f"/library/users/{find('ada')['id']}"
LENDING = {"department": ["Lending"]}


def update(body):
    status, _ = call("PUT", path, body)
    ada = find("ada")
    return f"{status}  {ada.get('firstName')} {ada.get('lastName')} {ada.get('email')}"


print("firstName alone    ", update({"firstName": "Adah"}))
print("attributes alone   ", update({"attributes": LENDING}) + ", verified", find("ada")["emailVerified"])
full = {"firstName": "Ada", "lastName": "Reader", "email": "ada@example.com", "attributes": LENDING}
print("all together       ", update(full))
PY
python3 check.py | tee out
diff out - <<'SEEN' || exit 1
firstName alone     204  Adah Person ada@example.com
attributes alone    204  None None None, verified True
all together        204  Ada Reader ada@example.com
SEEN
