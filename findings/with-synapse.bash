# Sourced by the findings about Synapse, in their temporary folder.
# Gives: `start_synapse matrix-synapse==VERSION`, which installs that release into the folder, starts it on a
# free port of the loopback address with SQLite, and stops and removes it when the finding ends. It writes
# client.py, with `call(method, path, body)` for the admin API as the administrator `root`,
# `put(name, **fields)` and `get(name)` for one user, and `sign_in(identifier, password)`.
# Needs: python3 with venv.

write_client() { cat >client.py <<'PY'
import json
import os
import urllib.error
import urllib.parse
import urllib.request

BASE = f"http://127.0.0.1:{os.environ['port']}"
LIST = "/_synapse/admin/v2/users?from=0&limit=100"


def send(method, path, body=None, token=None):
    """Return the status and the decoded body."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(BASE + path, data, headers, method=method)) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def sign_in(identifier, password):
    """Return the status and the user id, or the code of the error."""
    body = {"type": "m.login.password", "identifier": identifier, "password": password}
    status, answer = send("POST", "/_matrix/client/v3/login", body)
    return status, answer.get("user_id") or answer["errcode"]


def by_address(address):
    return {"type": "m.id.thirdparty", "medium": "email", "address": address}


def call(method, path, body=None):
    identifier = {"type": "m.id.user", "user": "root"}
    form = {"type": "m.login.password", "identifier": identifier, "password": "Turquoise-Kettle-7"}
    token = send("POST", "/_matrix/client/v3/login", form)[1]["access_token"]
    return send(method, path, body, token)


def place(name):
    return "/_synapse/admin/v2/users/" + urllib.parse.quote(f"@{name}:chat.example.com")


def put(name, **fields):
    return call("PUT", place(name), fields)


def get(name):
    return call("GET", place(name))[1]
PY
}

start_synapse() {
  python3 -m venv venv
  venv/bin/pip install -q "$1"
  write_client
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  export port
  venv/bin/python -m synapse.app.homeserver --server-name chat.example.com --config-path server.yaml \
    --generate-config --report-stats=no --data-directory . >/dev/null 2>&1
  sed -i "s/port: 8008/port: $port/" server.yaml
  cat >>server.yaml <<'YAML'
registration_shared_secret: "shared"
trusted_key_servers: []
bcrypt_rounds: 4
rc_login:
  address: {per_second: 1000, burst_count: 1000}
  account: {per_second: 1000, burst_count: 1000}
YAML
  venv/bin/python -m synapse.app.homeserver -c server.yaml >server.log 2>&1 &
  trap 'kill %1; wait; rm -rf "$PWD"' EXIT
  for _ in $(seq 120); do
    curl -sf "http://127.0.0.1:$port/health" >/dev/null && break
    sleep 0.5
  done
  venv/bin/register_new_matrix_user -c server.yaml -u root -p Turquoise-Kettle-7 -a "http://127.0.0.1:$port" \
    >/dev/null
}
