#!/usr/bin/env bash
# go-webauthn refuses a synced passkey whose backup flag was not in the export.
#
# Versions: Go github.com/go-webauthn/webauthn v0.17.4; PyPI webauthn 3.0.1; npm @simplewebauthn/server 14.0.3.
# One would guess: id, public key and counter are all that a server has to keep of a passkey (they are what
#   the examples of the libraries store), and the id is written as the browser writes it, in base64url.
# What happens: go-webauthn compares the flag "backup eligible" of each sign-in with the stored one and ends
#   with an error when they differ. Imported without the flag it is false; for a security key that is right,
#   for every passkey in a password manager or phone wrong. The other two take the same signature.
#   In the JSON of go-webauthn's credential the id is in ordinary base64, `+`, `/` and `=` included.
# Why it matters: a test with a security key passes, then most of the people cannot sign in. The flag is not
#   in the public key; where the source did not keep it, it has to be taken from the first sign-in. And ids
#   compared as text match only for those without the two characters.
# Seen:
#                     security key  passkey, flag kept  passkey, flag not kept
#   py_webauthn       ok            ok                  ok
#   simplewebauthn    ok            ok                  ok
#   go-webauthn       ok            ok                  Backup Eligible flag inconsistency detected during login validation
#   id in its JSON    ++//AQIDBAUGBwgJCgsMDQ==  in the browser  --__AQIDBAUGBwgJCgsMDQ
# Needs: go, node, npm, python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @simplewebauthn/server@14.0.3
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check webauthn==3.0.1
export GOPATH="$PWD/go" GOFLAGS=-modcacherw
mkdir server
(cd server && go mod init finding && go get github.com/go-webauthn/webauthn@v0.17.4) 2>log

cat >make.py <<'PY'
"""Sign in with one key as a security key and as a synced passkey; write what each server receives."""
import hashlib
import json
import pathlib
import struct

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url

SECURITY_KEY, PASSKEY = 0b0000_0101, 0b0001_1101  # present, verified; backup eligible, backed up
key = ec.derive_private_key(20240517, ec.SECP256R1())
point = key.public_key().public_numbers()
x, y = (number.to_bytes(32, "big") for number in (point.x, point.y))
client = json.dumps({"type": "webauthn.get", "challenge": bytes_to_base64url(bytes(32)),
                     "origin": "https://library.example", "crossOrigin": False}).encode()
raw_id = bytes_to_base64url(b"\xfb\xef\xff" + bytes(range(1, 14)))
answers = {}
for label, flags, counter in (("security key", SECURITY_KEY, 8), ("passkey", PASSKEY, 0)):
    data = hashlib.sha256(b"library.example").digest() + struct.pack(">BI", flags, counter)
    signature = key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
    response = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
    response = {name: bytes_to_base64url(value) for name, value in response.items()}
    answers[label] = {"id": raw_id, "rawId": raw_id, "type": "public-key", "response": response,
                      "clientExtensionResults": {}}
public_key = bytes_to_base64url(cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y}))
pathlib.Path("data.json").write_text(json.dumps({"publicKey": public_key, "answers": answers}))
PY
cat >check.py <<'PY'
import json
import pathlib

from webauthn import base64url_to_bytes, verify_authentication_response

data = json.loads(pathlib.Path("data.json").read_text())
for label in ("security key", "passkey", "passkey"):
    verify_authentication_response(
        credential=data["answers"][label], expected_challenge=bytes(32), expected_rp_id="library.example",
        expected_origin="https://library.example", credential_current_sign_count=0,
        credential_public_key=base64url_to_bytes(data["publicKey"]))
    print("ok")
PY
cat >check.mjs <<'JS'
import { readFileSync } from 'node:fs'
import { verifyAuthenticationResponse } from '@simplewebauthn/server'

const { publicKey, answers } = JSON.parse(readFileSync('data.json', 'utf8'))
for (const label of ['security key', 'passkey', 'passkey']) {
  const { verified } = await verifyAuthenticationResponse({
    response: answers[label],
    expectedChallenge: Buffer.alloc(32).toString('base64url'),
    expectedOrigin: 'https://library.example',
    expectedRPID: 'library.example',
    credential: { id: answers[label].id, publicKey: Buffer.from(publicKey, 'base64url'), counter: 0 },
  })
  console.log(verified ? 'ok' : 'not verified')
}
JS
cat >server/main.go <<'GO'
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
)

type person struct{ credential webauthn.Credential }

func (p person) WebAuthnID() []byte                         { return []byte("1042") }
func (p person) WebAuthnName() string                       { return "ada" }
func (p person) WebAuthnDisplayName() string                { return "Ada Person" }
func (p person) WebAuthnCredentials() []webauthn.Credential { return []webauthn.Credential{p.credential} }

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	var data struct {
		PublicKey string
		Answers   map[string]json.RawMessage
	}
	if err := json.Unmarshal(must(os.ReadFile(os.Args[1])), &data); err != nil {
		panic(err)
	}
	server := must(webauthn.New(&webauthn.Config{
		RPID: "library.example", RPDisplayName: "Library", RPOrigins: []string{"https://library.example"},
	}))
	session := webauthn.SessionData{
		Challenge: base64.RawURLEncoding.EncodeToString(make([]byte, 32)), UserID: []byte("1042"),
	}
	ada := person{}
	ada.credential.PublicKey = must(base64.RawURLEncoding.DecodeString(data.PublicKey))
	for _, row := range []struct {
		label string
		kept  bool
	}{{"security key", false}, {"passkey", true}, {"passkey", false}} {
		answer := must(protocol.ParseCredentialRequestResponseBody(bytes.NewReader(data.Answers[row.label])))
		ada.credential.ID = answer.RawID
		ada.credential.Flags = webauthn.CredentialFlags{BackupEligible: row.kept, BackupState: row.kept}
		if _, err := server.ValidateLogin(ada, session, answer); err != nil {
			fmt.Println(err)
		} else {
			fmt.Println("ok")
		}
	}
	var shown struct{ ID string }
	if err := json.Unmarshal(must(json.Marshal(ada.credential)), &shown); err != nil {
		panic(err)
	}
	fmt.Println(shown.ID)
	fmt.Println(base64.RawURLEncoding.EncodeToString(ada.credential.ID))
}
GO
venv/bin/python make.py
row() { printf '%-17s %-13s %-19s %s\n' "$@"; }
{
  row '' 'security key' 'passkey, flag kept' 'passkey, flag not kept'
  mapfile -t seen < <(venv/bin/python check.py); row py_webauthn "${seen[@]}"
  mapfile -t seen < <(node check.mjs); row simplewebauthn "${seen[@]}"
  mapfile -t seen < <(cd server && go mod tidy 2>../log && go run . ../data.json); row go-webauthn "${seen[@]:0:3}"
  echo "id in its JSON    ${seen[3]}  in the browser  ${seen[4]}"
} | tee out
diff out - <<'SEEN' || exit 1
                  security key  passkey, flag kept  passkey, flag not kept
py_webauthn       ok            ok                  ok
simplewebauthn    ok            ok                  ok
go-webauthn       ok            ok                  Backup Eligible flag inconsistency detected during login validation
id in its JSON    ++//AQIDBAUGBwgJCgsMDQ==  in the browser  --__AQIDBAUGBwgJCgsMDQ
SEEN
