#!/usr/bin/env bash
# scimmy's filters mind the case of user names that its own schema calls caseExact: false.
#
# Versions: npm scimmy 1.3.5.
# One would guess: the library publishes userName as `caseExact: false`, so its filter
#   `userName eq "ADA@example.com"` finds ada@example.com, as RFC 7643 section 2.2 and the schema say.
# What happens: names of attributes are folded, values never are: a filter does not know the schema, and
#   finds nobody.
# Why it matters: before it creates anybody, an identity provider asks with exactly this filter whether
#   the person is there. Where it writes an address in another case than the import did, the answer
#   is an empty list and the person is created again, beside the account that was moved. Keep names
#   folded, and fold the values of a filter before matching.
# Seen:
#   the schema: userName has caseExact false
#   userName eq "ada@example.com"  found
#   username eq "ada@example.com"  found
#   userName eq "ADA@example.com"  nobody
# Needs: node, npm.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts scimmy@1.3.5

cat >filter.mjs <<'JS'
import SCIMMY from 'scimmy'

const { attributes } = JSON.parse(JSON.stringify(SCIMMY.Schemas.User.definition.describe()))
const { caseExact } = attributes.find((attribute) => attribute.name === 'userName')
console.log('the schema: userName has caseExact', caseExact)
const users = [new SCIMMY.Schemas.User({ id: '1', userName: 'ada@example.com' })]
for (const filter of [
  'userName eq "ada@example.com"',
  'username eq "ada@example.com"',
  'userName eq "ADA@example.com"',
])
  console.log(filter, '', new SCIMMY.Types.Filter(filter).match(users).length ? 'found' : 'nobody')
JS
node filter.mjs | tee out
diff out - <<'SEEN' || exit 1
the schema: userName has caseExact false
userName eq "ada@example.com"  found
username eq "ada@example.com"  found
userName eq "ADA@example.com"  nobody
SEEN
