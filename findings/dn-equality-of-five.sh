#!/usr/bin/env bash
# Of five DN libraries one finds `CN=Ada` equal to `CN=ada`, and one not even two ways to write a comma.
#
# Versions: PyPI ldap3 2.9.1; npm ldapjs 3.0.7; Go github.com/go-ldap/ldap/v3 v3.4.15; Maven unboundid-ldapsdk
#   7.0.3, api-ldap-model 2.1.7.
# One would guess: a function that parses a DN, makes it safe or compares it, makes the two forms of a comma
#   equal (`\,` of Active Directory, `\2C` of OpenLDAP; RFC 4514 section 2.4), and the case of neither the
#   type nor the name counts, as it counts in no directory.
# What happens: ldap3's safe_dn keeps both forms as they are. ldapjs minds the case of `CN`. The case of the name
#   is minded by all but UnboundID: by go-ldap in `Equal` (there is EqualFold), by Apache's Dn without a
#   schema. UnboundID alone answers yes three times.
# Why it matters: groups are joined to people by the DN in `member`, which a directory stores as somebody once
#   typed it. The memberships that differ in case, or all of those with "Person, Ada", are lost without
#   an error. An example with "ada" passes; compare the number of members before and after.
# Seen:
#                comma  CN and cn  Ada and ada
#   ldap3        false  false      false
#   ldapjs       true   false      false
#   go-ldap      true   true       false
#   UnboundID    true   true       true
#   Apache       true   true       false
# Needs: python3, node, npm, go, java 17 or later, mvn.
set -euo pipefail
source "$(dirname "$0")/with-jars.bash"
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts ldapjs@3.0.7 2>log
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ldap3==2.9.1
export GOPATH="$PWD/go" GOFLAGS=-modcacherw
mkdir names
(cd names && go mod init finding && go get github.com/go-ldap/ldap/v3@v3.4.15) 2>log
fetch_jars com.unboundid:unboundid-ldapsdk:7.0.3 \
  org.apache.directory.api:api-ldap-model:2.1.7

cat >check.py <<'PY'
import sys

from ldap3.utils.dn import safe_dn

names = sys.argv[1:]
for first, second in zip(names[::2], names[1::2]):
    print(str(safe_dn(first) == safe_dn(second)).lower())
PY
cat >check.cjs <<'JS'
const { parseDN } = require('ldapjs')

const names = process.argv.slice(2)
for (let i = 0; i < names.length; i += 2) console.log(parseDN(names[i]).equals(parseDN(names[i + 1])))
JS
cat >names/main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"github.com/go-ldap/ldap/v3"
)

func parse(name string) *ldap.DN {
	dn, err := ldap.ParseDN(name)
	if err != nil {
		panic(err)
	}
	return dn
}

func main() {
	for i := 1; i < len(os.Args); i += 2 {
		fmt.Println(parse(os.Args[i]).Equal(parse(os.Args[i+1])))
	}
}
GO
cat >Check.java <<'JAVA'
import com.unboundid.ldap.sdk.DN;
import org.apache.directory.api.ldap.model.name.Dn;

public class Check {
    public static void main(String[] names) throws Exception {
        for (int i = 0; i < names.length; i += 2) System.out.println(DN.equals(names[i], names[i + 1]));
        for (int i = 0; i < names.length; i += 2)
            System.out.println(new Dn(names[i]).equals(new Dn(names[i + 1])));
    }
}
JAVA
end=',OU=People,DC=example,DC=com'
names=("CN=Person\\, Ada$end" "CN=Person\\2C Ada$end" "CN=Ada$end" "cn=Ada$end" "CN=Ada$end" "CN=ada$end")
row() { printf '%-12s %-6s %-10s %s\n' "$@"; }
mapfile -t python < <(venv/bin/python check.py "${names[@]}")
mapfile -t node < <(node check.cjs "${names[@]}")
mapfile -t go < <(cd names && go mod tidy 2>../log && go run . "${names[@]}")
mapfile -t java < <(java -cp 'lib/*' Check.java "${names[@]}" 2>/dev/null)
{
  row '' comma 'CN and cn' 'Ada and ada'
  row ldap3 "${python[@]}"
  row ldapjs "${node[@]}"
  row go-ldap "${go[@]}"
  row UnboundID "${java[@]:0:3}"
  row Apache "${java[@]:3:3}"
} | tee out
diff out - <<'SEEN' || exit 1
             comma  CN and cn  Ada and ada
ldap3        false  false      false
ldapjs       true   false      false
go-ldap      true   true       false
UnboundID    true   true       true
Apache       true   true       false
SEEN
