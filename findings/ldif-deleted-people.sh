#!/usr/bin/env bash
# Three of six LDIF readers give out a deletion as a person, or the people of a change file as nothing.
#
# Versions: PyPI ldif 4.3.0; npm ldif 0.5.1; Go github.com/go-ldap/ldif 20250910174327-aa3bc3095c92; Maven
#   com.unboundid:unboundid-ldapsdk 7.0.3, org.springframework.ldap:spring-ldap-ldif-core 4.1.2,
#   org.apache.directory.api:api-ldap-model 2.1.7.
# One would guess: a reader of LDIF knows both kinds of file of RFC 2849, entries and changes; or it refuses a
#   record with `changetype: delete`.
# What happens: the package for Python and UnboundID's `readEntry` return the deletion and the renaming as
#   entries, whose attributes are `changetype`, `newrdn` and so on. Spring's getRecord returns null for all
#   three, the added person too. Go's reader knows no modrdn and ends the file there. The one for Node and
#   Apache's tell the kind; so does UnboundID's `readLDIFRecord`.
# Why it matters: what directories write as their log of changes, and many a script that built them, is this kind
#   of file. An import takes bob, who is to be deleted, for a person with nothing but a DN and brings him
#   back. A file that is to hold entries has to be searched for `changetype:` first.
# Seen:
#                        add ada  delete bob  modrdn eve
#   python ldif          entry    entry       entry
#   node ldif            change   change      change
#   Go ldif              change   change      error
#   UnboundID readEntry  entry    entry       entry
#   Spring               null     null        null
#   Apache               change   change      change
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
fetch_jars com.unboundid:unboundid-ldapsdk:7.0.3 org.springframework.ldap:spring-ldap-ldif-core:4.1.2 \
  org.apache.directory.api:api-ldap-model:2.1.7

cat >changes.ldif <<'LDIF'
version: 1

dn: uid=ada,dc=example,dc=com
changetype: add
objectClass: inetOrgPerson
uid: ada
cn: Ada Person
sn: Person

dn: uid=bob,dc=example,dc=com
changetype: delete

dn: uid=eve,dc=example,dc=com
changetype: modrdn
newrdn: uid=eva
deleteoldrdn: 1
LDIF
cat >check.py <<'PY'
from ldif import LDIFParser

with open("changes.ldif", "rb") as file:
    for dn, entry in LDIFParser(file).parse():
        if dn is not None:  # the line with the version
            print("entry" if "changetype" in entry else "change")
PY
cat >check.cjs <<'JS'
for (const record of require('ldif').parseFile('changes.ldif').entries)
  console.log(['add', 'delete', 'modrdn'].includes(record.type) ? 'change' : 'entry')
JS
cat >reader/main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/go-ldap/ldif"
)

func main() {
	file, err := os.Open("../changes.ldif")
	if err != nil {
		panic(err)
	}
	var read ldif.LDIF
	err = ldif.Unmarshal(file, &read)
	for _, record := range read.Entries {
		if record.Entry != nil {
			fmt.Println("entry")
		} else {
			fmt.Println("change")
		}
	}
	if err != nil {
		fmt.Println("error")
	}
}
GO
cat >Check.java <<'JAVA'
import com.unboundid.ldif.LDIFReader;
import java.io.File;
import org.apache.directory.api.ldap.model.ldif.LdifEntry;
import org.apache.directory.api.ldap.model.ldif.LdifReader;
import org.springframework.ldap.ldif.parser.LdifParser;

public class Check {
    public static void main(String[] names) throws Exception {
        try (LDIFReader reader = new LDIFReader("changes.ldif")) {
            for (var entry = reader.readEntry(); entry != null; entry = reader.readEntry())
                System.out.println(entry.hasAttribute("changetype") ? "entry" : "change");
        }
        LdifParser parser = new LdifParser(new File("changes.ldif"));
        parser.open();
        while (parser.hasMoreRecords()) System.out.println(parser.getRecord() == null ? "null" : "entry");
        parser.close();
        try (LdifReader reader = new LdifReader(new File("changes.ldif"))) {
            for (LdifEntry record : reader) System.out.println(record.isLdifChange() ? "change" : "entry");
        }
    }
}
JAVA
row() { printf '%-20s %-8s %-11s %s\n' "$@"; }
mapfile -t python < <(venv/bin/python check.py)
mapfile -t node < <(node check.cjs)
mapfile -t go < <(cd reader && go mod tidy 2>../log && go run .)
mapfile -t java < <(java -cp 'lib/*' Check.java 2>/dev/null)
{
  row '' 'add ada' 'delete bob' 'modrdn eve'
  row 'python ldif' "${python[@]}"
  row 'node ldif' "${node[@]}"
  row 'Go ldif' "${go[@]}"
  row 'UnboundID readEntry' "${java[@]:0:3}"
  row Spring "${java[@]:3:3}"
  row Apache "${java[@]:6}"
} | tee out
diff out - <<'SEEN' || exit 1
                     add ada  delete bob  modrdn eve
python ldif          entry    entry       entry
node ldif            change   change      change
Go ldif              change   change      error
UnboundID readEntry  entry    entry       entry
Spring               null     null        null
Apache               change   change      change
SEEN
