#!/usr/bin/env bash
# Keycloak stores a link to an identity provider that does not exist, hides it, and shows it later.
#
# Versions: Maven org.keycloak:keycloak-quarkus-dist 26.7.0.
# One would guess: a federated identity of an unknown provider is refused with the user, or dropped; or it is
#   listed with the user like any other link.
# What happens: the import and `POST /users` answer 200 and 201, and the list of the user's links is empty. As
#   soon as a provider with this alias is made, the links are there. A second import while they are hidden
#   answers SKIPPED, and the endpoint that adds a link answers 409, a conflict.
# Why it matters: a comparison after the import counts every link as lost, and the natural answer is another
#   import. Make the providers first; a misspelt alias stays hidden for good, so compare the aliases too.
# Seen:
#   ada, partial import  200  links: none
#   bob, POST /users     201  links: none
#   ada, again           SKIPPED  links: none
#   ada, link endpoint   409
#   provider made        201
#   ada                  links: college:77
#   bob                  links: college:78
# Needs: java 17 or later, mvn, python3; see with-keycloak.bash.
set -euo pipefail
source "$(dirname "$0")/with-keycloak.bash"
cd "$(mktemp -d)"
version=26.7.0
start_keycloak "org.keycloak:keycloak-quarkus-dist:$version"

cat >check.py <<'PY'
from keycloak import add, call, find, user


def link(number):
    return {"identityProvider": "college", "userId": number, "userName": f"{number}@college.example"}


def path(name):
    return f"/library/users/{find(name)['id']}/federated-identity"


def links(name):
    _, found = call("GET", path(name))
    return "links: " + (" ".join(f"{one['identityProvider']}:{one['userId']}" for one in found) or "none")


ada, bob = user("ada", federatedIdentities=[link("77")]), user("bob", federatedIdentities=[link("78")])
print("ada, partial import ", add([ada])[0], "", links("ada"))
print("bob, POST /users    ", call("POST", "/library/users", bob)[0], "", links("bob"))
print("ada, again          ", add([ada], "SKIP")[1]["results"][0]["action"], "", links("ada"))
print("ada, link endpoint  ", call("POST", f"{path('ada')}/college", link("77"))[0])
provider = {"alias": "college", "providerId": "oidc", "enabled": True,
            "config": {"clientId": "library", "clientSecret": "secret",
                       "authorizationUrl": "https://college.example/authorize",
                       "tokenUrl": "https://college.example/token"}}
print("provider made       ", call("POST", "/library/identity-provider/instances", provider)[0])
print("ada                 ", links("ada"))
print("bob                 ", links("bob"))
PY
python3 check.py | tee out
diff out - <<'SEEN' || exit 1
ada, partial import  200  links: none
bob, POST /users     201  links: none
ada, again           SKIPPED  links: none
ada, link endpoint   409
provider made        201
ada                  links: college:77
bob                  links: college:78
SEEN
