#!/usr/bin/env bash
# Three packages for Node hash "Zoë€" to texts that no other system verifies.
#
# Versions: npm apache-md5 1.1.8, sha512crypt-node 1.0.2, wordpress-hash-node 1.0.0, PyPI libpass 1.9.4.
# One would guess: `$apr1$`, `$6$` and `$P$` name a function, so whoever made such a text, htpasswd,
#   crypt(3) and WordPress verify it.
# What happens: that holds for ASCII. Of another password the packages do not hash the UTF-8 bytes, so
#   the right password is wrong everywhere else, and the text gives no hint of it.
# Why it matters: a test with "Test1234" shows that an import works, and those with an accent in their
#   password cannot sign in afterwards. A test needs a password beyond ASCII.
# Seen:
#   apache-md5           Zoe$ True   Zoë€ False
#   sha512crypt-node     Zoe$ True   Zoë€ False
#   wordpress-hash-node  Zoe$ True   Zoë€ False
# Needs: node, npm, python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts \
  apache-md5@1.1.8 sha512crypt-node@1.0.2 wordpress-hash-node@1.0.0
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check libpass==1.9.4

cat >make.cjs <<'JS'
const makers = {
  'apache-md5': (password) => require('apache-md5')(password),
  'sha512crypt-node': (password) => require('sha512crypt-node').sha512crypt(password, 'saltstring'),
  'wordpress-hash-node': (password) => require('wordpress-hash-node').HashPassword(password),
}
const passwords = ['Zoe$', 'Zoë€']
const made = Object.entries(makers).map(([name, make]) => [name, passwords.map((each) => [each, make(each)])])
console.log(JSON.stringify(made))
JS
cat >check.py <<'PY'
import json
import sys

from passlib.hash import apr_md5_crypt, phpass, sha512_crypt

HANDLERS = {"$apr1$": apr_md5_crypt, "$6$": sha512_crypt, "$P$": phpass}
for name, pairs in json.load(sys.stdin):
    answers = []
    for password, text in pairs:
        handler = next(each for mark, each in HANDLERS.items() if text.startswith(mark))
        answers.append(f"{password} {handler.verify(password, text)}")
    print(f"{name:<20} {'   '.join(answers)}")
PY
node make.cjs | venv/bin/python check.py >out
cat out
diff out - <<'SEEN' || exit 1
apache-md5           Zoe$ True   Zoë€ False
sha512crypt-node     Zoe$ True   Zoë€ False
wordpress-hash-node  Zoe$ True   Zoë€ False
SEEN
