#!/usr/bin/env bash
# Two packages for ASP.NET Identity hashes read what .NET wrote until 2016 and until 2022, and no later ones.
#
# Versions: npm aspnet-identity-pw 1.0.2, aspnetcore-identity-password-hasher 1.0.1; Python's hashlib for the hashes.
# One would guess: the text says all about itself (version, digest, rounds, salt length), so a reader of "ASP.NET
#   Identity" verifies every one, or raises for the version that it does not know.
# What happens: aspnet-identity-pw answers false for version 3, the one of ASP.NET Core. The other reads versions
#   2 and 3, but of the latter only SHA-1 and SHA-256. For SHA-512, in which .NET writes since 7, it rejects with
#   the text "Unknown PRF", which is no Error: `error.message` is undefined. All three begin with A.
# Why it matters: .NET rewrites a hash when its user signs in, so one table has all of these. A trial with an
#   old account works; the people who sign in daily are locked out. Decode the first
#   five bytes and count before the choice of a library.
# Seen:
#                                 aspnet-identity-pw  aspnetcore-identity-password-hasher
#   version 2, SHA-1, 1000        true                true
#   version 3, SHA-256, 10000     false               true
#   version 3, SHA-512, 100000    false               Unknown PRF, an Error: false
# Needs: python3, node, npm.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts aspnet-identity-pw@1.0.2 \
  aspnetcore-identity-password-hasher@1.0.1 2>log

cat >make.py <<'PY'
"""Write the layouts of Microsoft's PasswordHasher: 0, salt, key; and 1, digest, rounds, salt length, salt, key."""
import base64
import hashlib
import struct

PASSWORD, SALT = b"Turquoise-Kettle-7", bytes(range(16))


def derive(digest, rounds):
    return hashlib.pbkdf2_hmac(digest, PASSWORD, SALT, rounds, 32)


texts = [b"\0" + SALT + derive("sha1", 1000)]
for number, digest, rounds in ((1, "sha256", 10_000), (2, "sha512", 100_000)):
    texts.append(b"\1" + struct.pack(">III", number, rounds, len(SALT)) + SALT + derive(digest, rounds))
for text in texts:
    print(base64.b64encode(text).decode())
PY
cat >check.cjs <<'JS'
const { validatePassword } = require('aspnet-identity-pw')
const { verify } = require('aspnetcore-identity-password-hasher')

async function main() {
  const labels = ['version 2, SHA-1, 1000', 'version 3, SHA-256, 10000', 'version 3, SHA-512, 100000']
  const row = (label, one, two) => console.log(`${label.padEnd(27)} ${String(one).padEnd(19)} ${two}`)
  row('', 'aspnet-identity-pw', 'aspnetcore-identity-password-hasher')
  for (const [i, text] of process.argv.slice(2).entries()) {
    const core = await verify('Turquoise-Kettle-7', text)
      .catch((reason) => `${reason}, an Error: ${reason instanceof Error}`)
    row(labels[i], validatePassword('Turquoise-Kettle-7', text), core)
  }
}
main()
JS
mapfile -t texts < <(python3 make.py)
node check.cjs "${texts[@]}" | tee out
diff out - <<'SEEN' || exit 1
                            aspnet-identity-pw  aspnetcore-identity-password-hasher
version 2, SHA-1, 1000      true                true
version 3, SHA-256, 10000   false               true
version 3, SHA-512, 100000  false               Unknown PRF, an Error: false
SEEN
