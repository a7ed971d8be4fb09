#!/usr/bin/env bash
# ldapts hands out an empty member list for the groups of Active Directory that have most members.
#
# Versions: npm ldapts 8.2.0; npm ldapjs 3.0.7 as the server; PyPI ldap3 2.9.1.
# One would guess: of a group with more than 1,500 members the first 1,500 come, or none and no `member` at all,
#   so that a reader that does not know about ranges meets a missing attribute.
# What happens: Active Directory answers a request for `member` with `member;range=0-1499`, which ldapts keeps
#   under that name. Then it adds each attribute that was asked for and did not come, as an empty list: the entry
#   has `member: []` beside the 1,500. ldap3 joins the ranges by itself and has all. A single member is a text in
#   ldapts, not a list of one.
# Why it matters: `member: []` is what an empty group looks like, so the largest groups arrive without
#   anybody, and a second run removes the people whom the target had. Look for keys that begin with
#   `member;range=` and ask for the next range until one ends in `*`.
# Seen:
#   ldapts  readers: member = uid=0
#           staff: member = 0 values, member;range=0-1499 = 1500 values
#   ldap3   readers: member = 1 value
#           staff: member = 1600 values
# Needs: python3, node, npm.
set -euo pipefail
cd "$(mktemp -d)"
server=
trap '[ -z "$server" ] || kill "$server"; wait; rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts ldapts@8.2.0 ldapjs@3.0.7 2>log
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ldap3==2.9.1

cat >serve.cjs <<'JS'
// Answers for `member` as Active Directory does (MS-ADTS 3.1.1.3.1.3.3): 1,500 values at most, with the range.
const ldap = require('ldapjs')

const groups = { readers: 1, staff: 1600 }
const server = ldap.createServer()
server.bind('', (request, response, next) => { response.end(); return next() })
server.search('dc=example,dc=com', (request, response, next) => {
  const asked = request.attributes.find((name) => name.startsWith('member'))
  const start = Number(/range=(\d+)/.exec(asked)?.[1] ?? 0)
  for (const [cn, size] of Object.entries(groups)) {
    const dn = `cn=${cn},dc=example,dc=com`
    if (request.scopeName === 'base' && request.dn.toString() !== dn) continue
    const member = Array.from({ length: size }, (_, i) => `uid=${i}`)
    const last = start + 1500 < size ? start + 1499 : '*'
    const name = size > 1500 ? `member;range=${start}-${last}` : 'member'
    const attributes = { objectClass: 'group', cn, [name]: member.slice(start, start + 1500) }
    response.attributes = [] // or ldapjs leaves out what was not asked for by this very name
    response.send({ dn, attributes })
  }
  response.end()
  return next()
})
server.listen(0, '127.0.0.1', () => console.log(server.url))
JS
cat >check.mjs <<'JS'
import { Client } from 'ldapts'

const client = new Client({ url: process.argv[2] })
const question = { filter: '(objectClass=group)', attributes: ['cn', 'member'] }
const { searchEntries } = await client.search('dc=example,dc=com', question)
await client.unbind()
for (const entry of searchEntries) {
  const names = Object.keys(entry).filter((name) => name.startsWith('member')).sort()
  const show = (value) => (Array.isArray(value) ? `${value.length} values` : value)
  console.log(`${entry.cn}: ${names.map((name) => `${name} = ${show(entry[name])}`).join(', ')}`)
}
JS
cat >check.py <<'PY'
import sys

import ldap3

connection = ldap3.Connection(ldap3.Server(sys.argv[1], get_info=ldap3.NONE), auto_bind=True)
connection.search("dc=example,dc=com", "(objectClass=group)", attributes=["cn", "member"])
for entry in connection.entries:
    members = entry.entry_attributes_as_dict["member"]
    print(f"{entry.cn.value}: member = {len(members)} value{'s'[len(members) == 1:]}")
PY
node serve.cjs >url &
server=$!
for _ in $(seq 50); do [ -s url ] && break || sleep 0.1; done
url=$(cat url)
{
  node check.mjs "$url" | sed '1s/^/ldapts  /; 2s/^/        /'
  venv/bin/python check.py "$url" | sed '1s/^/ldap3   /; 2s/^/        /'
} | tee out
diff out - <<'SEEN' || exit 1
ldapts  readers: member = uid=0
        staff: member = 0 values, member;range=0-1499 = 1500 values
ldap3   readers: member = 1 value
        staff: member = 1600 values
SEEN
