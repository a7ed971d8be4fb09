#!/usr/bin/env bash
# A number that phonenumbers once called valid is now neither valid nor possible, and is not lengthened.
#
# Versions: PyPI phonenumbers 8.10.0 and 9.0.43, npm libphonenumber-js 1.13.16.
# One would guess: E.164 is the stable form, so a number stored by the library stays valid in it; and where a
#   country has lengthened its numbers or dropped a digit, formatting makes the new number of the old one.
# What happens: the Mexican mobile numbers with 1 behind +52, the Ivorian ones of eight digits and Benin's of
#   eight are refused by the current data, even as "possible", and come out of formatting as they went in. The
#   same persons' numbers of today were refused by the old data.
# Why it matters: a user table that was clean when it was written has refused numbers after an update of the
#   library, and "+5215512345678" and "+525512345678" are one phone under two keys. The
#   rule of each such country has to be applied by the import itself.
# Seen:
#   number           8.10.0            9.0.43            libphonenumber-js
#   +5215512345678   valid             not possible      not possible
#   +525512345678    valid             valid             valid
#   +22507123456     valid             not possible      not possible
#   +2250707123456   not possible      valid             valid
#   +22997123456     valid             not possible      not possible
#   +2290197123456   not possible      valid             valid
# Needs: node, npm, python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts libphonenumber-js@1.13.16
for version in 8.10.0 9.0.43; do
  python3 -m venv "venv-$version"
  "venv-$version/bin/pip" install --quiet --disable-pip-version-check "phonenumbers==$version"
done

cat >check.py <<'PY'
import sys

import phonenumbers

for text in sys.argv[1:]:
    number = phonenumbers.parse(text)
    assert phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) == text
    valid, possible = phonenumbers.is_valid_number(number), phonenumbers.is_possible_number(number)
    print("valid" if valid else "possible" if possible else "not possible")
PY
cat >check.mjs <<'JS'
import { parsePhoneNumberWithError } from 'libphonenumber-js/max'

for (const text of process.argv.slice(2)) {
  const number = parsePhoneNumberWithError(text)
  console.log(number.isValid() ? 'valid' : number.isPossible() ? 'possible' : 'not possible')
}
JS
numbers=(+5215512345678 +525512345678 +22507123456 +2250707123456 +22997123456 +2290197123456)
mapfile -t before < <(venv-8.10.0/bin/python check.py "${numbers[@]}")
mapfile -t now < <(venv-9.0.43/bin/python check.py "${numbers[@]}")
mapfile -t node < <(node check.mjs "${numbers[@]}")
{
  printf '%-16s %-17s %-17s %s\n' number 8.10.0 9.0.43 libphonenumber-js
  for n in "${!numbers[@]}"; do
    printf '%-16s %-17s %-17s %s\n' "${numbers[n]}" "${before[n]}" "${now[n]}" "${node[n]}"
  done
} | tee out
diff out - <<'SEEN' || exit 1
number           8.10.0            9.0.43            libphonenumber-js
+5215512345678   valid             not possible      not possible
+525512345678    valid             valid             valid
+22507123456     valid             not possible      not possible
+2250707123456   not possible      valid             valid
+22997123456     valid             not possible      not possible
+2290197123456   not possible      valid             valid
SEEN
