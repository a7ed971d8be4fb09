#!/usr/bin/env bash
# Of two roles in two SAML attributes of one name, two libraries keep the last and a third raises.
#
# Versions: npm @node-saml/node-saml 5.1.0; Go github.com/russellhaering/gosaml2 v0.12.0; PyPI python3-saml 1.16.0.
# One would guess: two `Attribute` elements named Role, with a value each, mean the same as one with two values.
#   Keycloak writes the first form unless "Single Role Attribute" is switched on, most others the second.
# What happens: node-saml and gosaml2 fill a table by name, so the last element replaces those before it.
#   python3-saml raises when the attributes are asked for. With one element of two values all three have both.
#   A person with one role gets it in either form.
# Why it matters: after a change of the identity provider people are signed in with a part of their
#   roles, which part depends on the order, and the first trial user, with one role, sees nothing of it.
#   Compare the roles of somebody who has several, and let the provider write one attribute.
# Seen:
#                  one attribute, two values  two attributes
#   node-saml      reader, writer             writer
#   gosaml2        reader, writer             writer
#   python3-saml   reader, writer             Found an Attribute element with duplicated Name
# Needs: go, node, npm, openssl, python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @node-saml/node-saml@5.1.0 xml-crypto@6.3.2
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check python3-saml==1.16.0
export GOPATH="$PWD/go" GOFLAGS=-modcacherw
mkdir reader
(cd reader && go mod init finding && go get github.com/russellhaering/gosaml2@v0.12.0) 2>log
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=idp.example -days 1 -keyout key.pem -out cert.pem 2>log

cat >make.cjs <<'JS'
const { readFileSync, writeFileSync } = require('node:fs')
const { SignedXml } = require('xml-crypto')

const at = (minutes) => new Date(Date.now() + minutes * 60000).toISOString().slice(0, 19) + 'Z'
const attribute = (values) =>
  `<a:Attribute Name="Role">${values.map((v) => `<a:AttributeValue>${v}</a:AttributeValue>`).join('')}</a:Attribute>`
function makeResponse(attributes) {
  const assertion = `<a:Assertion ID="_assertion" Version="2.0" IssueInstant="${at(0)}">
<a:Issuer>https://idp.example</a:Issuer>
<a:Subject><a:NameID>ada</a:NameID>
<a:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><a:SubjectConfirmationData
 Recipient="https://library.example/acs" NotOnOrAfter="${at(5)}"/></a:SubjectConfirmation></a:Subject>
<a:Conditions NotBefore="${at(-5)}" NotOnOrAfter="${at(5)}"><a:AudienceRestriction>
<a:Audience>https://library.example</a:Audience></a:AudienceRestriction></a:Conditions>
<a:AuthnStatement AuthnInstant="${at(0)}"><a:AuthnContext>
<a:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</a:AuthnContextClassRef>
</a:AuthnContext></a:AuthnStatement>
<a:AttributeStatement>${attributes.map(attribute).join('')}</a:AttributeStatement></a:Assertion>`
  const response = `<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol"
 xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion" ID="_response" Version="2.0" IssueInstant="${at(0)}"
 Destination="https://library.example/acs"><a:Issuer>https://idp.example</a:Issuer>
<p:Status><p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></p:Status>${assertion}</p:Response>`
  const excC14n = 'http://www.w3.org/2001/10/xml-exc-c14n#'
  const signer = new SignedXml({
    privateKey: readFileSync('key.pem'),
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: excC14n,
  })
  const xpath = "//*[local-name(.)='Assertion']"
  signer.addReference({
    xpath,
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', excC14n],
  })
  signer.computeSignature(response, {
    location: { reference: `${xpath}/*[local-name(.)='Issuer']`, action: 'after' },
  })
  return Buffer.from(signer.getSignedXml()).toString('base64')
}
writeFileSync('one', makeResponse([['reader', 'writer']]))
writeFileSync('two', makeResponse([['reader'], ['writer']]))
JS
cat >check.cjs <<'JS'
const { readFileSync } = require('node:fs')
const { SAML } = require('@node-saml/node-saml')

async function main() {
  const saml = new SAML({
    idpCert: readFileSync('cert.pem', 'utf8'), issuer: 'https://library.example',
    callbackUrl: 'https://library.example/acs', wantAuthnResponseSigned: false,
  })
  for (const name of ['one', 'two']) {
    const { profile } = await saml.validatePostResponseAsync({ SAMLResponse: readFileSync(name, 'utf8') })
    console.log([].concat(profile.attributes.Role).join(', '))
  }
}
main()
JS
cat >check.py <<'PY'
import pathlib

from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings

settings = OneLogin_Saml2_Settings({
    "strict": True,
    "sp": {"entityId": "https://library.example",
           "assertionConsumerService": {"url": "https://library.example/acs"}},
    "idp": {"entityId": "https://idp.example", "singleSignOnService": {"url": "https://idp.example/sso"},
            "x509cert": pathlib.Path("cert.pem").read_text()},
})
request = {"https": "on", "http_host": "library.example", "script_name": "/acs"}
for name in ("one", "two"):
    response = OneLogin_Saml2_Response(settings, pathlib.Path(name).read_text())
    try:
        response.is_valid(request, raise_exceptions=True)
        print(", ".join(response.get_attributes()["Role"]))
    except Exception as error:
        print(error)
PY
cat >reader/main.go <<'GO'
package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"strings"

	saml2 "github.com/russellhaering/gosaml2"
	dsig "github.com/russellhaering/goxmldsig"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	block, _ := pem.Decode(must(os.ReadFile("../cert.pem")))
	provider := saml2.SAMLServiceProvider{
		IdentityProviderIssuer:      "https://idp.example",
		AssertionConsumerServiceURL: "https://library.example/acs",
		AudienceURI:                 "https://library.example",
		IDPCertificateStore: &dsig.MemoryX509CertificateStore{
			Roots: []*x509.Certificate{must(x509.ParseCertificate(block.Bytes))},
		},
	}
	for _, name := range []string{"one", "two"} {
		info := must(provider.RetrieveAssertionInfo(string(must(os.ReadFile("../" + name)))))
		fmt.Println(strings.Join(info.Values.GetAll("Role"), ", "))
	}
}
GO
node make.cjs
row() { printf '%-14s %-26s %s\n' "$@"; }
mapfile -t node < <(node check.cjs)
mapfile -t go < <(cd reader && go mod tidy 2>../log && go run .)
mapfile -t python < <(venv/bin/python check.py)
{
  row '' 'one attribute, two values' 'two attributes'
  row node-saml "${node[@]}"
  row gosaml2 "${go[@]}"
  row python3-saml "${python[@]}"
} | tee out
diff out - <<'SEEN' || exit 1
               one attribute, two values  two attributes
node-saml      reader, writer             writer
gosaml2        reader, writer             writer
python3-saml   reader, writer             Found an Attribute element with duplicated Name
SEEN
