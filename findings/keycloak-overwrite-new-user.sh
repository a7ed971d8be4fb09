#!/usr/bin/env bash
# "Overwrite" in Keycloak's partial import makes a new user: another id, no password, no date.
#
# Versions: Maven org.keycloak:keycloak-quarkus-dist 26.7.0.
# One would guess: OVERWRITE updates the user that has the name: the id, the password and what the file
#   does not mention stay.
# What happens: the user is removed and made again. The id is a new one unless the file has it, the
#   password is gone, and createdTimestamp is now. A user with another name but the same e-mail address is
#   removed for it as well. SKIP, on the other hand, looks at the name alone: for that same record
#   it answers 500, and nothing of the batch is added.
# Why it matters: a second run "to correct the last names" takes every password away, and every `sub` in
#   the tokens changes, so the applications see strangers. Use the user endpoint for a correction, or give
#   id and credentials in every file.
# Seen:
#   before               same id True   created 1300000000000  signed in
#   OVERWRITE            same id False  created now            Invalid user credentials
#   SKIP, her address    500, users: ada
#   OVERWRITE, the same  OVERWRITTEN, users: adah
# Needs: java 17 or later, mvn, python3; see with-keycloak.bash.
set -euo pipefail
source "$(dirname "$0")/with-keycloak.bash"
cd "$(mktemp -d)"
version=26.7.0
start_keycloak "org.keycloak:keycloak-quarkus-dist:$version"

cat >check.py <<'PY'
from keycloak import add, call, find, sign_in, user

ID, CREATED, PASSWORD = "11111111-2222-4333-8444-555555555555", 1300000000000, "Turquoise-Kettle-7"


def say(label):
    ada = find("ada")
    created = ada["createdTimestamp"] if ada["createdTimestamp"] == CREATED else "now"
    print(f"{label:20} same id {ada['id'] == ID!s:5}  created {created!s:13}  {sign_in('ada', PASSWORD)}")


def users():
    return "users: " + ", ".join(person["username"] for person in call("GET", "/library/users")[1])


secret = {"type": "password", "value": PASSWORD}
add([user("ada", id=ID, createdTimestamp=CREATED, credentials=[secret])])
say("before")
add([user("ada", lastName="Reader")], "OVERWRITE")
say("OVERWRITE")
adah = user("adah", email="ada@example.com")
status, _ = add([adah, user("bob")], "SKIP")
print(f"SKIP, her address    {status}, {users()}")
_, answer = add([adah], "OVERWRITE")
print(f"OVERWRITE, the same  {answer['results'][0]['action']}, {users()}")
PY
python3 check.py | tee out
diff out - <<'SEEN' || exit 1
before               same id True   created 1300000000000  signed in
OVERWRITE            same id False  created now            Invalid user credentials
SKIP, her address    500, users: ada
OVERWRITE, the same  OVERWRITTEN, users: adah
SEEN
