#!/usr/bin/env bash
# scim2-parse-filter finds a user by the type of one address and the value of another.
#
# Versions: npm scim2-parse-filter 0.2.10, npm scim-query-filter-parser 2.0.4.
# One would guess: `emails[type eq "work" and value ew "@home.example"]` asks for one address that is both;
#   that is what the brackets are there for (RFC 7644 section 3.4.2.2). A list without entries is not present.
# What happens: scim2-parse-filter lets the two conditions be met by different addresses, as if there were no
#   brackets, and finds a user without any such address. In it `emails pr` is true for an empty list, and in
#   both packages `title pr` for an empty text.
# Why it matters: matching the people of an import by their work address brings up those who have the address
#   as a private one, and "who has no address yet" finds nobody. Look at the entries themselves after the search.
# Seen:
#   scim2-parse-filter        one address both: ada      emails pr: ada bob  title pr: bob
#   scim-query-filter-parser  one address both: nobody   emails pr: ada  title pr: bob
# Needs: node, npm.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  scim2-parse-filter@0.2.10 scim-query-filter-parser@2.0.4

cat >check.cjs <<'JS'
const tree = require('scim2-parse-filter')
const { compileFilter } = require('scim-query-filter-parser')

const emails = [{ value: 'ada@example.com', type: 'work' }, { value: 'ada@home.example', type: 'home' }]
const people = [{ userName: 'ada', emails }, { userName: 'bob', emails: [], title: '' }]
const packages = {
  'scim2-parse-filter': (text) => tree.filter(tree.parse(text)),
  'scim-query-filter-parser': compileFilter,
}
for (const [name, compile] of Object.entries(packages)) {
  const find = (text) => people.filter(compile(text)).map((user) => user.userName).join(' ') || 'nobody'
  const both = find('emails[type eq "work" and value ew "@home.example"]')
  console.log(name.padEnd(25), `one address both: ${both.padEnd(8)} emails pr: ${find('emails pr')}`,
    ` title pr: ${find('title pr')}`)
}
JS
node check.cjs | tee out
diff out - <<'SEEN' || exit 1
scim2-parse-filter        one address both: ada      emails pr: ada bob  title pr: bob
scim-query-filter-parser  one address both: nobody   emails pr: ada  title pr: bob
SEEN
