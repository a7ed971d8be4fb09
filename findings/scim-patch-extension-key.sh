#!/usr/bin/env bash
# scim-patch writes a whole extension under a key that it cuts off the extension's URN.
#
# Versions: npm scim-patch 0.8.3.
# One would guess: `add` or `replace` with the extension's object, in the value or with the URN as the path,
#   merges it into the extension that the user has, as one attribute of the extension is merged.
# What happens: what stands behind the last colon is always taken for an attribute. `...:2.0:User` becomes
#   an attribute `User` of a new key `...:2.0`; the old extension stays beside it. With the attribute
#   at the end of the URN the department is where it belongs.
# Why it matters: a POST has the extension as an object, so a client that sends what has changed in the same
#   form is a natural one. Nothing is refused, the data is stored, and who reads departments sees the old one.
# Seen, the keys behind urn:ietf:params:scim:schemas:extension:
#   value {URN: object}        enterprise:2.0:User={"department":"Archive"} enterprise:2.0={"User":{"department":"Lending"}}
#   path URN, value object     enterprise:2.0:User={"department":"Archive"} enterprise:2.0={"User":{"department":"Lending"}}
#   value {URN:department: …}  enterprise:2.0:User={"department":"Lending"}
#   path URN:department        enterprise:2.0:User={"department":"Lending"}
# Needs: node, npm.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts scim-patch@0.8.3

cat >check.mjs <<'JS'
import { scimPatch } from 'scim-patch'

const before = 'urn:ietf:params:scim:schemas:extension:'
const urn = `${before}enterprise:2.0:User`
const schemas = ['urn:ietf:params:scim:schemas:core:2.0:User', urn]
const op = 'replace'
const cases = [
  ['value {URN: object}', { op, value: { [urn]: { department: 'Lending' } } }],
  ['path URN, value object', { op, path: urn, value: { department: 'Lending' } }],
  ['value {URN:department: …}', { op, value: { [`${urn}:department`]: 'Lending' } }],
  ['path URN:department', { op, path: `${urn}:department`, value: 'Lending' }],
]
for (const [label, operation] of cases) {
  const ada = { schemas, id: '1', userName: 'ada', [urn]: { department: 'Archive' } }
  const extensions = Object.entries(scimPatch(ada, [operation])).filter(([key]) => key.startsWith(before))
  const shown = extensions.map(([key, value]) => `${key.slice(before.length)}=${JSON.stringify(value)}`)
  console.log(label.padEnd(26), shown.join(' '))
}
JS
node check.mjs | tee out
diff out - <<'SEEN' || exit 1
value {URN: object}        enterprise:2.0:User={"department":"Archive"} enterprise:2.0={"User":{"department":"Lending"}}
path URN, value object     enterprise:2.0:User={"department":"Archive"} enterprise:2.0={"User":{"department":"Lending"}}
value {URN:department: …}  enterprise:2.0:User={"department":"Lending"}
path URN:department        enterprise:2.0:User={"department":"Lending"}
SEEN
