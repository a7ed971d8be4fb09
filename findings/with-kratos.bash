# Sourced by the findings about Ory Kratos, in their temporary folder.
# Gives: `start_kratos github.com/ory/kratos@VERSION`, which builds that release from its Go module, starts it on
# free ports of the loopback address with a database in memory, and removes all when the finding ends. It
# writes client.py, with `call(method, path, body)` for the admin API, `make(traits, credentials)`,
# `read(id)` for an identity with its credentials, and `sign_in(identifier, password)`. The traits of a
# person are `email` and `username`, both identifiers, and `name`.
# Needs: go 1.23 or later, a C compiler, python3, curl. The build takes some minutes.

write_client() { cat >client.py <<'PY'
import json
import os
import urllib.error
import urllib.request

PUBLIC, ADMIN = (f"http://127.0.0.1:{os.environ[name]}" for name in ("public", "admin"))


def send(method, url, body=None):
    """Return the status and the decoded body."""
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method)) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def call(method, path, body=None):
    return send(method, f"{ADMIN}/admin{path}", body)


def describe(traits, credentials=None):
    return {"schema_id": "person", "traits": traits, **({"credentials": credentials} if credentials else {})}


def with_hash(text):
    return {"password": {"config": {"hashed_password": text}}}


def make(traits, credentials=None):
    return call("POST", "/identities", describe(traits, credentials))


def read(identity):
    """Return the status, and the credentials that the identity is said to have."""
    status, answer = call("GET", f"/identities/{identity}")
    return status, sorted(answer.get("credentials", {}))


def sign_in(identifier, password):
    """Return the status: 200 for the right password, 400 for a wrong one."""
    flow = send("GET", f"{PUBLIC}/self-service/login/api")[1]
    form = {"method": "password", "identifier": identifier, "password": password}
    return send("POST", flow["ui"]["action"], form)[0]
PY
}

write_settings() {
  cat >person.json <<'JSON'
{"$id": "person", "type": "object", "properties": {"traits": {"type": "object", "properties": {
  "email": {"type": "string", "format": "email", "ory.sh/kratos": {"credentials": {"password": {"identifier": true}}}},
  "username": {"type": "string", "ory.sh/kratos": {"credentials": {"password": {"identifier": true}}}},
  "name": {"type": "string"}}}}}
JSON
  cat >kratos.yml <<YAML
dsn: memory
serve:
  public: {base_url: "http://127.0.0.1:$public/", port: $public, host: 127.0.0.1}
  admin: {port: $admin, host: 127.0.0.1}
identity:
  default_schema_id: person
  schemas: [{id: person, url: "file://$PWD/person.json"}]
selfservice:
  default_browser_return_url: http://127.0.0.1/
  methods: {password: {enabled: true, config: {haveibeenpwned_enabled: false}}}
hashers: {algorithm: bcrypt, bcrypt: {cost: 8}}
courier: {smtp: {connection_uri: "smtp://127.0.0.1:1/"}}
YAML
}

start_kratos() {
  trap 'kill %1; wait; rm -rf "$PWD"' EXIT
  local source
  go mod download -json "$1" >module.json
  source=$(python3 -c 'import json; print(json.load(open("module.json"))["Dir"])')
  cp -r "$source" source && chmod -R u+w source
  (cd source && GOFLAGS=-mod=mod go build -tags sqlite,json1 -o ../kratos .)
  read -r public admin < <(python3 -c '
import socket
both = [socket.socket(), socket.socket()]
for each in both:
    each.bind(("127.0.0.1", 0))
print(*(each.getsockname()[1] for each in both))')
  export public admin
  write_client
  write_settings
  ./kratos serve --dev -c kratos.yml >server.log 2>&1 &
  for _ in $(seq 120); do
    curl -sf "http://127.0.0.1:$admin/admin/health/ready" >/dev/null && break
    sleep 0.5
  done
}
