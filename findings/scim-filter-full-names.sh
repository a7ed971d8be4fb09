#!/usr/bin/env bash
# A SCIM filter by department is understood by one of three packages for Node, one by the full userName by none.
#
# Versions: npm scim2-parse-filter 0.2.10, scim-query-filter-parser 2.0.4, scimmy 1.3.5.
# One would guess: an attribute may be written with its schema before it (RFC 7644 section 3.10), and one of an
#   extension has to be; so `urn:...:enterprise:2.0:User:department eq "Loans"` works in every filter, as
#   does `urn:...:core:2.0:User:userName`.
# What happens: scimmy finds nobody with either, without an error, though it takes the same path in a PATCH.
#   scim-query-filter-parser cannot parse them. scim2-parse-filter finds ada by the department, and not by
#   her full userName, which it looks for in an object of the core schema's name.
# Why it matters: an empty answer is "there is no such person". A client that writes full names, or a comparison
#   of departments before and after, finds nobody and makes everyone anew. Try one filter of
#   each kind with a known user first.
# Seen:
#                             userName  core:2.0:User:userName  enterprise:2.0:User:department
#   scim2-parse-filter        1         0                       1
#   scim-query-filter-parser  1         Failed to parse!        Failed to parse!
#   scimmy                    1         0                       0
# Needs: node, npm.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts scim2-parse-filter@0.2.10 \
  scim-query-filter-parser@2.0.4 scimmy@1.3.5

cat >check.mjs <<'JS'
import { filter, parse } from 'scim2-parse-filter'
import { compileFilter } from 'scim-query-filter-parser'
import SCIMMY from 'scimmy'

const core = 'urn:ietf:params:scim:schemas:core:2.0:User'
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
SCIMMY.Resources.declare(SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser))
const ada = { schemas: [core, enterprise], id: '1', userName: 'ada', [enterprise]: { department: 'Loans' } }
const people = [new SCIMMY.Schemas.User(ada)]
const libraries = {
  'scim2-parse-filter': (question) => people.filter(filter(parse(question))),
  'scim-query-filter-parser': (question) => people.filter(compileFilter(question)),
  scimmy: (question) => new SCIMMY.Types.Filter(question).match(people),
}
const questions = ['userName eq "ada"', `${core}:userName eq "ada"`, `${enterprise}:department eq "Loans"`]
const show = (...cells) => console.log(cells.map((cell, i) => String(cell).padEnd([25, 9, 23, 0][i])).join(' '))
show('', 'userName', 'core:2.0:User:userName', 'enterprise:2.0:User:department')
for (const [library, search] of Object.entries(libraries))
  show(library, ...questions.map((question) => {
    try {
      return search(question).length
    } catch (error) {
      return error.message
    }
  }))
JS
node check.mjs | tee out
diff out - <<'SEEN' || exit 1
                          userName  core:2.0:User:userName  enterprise:2.0:User:department
scim2-parse-filter        1         0                       1
scim-query-filter-parser  1         Failed to parse!        Failed to parse!
scimmy                    1         0                       0
SEEN
