#!/usr/bin/env bash
# pquerna/otp takes an algorithm that it does not know for SHA-1.
#
# Versions: Go github.com/pquerna/otp v1.5.0; PyPI pyotp 2.12.1, npm otpauth 9.5.2.
# One would guess: `algorithm=SHA-256` or `HmacSHA256`, the names of Java and Keycloak, mean SHA-256; or the
#   URI is refused, as pyotp and otpauth do.
# What happens: the Go library knows MD5, SHA1, SHA256 and SHA512, in either case. For any other name it
#   answers SHA1, and the key makes codes that are wrong. No error is raised.
# Why it matters: an export that names the algorithm as its own store does goes through the import, and every
#   code of these people is refused; they are taken for people whose clocks are wrong. Rewrite the names.
# Seen:
#                pquerna       pyotp         otpauth
#   SHA256       SHA256 353495 SHA256 353495 SHA256 353495
#   sha256       SHA256 353495 refused       SHA256 353495
#   SHA-256      SHA1 204154   refused       refused
#   HmacSHA256   SHA1 204154   refused       refused
# Needs: go, node, npm, python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts otpauth@9.5.2
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pyotp==2.12.1
export GOPATH="$PWD/go" GOFLAGS=-modcacherw
mkdir server
(cd server && go mod init finding && go get github.com/pquerna/otp@v1.5.0) 2>log

cat >server/main.go <<'GO'
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

func main() {
	for _, uri := range os.Args[1:] {
		key, err := otp.NewKeyFromURL(uri)
		if err != nil {
			fmt.Println("refused")
			continue
		}
		code, err := totp.GenerateCodeCustom(key.Secret(), time.Unix(1300000000, 0), totp.ValidateOpts{
			Period: uint(key.Period()), Digits: key.Digits(), Algorithm: key.Algorithm(),
		})
		if err != nil {
			panic(err)
		}
		fmt.Println(key.Algorithm(), code)
	}
}
GO
cat >check.py <<'PY'
import sys

import pyotp

for uri in sys.argv[1:]:
    try:
        otp = pyotp.parse_uri(uri)
    except ValueError:
        print("refused")
    else:
        print(otp.digest().name.upper(), otp.at(1300000000))
PY
cat >check.mjs <<'JS'
import { URI } from 'otpauth'

for (const uri of process.argv.slice(2)) {
  try {
    const otp = URI.parse(uri)
    console.log(otp.algorithm, otp.generate({ timestamp: 1300000000000 }))
  } catch {
    console.log('refused')
  }
}
JS
names=(SHA256 sha256 SHA-256 HmacSHA256)
uri='otpauth://totp/Library:ada?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Library&algorithm='
uris=()
for name in "${names[@]}"; do uris+=("$uri$name"); done
mapfile -t pquerna < <(cd server && go mod tidy 2>../log && go run . "${uris[@]}")
mapfile -t pyotp < <(venv/bin/python check.py "${uris[@]}")
mapfile -t otpauth < <(node check.mjs "${uris[@]}")
{
  printf '%-12s %-13s %-13s %s\n' '' pquerna pyotp otpauth
  for n in "${!names[@]}"; do
    printf '%-12s %-13s %-13s %s\n' "${names[n]}" "${pquerna[n]}" "${pyotp[n]}" "${otpauth[n]}"
  done
} | tee out
diff out - <<'SEEN' || exit 1
             pquerna       pyotp         otpauth
SHA256       SHA256 353495 SHA256 353495 SHA256 353495
sha256       SHA256 353495 refused       SHA256 353495
SHA-256      SHA1 204154   refused       refused
HmacSHA256   SHA1 204154   refused       refused
SEEN
