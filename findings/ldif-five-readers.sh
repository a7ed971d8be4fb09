#!/usr/bin/env bash
# Five LDIF readers, one record with an empty value and a trailing space: three readings.
#
# Versions: PyPI ldif 4.3.0, npm ldif 0.5.1, Go github.com/go-ldap/ldif 20250910174327-aa3bc3095c92, Maven
#   com.unboundid:unboundid-ldapsdk 7.0.3 and org.apache.directory.api:api-ldap-model 2.1.7.
# One would guess: LDIF is so old and small that all read alike. RFC 2849 allows an empty value (`title:`), and
#   one that ends in a space, for which base64 is only recommended.
# What happens: two readers end the whole file at the empty value, one of them with a TypeError. The trailing
#   space is kept by two, removed by two, and refused by UnboundID, which calls it illegal.
# Why it matters: who tries the export in one tool and imports it with another finds records missing, or
#   `uid=ada ` beside `uid=ada`. Read the file with the reader that will do the work, and count the records.
# Seen:
#                   empty title                         trailing space
#   python ldif     ''                                  'ada'
#   npm ldif        refused                             'ada '
#   go-ldap/ldif    refused                             'ada '
#   UnboundID       ''                                  refused
#   Apache          ''                                  'ada'
# Needs: python3, node, npm, go, java 17 or later, mvn.
set -euo pipefail
source "$(dirname "$0")/with-jars.bash"
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts ldif@0.5.1
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ldif==4.3.0
export GOPATH="$PWD/go" GOFLAGS=-modcacherw
mkdir reader
(cd reader && go mod init finding && go get github.com/go-ldap/ldif@v0.0.0-20250910174327-aa3bc3095c92) 2>log
fetch_jars com.unboundid:unboundid-ldapsdk:7.0.3 \
  org.apache.directory.api:api-ldap-model:2.1.7

printf '%s\n' 'dn: cn=Ada,dc=example,dc=com' 'cn: Ada' 'title:' >title.ldif
printf '%s\n' 'dn: cn=Ada,dc=example,dc=com' 'cn: Ada' 'uid: ada ' >uid.ldif
cat >read.py <<'PY'
from ldif import LDIFParser

for name in ("title", "uid"):
    with open(f"{name}.ldif", "rb") as file:
        [(_, ada)] = LDIFParser(file).parse()
    print(f"'{ada[name][0]}'")
PY
cat >read.cjs <<'JS'
const { readFileSync } = require('node:fs')
const { parse } = require('ldif')

for (const name of ['title', 'uid']) {
  try {
    const [ada] = parse(readFileSync(`${name}.ldif`, 'utf8')).entries
    console.log(`'${ada.toObject({}).attributes[name]}'`)
  } catch {
    console.log('refused')
  }
}
JS
cat >reader/main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/go-ldap/ldif"
)

func main() {
	for _, name := range []string{"title", "uid"} {
		file, err := os.Open("../" + name + ".ldif")
		if err != nil {
			panic(err)
		}
		people := ldif.LDIF{}
		if err := ldif.Unmarshal(file, &people); err != nil {
			fmt.Println("refused")
		} else {
			fmt.Printf("'%s'\n", people.Entries[0].Entry.GetAttributeValue(name))
		}
	}
}
GO
cat >Read.java <<'JAVA'
import com.unboundid.ldif.LDIFReader;
import org.apache.directory.api.ldap.model.ldif.LdifReader;

public class Read {
    interface Reader { String read(String name) throws Exception; }

    static void say(Reader reader) {
        for (String name : new String[] {"title", "uid"}) {
            try {
                System.out.println("'" + reader.read(name) + "'");
            } catch (Exception error) {
                System.out.println("refused");
            }
        }
    }

    public static void main(String[] none) {
        say(name -> new LDIFReader(name + ".ldif").readEntry().getAttributeValue(name));
        say(name -> new LdifReader().parseLdifFile(name + ".ldif").get(0).get(name).get().getString());
    }
}
JAVA
row() { printf '%-15s %-35s %s\n' "$@"; }
mapfile -t python < <(venv/bin/python read.py)
mapfile -t node < <(node read.cjs)
mapfile -t go < <(cd reader && go mod tidy 2>../log && go run .)
mapfile -t java < <(java -cp 'lib/*' Read.java 2>/dev/null)
{
  row '' 'empty title' 'trailing space'
  row 'python ldif' "${python[@]}"
  row 'npm ldif' "${node[@]}"
  row go-ldap/ldif "${go[@]}"
  row UnboundID "${java[@]:0:2}"
  row Apache "${java[@]:2:2}"
} | tee out
diff out - <<'SEEN' || exit 1
                empty title                         trailing space
python ldif     ''                                  'ada'
npm ldif        refused                             'ada '
go-ldap/ldif    refused                             'ada '
UnboundID       ''                                  refused
Apache          ''                                  'ada'
SEEN
