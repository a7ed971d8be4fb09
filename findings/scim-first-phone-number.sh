#!/usr/bin/env bash
# The PATCH with which Entra ID adds a first phone number is refused by two of three libraries.
#
# Versions: npm scim-patch 0.8.3, npm scimmy 1.3.5; PyPI scim2-models 0.12.3.
# One would guess: `add` to `phoneNumbers[type eq "mobile"].value` makes the number with this type where there
#   is none, since adding is what the operation is for; or all libraries refuse it alike.
# What happens: scim-patch makes the number, with the type taken from the filter. scimmy and scim2-models
#   raise, as RFC 7644 section 3.5.2 lets them for a filter that matches nothing; with one number of
#   that type, all three change it.
# Why it matters: after a move from the one library to another, the identity provider's requests fail for the
#   users who have no number yet, and go on for all others. Try each mapped attribute with a user who
#   has none before the provider is switched over.
# Seen:
#                 no number yet                             a number is there
#   scim-patch    [{"type":"mobile","value":"+4930123456"}] [{"type":"mobile","value":"+4930123456"}]
#   scimmy        refused                                   [{"value":"+4930123456","type":"mobile"}]
#   scim2-models  refused                                   [{"value":"+4930123456","type":"mobile"}]
# Needs: node, npm, python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts scim-patch@0.8.3 scimmy@1.3.5
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check scim2-models==0.12.3

cat >patch.json <<'JSON'
{
  "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  "Operations": [
    { "op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+4930123456" }
  ]
}
JSON
cat >apply.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { scimPatch } from 'scim-patch'
import SCIMMY from 'scimmy'

const patch = JSON.parse(readFileSync('patch.json', 'utf8'))
const ada = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], id: '1', userName: 'ada' }
const users = [ada, { ...ada, phoneNumbers: [{ type: 'mobile', value: '+4930999999' }] }]
const libraries = {
  'scim-patch': async (user) => scimPatch(structuredClone(user), structuredClone(patch.Operations)),
  scimmy: async (user) => new SCIMMY.Messages.PatchOp(structuredClone(patch))
    .apply(new SCIMMY.Schemas.User(user), (changed) => changed),
}
console.log(''.padEnd(13), 'no number yet'.padEnd(41), 'a number is there')
for (const [label, apply] of Object.entries(libraries)) {
  const say = (user) => apply(user)
    .then((changed) => JSON.stringify(changed.phoneNumbers), () => 'refused')
  const [first, second] = [await say(users[0]), await say(users[1])]
  console.log(label.padEnd(13), first.padEnd(41), second)
}
JS
cat >apply.py <<'PY'
import json
import pathlib

from scim2_models import Context, PatchOp, SCIMException, User


def say(**more):
    user = User(id="1", user_name="ada", **more)
    patch = PatchOp[User].model_validate_json(
        pathlib.Path("patch.json").read_text(), scim_ctx=Context.RESOURCE_PATCH_REQUEST
    )
    try:
        patch.patch(user)
    except SCIMException:
        return "refused"
    return json.dumps(user.model_dump()["phoneNumbers"], separators=(",", ":"))


old = User.PhoneNumbers(type="mobile", value="+4930999999")
print("scim2-models ", say().ljust(41), say(phone_numbers=[old]))
PY
{ node apply.mjs && venv/bin/python apply.py; } | tee out
diff out - <<'SEEN' || exit 1
              no number yet                             a number is there
scim-patch    [{"type":"mobile","value":"+4930123456"}] [{"type":"mobile","value":"+4930123456"}]
scimmy        refused                                   [{"value":"+4930123456","type":"mobile"}]
scim2-models  refused                                   [{"value":"+4930123456","type":"mobile"}]
SEEN
