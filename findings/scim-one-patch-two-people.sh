#!/usr/bin/env bash
# The same SCIM PATCH leaves a different person in two servers' libraries.
#
# Versions: PyPI scim2-models 0.12.3, npm scimmy 1.3.5.
# One would guess: `replace` of `name` and `add` to `emails` are the plainest of PATCH operations, and
#   two libraries that implement RFC 7644 agree on them.
# What happens: `replace name {"familyName": "Reader"}` keeps the given name in scim2-models and removes
#   it in scimmy. `add emails` with a new primary address makes the old one secondary in scim2-models,
#   as RFC 7644 section 3.5.2 says; scimmy keeps two primary addresses.
# Why it matters: after a move to another server the same identity provider, unchanged, begins to erase
#   given names with each new family name, and a reader that takes "the primary address" takes the old one.
#   Send every part of a name, and take the last of several primaries with care.
# Seen:
#   scim2-models  given Ada, family Reader  primary new@example.com
#   scimmy        given -, family Reader  primary old@example.com, new@example.com
# Needs: node, npm, python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts scimmy@1.3.5
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check scim2-models==0.12.3

cat >user.json <<'JSON'
{
  "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
  "id": "1",
  "userName": "ada",
  "name": { "givenName": "Ada", "familyName": "Person" },
  "emails": [{ "value": "old@example.com", "type": "work", "primary": true }]
}
JSON
cat >patch.json <<'JSON'
{
  "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  "Operations": [
    { "op": "replace", "path": "name", "value": { "familyName": "Reader" } },
    { "op": "add", "path": "emails", "value": [{ "value": "new@example.com", "primary": true }] }
  ]
}
JSON
cat >apply.py <<'PY'
import pathlib

from scim2_models import Context, PatchOp, User

user = User.model_validate_json(pathlib.Path("user.json").read_text())
patch = PatchOp[User].model_validate_json(
    pathlib.Path("patch.json").read_text(), scim_ctx=Context.RESOURCE_PATCH_REQUEST
)
patch.patch(user)
primary = ", ".join(email.value for email in user.emails if email.primary)
print(f"scim2-models  given {user.name.given_name or '-'}, family {user.name.family_name}",
      f" primary {primary}")
PY
cat >apply.mjs <<'JS'
import { readFileSync } from 'node:fs'
import SCIMMY from 'scimmy'

const read = (name) => JSON.parse(readFileSync(name, 'utf8'))
const user = new SCIMMY.Schemas.User(read('user.json'))
const { name, emails } = await new SCIMMY.Messages.PatchOp(read('patch.json'))
  .apply(user, (changed) => changed)
const primary = emails.filter((email) => email.primary).map((email) => email.value).join(', ')
console.log(`scimmy        given ${name.givenName ?? '-'}, family ${name.familyName}`,
  ` primary ${primary}`)
JS
{ venv/bin/python apply.py && node apply.mjs; } | tee out
diff out - <<'SEEN' || exit 1
scim2-models  given Ada, family Reader  primary new@example.com
scimmy        given -, family Reader  primary old@example.com, new@example.com
SEEN
