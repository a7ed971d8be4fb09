#!/usr/bin/env bash
# scimmy takes null for a name and for active, and refuses the whole user for `emails: null`.
#
# Versions: npm scimmy 1.3.5, PyPI scim2-models 0.12.3.
# One would guess: null means "not assigned" everywhere: RFC 7643 section 2.5 calls null, an empty array
#   and an absent attribute equal.
# What happens: scimmy leaves out single attributes and complex ones that are null, and throws a
#   TypeError where an attribute with several values is null. scim2-models leaves all of them out.
# Why it matters: a writer that serialises its records whole, with null for what is empty, works until
#   the first person without an address or a telephone number; those alone fail, in the middle of the
#   run. Leave empty attributes out of what is sent.
# Seen:
#   displayName   scimmy accepted  scim2-models accepted
#   name          scimmy accepted  scim2-models accepted
#   active        scimmy accepted  scim2-models accepted
#   emails        scimmy refused   scim2-models accepted
#   phoneNumbers  scimmy refused   scim2-models accepted
# Needs: node, npm, python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts scimmy@1.3.5
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check scim2-models==0.12.3

cat >read.mjs <<'JS'
import SCIMMY from 'scimmy'

for (const name of process.argv.slice(2)) {
  let answer = 'accepted'
  try {
    new SCIMMY.Schemas.User({ userName: 'ada', [name]: null })
  } catch (error) {
    answer = 'refused'
  }
  console.log(name.padEnd(12), ` scimmy ${answer}`)
}
JS
cat >read.py <<'PY'
import sys

from scim2_models import User

for name in sys.argv[1:]:
    try:
        User.model_validate({"userName": "ada", name: None})
        print("scim2-models accepted")
    except ValueError:
        print("scim2-models refused")
PY
names=(displayName name active emails phoneNumbers)
paste -d' ' <(node read.mjs "${names[@]}" | sed 's/refused$/refused /') \
  <(venv/bin/python read.py "${names[@]}" | sed 's/^/ /') | tee out
diff out - <<'SEEN' || exit 1
displayName   scimmy accepted  scim2-models accepted
name          scimmy accepted  scim2-models accepted
active        scimmy accepted  scim2-models accepted
emails        scimmy refused   scim2-models accepted
phoneNumbers  scimmy refused   scim2-models accepted
SEEN
