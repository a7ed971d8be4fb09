#!/usr/bin/env bash
# scim-patch gives a user a second user name and a second work address when the case differs.
#
# Versions: npm scim-patch 0.8.3; PyPI scim2-models 0.12.3.
# One would guess: names of attributes are case-insensitive (RFC 7643 section 2.1), and a replacement whose
#   filter finds nothing, as `type eq "Work"` might where case counts, is answered with noTarget.
# What happens: `replace username` adds an attribute `username` beside `userName`, and a filter for "Work"
#   makes a second address with that type, `replace` or not. scim2-models changes the one user name and
#   the one address.
# Why it matters: the answer shows the new value, so the sender is content, and everything that reads
#   `userName` keeps the old name. After an export with one column for each type of address, "work"
#   and "Work" fall together and one of the two is lost.
# Seen:
#   scim-patch    {"userName":"ada","username":"adah"}
#   scim-patch    [{"value":"ada@example.com","type":"work"},{"type":"Work","value":"new@example.com"}]
#   scim2-models  {"userName":"adah"}
#   scim2-models  [{"value":"new@example.com","type":"work"}]
# Needs: node, npm, python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts scim-patch@0.8.3
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check scim2-models==0.12.3

cat >user.json <<'JSON'
{
  "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
  "id": "1",
  "userName": "ada",
  "emails": [{ "value": "ada@example.com", "type": "work" }]
}
JSON
cat >patch.json <<'JSON'
{
  "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  "Operations": [
    { "op": "replace", "path": "username", "value": "adah" },
    { "op": "replace", "path": "emails[type eq \"Work\"].value", "value": "new@example.com" }
  ]
}
JSON
cat >apply.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { scimPatch } from 'scim-patch'

const read = (name) => JSON.parse(readFileSync(name, 'utf8'))
const { schemas, id, emails, ...names } = scimPatch(read('user.json'), read('patch.json').Operations)
console.log('scim-patch   ', JSON.stringify(names))
console.log('scim-patch   ', JSON.stringify(emails))
JS
cat >apply.py <<'PY'
import json
import pathlib

from scim2_models import Context, PatchOp, User

user = User.model_validate_json(pathlib.Path("user.json").read_text())
patch = PatchOp[User].model_validate_json(
    pathlib.Path("patch.json").read_text(), scim_ctx=Context.RESOURCE_PATCH_REQUEST
)
patch.patch(user)
left = user.model_dump()
names = {name: value for name, value in left.items() if name not in ("schemas", "id", "emails")}
for part in (names, left["emails"]):
    print("scim2-models ", json.dumps(part, separators=(",", ":")))
PY
{ node apply.mjs && venv/bin/python apply.py; } | tee out
diff out - <<'SEEN' || exit 1
scim-patch    {"userName":"ada","username":"adah"}
scim-patch    [{"value":"ada@example.com","type":"work"},{"type":"Work","value":"new@example.com"}]
scim2-models  {"userName":"adah"}
scim2-models  [{"value":"new@example.com","type":"work"}]
SEEN
