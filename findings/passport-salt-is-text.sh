#!/usr/bin/env bash
# passport-local-mongoose salts with the hexadecimal text that it stores, not with its bytes.
#
# Versions: npm passport-local-mongoose 9.2.0, mongoose 9.12.1, passport 0.7.0.
# One would guess: a salt of 32 bytes stored as 64 hexadecimal digits is decoded before use, as the
#   hash beside it has to be, and the hash has the length of its digest, 32 bytes.
# What happens: the 64 characters themselves are the salt, and the hash is 512 bytes long (1,024
#   digits), 16 times the digest: PBKDF2 with SHA-256 and 25,000 iterations. None of the three numbers
#   is in the document.
# Why it matters: "salt: hex, hash: hex" in an import's settings reads plausibly and verifies nobody;
#   a target that takes a key of at most 64 bytes needs no more than the first 32, for PBKDF2's blocks
#   do not depend on each other.
# Seen:
#   salt 64 digits, hash 1024 digits
#   salt as bytes: false
#   salt as text:  true
#   first 32 bytes alone: true
# Needs: node, npm; no database.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  passport-local-mongoose@9.2.0 mongoose@9.12.1 passport@0.7.0

cat >check.mjs <<'JS'
import { pbkdf2Sync } from 'node:crypto'
import mongoose from 'mongoose'
import plugin from 'passport-local-mongoose'

const schema = new mongoose.Schema({})
schema.plugin(plugin.default ?? plugin)
const user = new (mongoose.model('User', schema))({ username: 'ada@example.com' })
await user.setPassword('Turquoise-Kettle-7')
const { salt, hash } = user
const derive = (given, length) =>
  pbkdf2Sync('Turquoise-Kettle-7', given, 25000, length, 'sha256').toString('hex')
const seen = [
  derive(Buffer.from(salt, 'hex'), 512) === hash,
  derive(salt, 512) === hash,
  hash.startsWith(derive(salt, 32)),
]
console.log(`salt ${salt.length} digits, hash ${hash.length} digits`)
console.log('salt as bytes:', seen[0])
console.log('salt as text: ', seen[1])
console.log('first 32 bytes alone:', seen[2])
process.exit(`${salt.length} ${hash.length} ${seen}` === '64 1024 false,true,true' ? 0 : 1)
JS
node check.mjs
