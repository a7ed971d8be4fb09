#!/usr/bin/env bash
# Two classes of Lucia read the same `salt:hash` with two different costs.
#
# Versions: npm lucia 3.2.2.
# One would guess: `Scrypt` and `LegacyScrypt` of one library differ in what they write, and the legacy
#   one reads everything that was ever written, as its name says.
# What happens: `Scrypt` writes `salt:hash` with r = 16. `LegacyScrypt` writes `s2:salt:hash`, also
#   with r = 16, but takes a text of two parts for the oldest form, with r = 8: it answers false to
#   what `Scrypt` wrote, without an error. Nothing in the text tells the two apart. In both the salt
#   is the hexadecimal text, not the bytes it stands for.
# Why it matters: a table that has lived through Lucia 1, 2 and 3 holds all three; `s2:` can be cut off
#   for a verifier of better-auth's form, and the texts of two parts have to be tried with both costs.
# Seen:
#   Scrypt        of its own text:        true
#   LegacyScrypt  of its own text:        true, which starts with s2:
#   LegacyScrypt  of the text of Scrypt:  false
#   Scrypt        of s2: without its mark: true
#   LegacyScrypt  of a text with r = 8:   true
# Needs: node, npm.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts lucia@3.2.2

cat >check.mjs <<'JS'
import { scryptSync } from 'node:crypto'
import { LegacyScrypt, Scrypt } from 'lucia'

const password = 'Turquoise-Kettle-7'
const [now, legacy] = [new Scrypt(), new LegacyScrypt()]
const [ofNow, ofLegacy] = [await now.hash(password), await legacy.hash(password)]
const salt = '6f1c20aa93b7de5408c46b1f92d03e75'
const oldest = `${salt}:${scryptSync(password, salt, 64, { N: 16384, r: 8, p: 1 }).toString('hex')}`
const mark = ofLegacy.slice(0, 3)
const seen = [
  await now.verify(ofNow, password),
  await legacy.verify(ofLegacy, password),
  await legacy.verify(ofNow, password),
  await now.verify(ofLegacy.slice(3), password),
  await legacy.verify(oldest, password),
]
console.log('Scrypt        of its own text:        ', seen[0])
console.log('LegacyScrypt  of its own text:        ', `${seen[1]}, which starts with ${mark}`)
console.log('LegacyScrypt  of the text of Scrypt:  ', seen[2])
console.log('Scrypt        of s2: without its mark:', seen[3])
console.log('LegacyScrypt  of a text with r = 8:   ', seen[4])
process.exit(mark === 's2:' && String(seen) === 'true,true,false,true,true' ? 0 : 1)
JS
node check.mjs
