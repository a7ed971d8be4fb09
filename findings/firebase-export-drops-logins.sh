#!/usr/bin/env bash
# `firebase auth:export` leaves logins at OpenID Connect and SAML providers out, in JSON as in CSV.
#
# Versions: npm firebase-tools@15.34.2, its accountExporter.
# One would guess: JSON has everything that the API answers about a user, and at most the fixed columns of CSV lose
#   something. An import of the file into another project gives the same users.
# What happens: only the logins at ten providers named in the exporter are written. Those at `oidc.…` and `saml.…`
#   are dropped without a word, and `providerUserInfo` is an empty list. The API answers them.
# Why it matters: users of a workforce login arrive without any way to sign in, and the subject at the provider is
#   lost. It has to be asked for with accounts:batchGet, or accounts have to be linked by address.
# Seen:
#   JSON  ada: google.com
#   JSON  bob: -
#   JSON  cy: -
#   CSV   00u1work in the file: false
# Needs: node 20 or later, npm; see with-firebase-export.bash.
set -euo pipefail
source "$(dirname "$0")/with-firebase-export.bash"
cd "$(mktemp -d)"
install_exporter firebase-tools@15.34.2

cat >check.js <<'JS'
const { exportUsers } = require('./export')

const make = (localId, providerId, rawId) => ({
  localId, email: `${localId}@example.com`, emailVerified: true, createdAt: '1714850200000',
  providerUserInfo: [{ providerId, rawId, email: `${localId}@example.com` }],
})
const users = [
  make('ada', 'google.com', '104217'), make('bob', 'oidc.workforce', '00u1work'), make('cy', 'saml.school', 'cy'),
]

async function main() {
  for (const user of await exportUsers(users, 'json')) {
    console.log(`JSON  ${user.localId}: ${user.providerUserInfo.map(each => each.providerId).join() || '-'}`)
  }
  console.log('CSV   00u1work in the file:', (await exportUsers(users, 'csv')).includes('00u1work'))
}

main()
JS
node check.js | tee out
diff out - <<'SEEN' || exit 1
JSON  ada: google.com
JSON  bob: -
JSON  cy: -
CSV   00u1work in the file: false
SEEN
