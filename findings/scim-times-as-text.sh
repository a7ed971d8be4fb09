#!/usr/bin/env bash
# Two of three SCIM filters compare times as text, and leave out who has changed since.
#
# Versions: npm scim2-parse-filter 0.2.10, scim-query-filter-parser 2.0.4, scimmy 1.3.5.
# One would guess: `meta.lastModified gt "2026-05-01T00:00:00Z"` finds what has changed after this moment, however
#   the time is written: RFC 7644 section 3.4.2.2 compares DateTime chronologically, and ISO 8601 sorts as text.
# What happens: it does not with fractions, for `.` comes before `Z`: 00:00:00.250Z, a quarter of a second later,
#   is "less" in the two filters. Nor with offsets: eve's 01:00+02:00, an hour before, is found, and zed's
#   23:30-01:00 of the evening before, half an hour after, is not. scimmy compares the moments.
# Why it matters: the next incremental run asks from the time of the last one, in whole seconds, and the servers write
#   milliseconds: who changed within that second is never found. Ask from a second earlier, in UTC, and
#   take the overlap twice.
# Seen, for gt "2026-05-01T00:00:00Z":
#                             .250Z   01:00+02:00  23:30-01:00
#   scim2-parse-filter        left    found        left
#   scim-query-filter-parser  left    found        left
#   scimmy                    found   left         found
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

const users = Object.entries({
  bob: '2026-05-01T00:00:00.250Z', eve: '2026-05-01T01:00:00+02:00', zed: '2026-04-30T23:30:00-01:00',
}).map(([userName, lastModified]) => ({ userName, meta: { lastModified } }))
const question = 'meta.lastModified gt "2026-05-01T00:00:00Z"'
const answers = {
  'scim2-parse-filter': users.filter(filter(parse(question))),
  'scim-query-filter-parser': users.filter(compileFilter(question)),
  scimmy: new SCIMMY.Types.Filter(question).match(users),
}
const show = (...cells) => console.log(cells.map((cell, i) => cell.padEnd([25, 7, 12, 0][i])).join(' '))
show('', '.250Z', '01:00+02:00', '23:30-01:00')
for (const [library, found] of Object.entries(answers))
  show(library, ...users.map((user) => (found.some((one) => one.userName === user.userName) ? 'found' : 'left')))
JS
node check.mjs | tee out
diff out - <<'SEEN' || exit 1
                          .250Z   01:00+02:00  23:30-01:00
scim2-parse-filter        left    found        left
scim-query-filter-parser  left    found        left
scimmy                    found   left         found
SEEN
