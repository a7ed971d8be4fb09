# Sourced by the findings about Keycloak, in their temporary folder.
# Gives: `start_keycloak GROUP:ARTIFACT:VERSION`, which unpacks that distribution into the folder, starts it
# on a free port of the loopback address with a database in memory, and removes all when the finding ends.
# It writes keycloak.py, with `call(method, path, body)` for the admin API, `user(name, **more)`,
# `add(users, if_exists)` for a partial import, `find(name)` and `sign_in(name, password, code)`. The
# realm "library" exists and is as Keycloak makes it.
# Needs: java 17 or later, mvn, python3.

write_client() { cat >keycloak.py <<'PY'
import json
import os
import time
import urllib.error
import urllib.parse
import urllib.request

BASE = f"http://127.0.0.1:{os.environ['port']}"


def send(method, path, body, token=None):
    """Return the status and the decoded body; a dict is sent as JSON, text as a form."""
    kind = "application/x-www-form-urlencoded" if isinstance(body, str) else "application/json"
    data = body if isinstance(body, str) else json.dumps(body)
    headers = {"Content-Type": kind, **({"Authorization": f"Bearer {token}"} if token else {})}
    data = None if body is None else data.encode()
    request = urllib.request.Request(BASE + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    return status, json.loads(text) if text else None


def ask_token(realm, name, password, code=""):
    form = {"grant_type": "password", "client_id": "admin-cli", "username": name,
            "password": password, **({"totp": code} if code else {})}
    path = f"/realms/{realm}/protocol/openid-connect/token"
    return send("POST", path, urllib.parse.urlencode(form))


def call(method, path, body=None):
    token = ask_token("master", "admin", "secret")[1]["access_token"]
    return send(method, f"/admin/realms{path}", body, token)


def user(name, **more):
    return {"username": name, "email": f"{name}@example.com", "firstName": name.title(),
            "lastName": "Person", "enabled": True, **more}


def add(users, if_exists="FAIL"):
    return call("POST", "/library/partialImport", {"ifResourceExists": if_exists, "users": users})


def find(name):
    """Return the user as the admin API gives it, or None."""
    found = call("GET", f"/library/users?exact=true&username={name}")[1]
    return call("GET", f"/library/users/{found[0]['id']}")[1] if found else None


def sign_in(name, password, code=""):
    status, answer = ask_token("library", name, password, code)
    if status == 200:
        return "signed in"
    return answer["error_description"] if status < 500 else status


def wait():
    for _ in range(600):
        try:
            send("GET", "/realms/master", None)
            break
        except OSError:
            time.sleep(0.5)
    call("POST", "", {"realm": "library", "enabled": True})
PY
}

start_keycloak() {
  local version=${1##*:}
  server=
  trap '[ -z "$server" ] || kill "$server"; wait; rm -rf "$PWD"' EXIT
  mvn -q -B -Dmaven.repo.local="$PWD/repository" \
    org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy -Dartifact="$1:zip" -DoutputDirectory=.
  python3 -m zipfile -e "keycloak-quarkus-dist-$version.zip" .
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  export port
  export KC_BOOTSTRAP_ADMIN_USERNAME=admin KC_BOOTSTRAP_ADMIN_PASSWORD=secret
  export JAVA_OPTS_APPEND="-XX:TieredStopAtLevel=1 -Xmx700m"
  bash "keycloak-$version/bin/kc.sh" start-dev --db=dev-mem --http-host=127.0.0.1 --http-port="$port" >log 2>&1 &
  server=$!
  write_client
  python3 -c 'import keycloak; keycloak.wait()'
}
