#!/usr/bin/env bash
# validator.js cuts a Yahoo address at its hyphen, so two people become one.
#
# Versions: npm validator 13.15.35, npm normalize-email 1.1.1.
# One would guess: `normalizeEmail` lowers the case and removes what stands behind a plus sign where the
#   provider ignores it, so what it makes equal is one mailbox; at Yahoo too the plus sign counts.
# What happens: at Yahoo's four domains everything behind the first hyphen is cut, and the plus sign
#   stays; ann-marie@ and ann@ become the same address. normalize-email leaves both. At every other
#   domain the case of the local part is lowered, and ya.ru becomes yandex.ru.
# Why it matters: `express-validator` passes addresses through it, and as the key for finding duplicates it
#   merges Ann-Marie with Ann; the mail then goes to the other person. A table that was filled through it
#   has no longer the address that the person typed.
# Seen:
#   ann-marie@yahoo.com        ann@yahoo.com         ann-marie@yahoo.com
#   ann+news@yahoo.com         ann+news@yahoo.com    ann+news@yahoo.com
#   ann-marie@rocketmail.com   ann@rocketmail.com    ann-marie@rocketmail.com
#   ann@ya.ru                  ann@yandex.ru         ann@ya.ru
#   ann-marie@example.com      ann-marie@example.com ann-marie@example.com
# Needs: node, npm.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts validator@13.15.35 normalize-email@1.1.1

cat >check.mjs <<'JS'
import normalize from 'normalize-email'
import validator from 'validator'

const addresses = ['ann-marie@yahoo.com', 'ann+news@yahoo.com', 'ann-marie@rocketmail.com', 'ann@ya.ru',
  'ann-marie@example.com']
for (const address of addresses) {
  console.log(address.padEnd(26), validator.normalizeEmail(address).padEnd(21), normalize(address))
}
JS
node check.mjs | tee out
diff out - <<'SEEN' || exit 1
ann-marie@yahoo.com        ann@yahoo.com         ann-marie@yahoo.com
ann+news@yahoo.com         ann+news@yahoo.com    ann+news@yahoo.com
ann-marie@rocketmail.com   ann@rocketmail.com    ann-marie@rocketmail.com
ann@ya.ru                  ann@yandex.ru         ann@ya.ru
ann-marie@example.com      ann-marie@example.com ann-marie@example.com
SEEN
