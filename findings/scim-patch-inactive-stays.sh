#!/usr/bin/env bash
# Entra ID deactivates somebody with the text "False"; scim-patch stores the text, which is true.
#
# Versions: npm scim-patch 0.8.3, scimmy 1.3.5; PyPI scim2-models 0.12.3.
# One would guess: `active` is a Boolean in the schema, so "False", which Entra ID sends unless the tenant's URL has
#   a flag (aadOptscim062020), becomes false or is refused.
# What happens: scim2-models makes it false, scimmy refuses the request. scim-patch knows no schema: the user has
#   `active: "False"`, and the answer says that all went well. `if (user.active)` is true for that text.
# Why it matters: those who leave the company stay active after a move to a server with scim-patch, and
#   Entra ID shows them as deactivated. An export of that server has Booleans and texts in one
#   column. Convert the value before the patch.
# Seen:
#                 replace active "False"  replace {"active": "False"}
#   scim-patch    "False", counts as true "False", counts as true
#   scimmy        refused                 refused
#   scim2-models  false                   false
# Needs: python3, node, npm.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts scim-patch@0.8.3 scimmy@1.3.5
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check scim2-models==0.12.3

cat >operations.json <<'JSON'
[{"op": "Replace", "path": "active", "value": "False"}, {"op": "Replace", "value": {"active": "False"}}]
JSON
cat >check.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { scimPatch } from 'scim-patch'
import SCIMMY from 'scimmy'

const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
const operations = JSON.parse(readFileSync('operations.json', 'utf8'))
const user = ['urn:ietf:params:scim:schemas:core:2.0:User']
const makeUser = () => ({ schemas: user, id: '1', userName: 'ada', active: true, meta: {} })
for (const operation of operations) {
  const { active } = scimPatch(makeUser(), [operation])
  console.log(`${JSON.stringify(active)}, counts as ${Boolean(active)}`)
}
for (const operation of operations) {
  try {
    const { active } = await new SCIMMY.Messages.PatchOp({ schemas, Operations: [operation] })
      .apply(new SCIMMY.Schemas.User(makeUser()))
    console.log(JSON.stringify(active))
  } catch (error) {
    console.log(error instanceof SCIMMY.Types.Error ? 'refused' : error)
  }
}
JS
cat >check.py <<'PY'
import json

from scim2_models import PatchOp, User

SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
with open("operations.json", encoding="utf-8") as file:
    for operation in json.load(file):
        user = User(id="1", user_name="ada", active=True)
        PatchOp[User].model_validate({"schemas": [SCHEMA], "Operations": [operation]}).patch(user)
        print(json.dumps(user.active))
PY
row() { printf '%-13s %-23s %s\n' "$@"; }
mapfile -t node < <(node check.mjs)
mapfile -t python < <(venv/bin/python check.py)
{
  row '' 'replace active "False"' 'replace {"active": "False"}'
  row scim-patch "${node[@]:0:2}"
  row scimmy "${node[@]:2}"
  row scim2-models "${python[@]}"
} | tee out
diff out - <<'SEEN' || exit 1
              replace active "False"  replace {"active": "False"}
scim-patch    "False", counts as true "False", counts as true
scimmy        refused                 refused
scim2-models  false                   false
SEEN
