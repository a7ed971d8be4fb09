#!/usr/bin/env bash
# A member removed by value leaves the group in one library, stays in another, and is an error in a third.
#
# Versions: npm scim-patch 0.8.3, npm scimmy 1.3.5; PyPI scim2-models 0.12.3.
# One would guess: `remove members` with `[{"value": "42"}]`, which Entra ID sends, removes this member, as
#   the filter `members[value eq "42"]` does; or, as RFC 7644 has no value there, the whole list.
# What happens: scimmy removes the one member. scim-patch compares the whole object: it answers as if done,
#   and the member stays unless the sender knows the `display` that the server keeps. scim2-models raises.
#   With the filter all three remove the one.
# Why it matters: on a server with scim-patch people keep the groups that they left in the directory, one
#   change at a time and with no error on either side; only comparing whole groups shows it.
# Seen:
#   scim-patch    by value: 41 42  by the whole object: 41  by filter: 41
#   scimmy        by value: 41  by the whole object: 41  by filter: 41
#   scim2-models  by value: refused  by the whole object: refused  by filter: 41
# Needs: node, npm, python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts scim-patch@0.8.3 scimmy@1.3.5
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check scim2-models==0.12.3

cat >data.json <<'JSON'
{
  "group": {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
    "id": "7",
    "displayName": "Readers",
    "members": [
      { "value": "41", "display": "Ada Person", "type": "User" },
      { "value": "42", "display": "Bob Reader", "type": "User" }
    ]
  },
  "operations": {
    "by value": { "op": "Remove", "path": "members", "value": [{ "value": "42" }] },
    "by the whole object": {
      "op": "Remove",
      "path": "members",
      "value": [{ "value": "42", "display": "Bob Reader", "type": "User" }]
    },
    "by filter": { "op": "remove", "path": "members[value eq \"42\"]" }
  }
}
JSON
cat >apply.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { scimPatch } from 'scim-patch'
import SCIMMY from 'scimmy'

const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
const read = () => JSON.parse(readFileSync('data.json', 'utf8'))
const libraries = {
  'scim-patch': async (group, operation) => scimPatch(group, [operation]),
  scimmy: async (group, operation) => new SCIMMY.Messages.PatchOp({ schemas, Operations: [operation] })
    .apply(new SCIMMY.Schemas.Group(group), (changed) => changed),
}
for (const [library, apply] of Object.entries(libraries)) {
  const seen = []
  for (const label of Object.keys(read().operations)) {
    const { group, operations } = read()
    const { members } = await apply(group, operations[label])
    seen.push(`${label}: ${members.map((member) => member.value).join(' ')}`)
  }
  console.log(library.padEnd(13), seen.join('  '))
}
JS
cat >apply.py <<'PY'
import json
import pathlib

from pydantic import ValidationError
from scim2_models import Context, Group, PatchOp

data = json.loads(pathlib.Path("data.json").read_text())


def say(operation):
    group = Group.model_validate(data["group"])
    message = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]}
    try:
        patch = PatchOp[Group].model_validate(message, scim_ctx=Context.RESOURCE_PATCH_REQUEST)
    except ValidationError:
        return "refused"
    patch.patch(group)
    return " ".join(member.value for member in group.members)


seen = [f"{label}: {say(operation)}" for label, operation in data["operations"].items()]
print("scim2-models ", "  ".join(seen))
PY
{ node apply.mjs && venv/bin/python apply.py; } | tee out
diff out - <<'SEEN' || exit 1
scim-patch    by value: 41 42  by the whole object: 41  by filter: 41
scimmy        by value: 41  by the whole object: 41  by filter: 41
scim2-models  by value: refused  by the whole object: refused  by filter: 41
SEEN
