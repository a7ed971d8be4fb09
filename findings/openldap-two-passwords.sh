#!/usr/bin/env bash
# One entry of OpenLDAP can have two passwords, and both sign in.
#
# Versions: Debian slapd 2.5.13+dfsg-5.
# One would guess: userPassword holds the password; a second value replaces the first, is refused, or is
#   at least not looked at.
# What happens: the attribute is multi-valued (RFC 4519 section 2.41) and a bind succeeds with any of
#   the values: `changetype: modify, add: userPassword`, easily written for `replace`, leaves the
#   person with an old and a new password. slapcat writes both, the newer one last. Only with the
#   overlay for password policies is such a change refused.
# Why it matters: an import that takes the first value takes the *older* password. The person who signs
#   in with the newer one has lost it, and nothing in the import says so. Count the entries with more
#   than one value first; verify against each where the target can.
# Seen:
#   old-Kettle-1   accepted
#   new-Kettle-2   accepted
#   other-Kettle   Invalid credentials (49)
#   slapcat: 2 values of userPassword, the first is the old one
# Needs: Debian 12, see with-slapd.bash.
set -euo pipefail
source "$(dirname "$0")/with-slapd.bash"
cd "$(mktemp -d)"
start_slapd 2.5.13+dfsg-5

old=$(slappasswd -s old-Kettle-1) new=$(slappasswd -s new-Kettle-2)
as_admin ldapadd >/dev/null <<LDIF
dn: uid=ada,dc=example,dc=com
objectClass: inetOrgPerson
cn: Ada
sn: Person
uid: ada
userPassword: $old
LDIF
as_admin ldapmodify >/dev/null <<LDIF
dn: uid=ada,dc=example,dc=com
changetype: modify
add: userPassword
userPassword: $new
LDIF

try() { as_ada "$1" ldapwhoami 2>&1 | sed 's/^dn:.*/accepted/; s/.*: //'; }
for password in old-Kettle-1 new-Kettle-2 other-Kettle; do
  printf '%-14s %s\n' "$password" "$(try "$password" || true)"
done | tee seen
values=$(slapcat -f slapd.conf -a uid=ada -o ldif_wrap=no | sed -n 's/^userPassword:: //p')
first=$(head -1 <<<"$values" | base64 -d)
[ "$first" = "$old" ] && which=old || which=new
echo "slapcat: $(wc -l <<<"$values") values of userPassword, the first is the $which one" | tee -a seen
diff seen - <<'SEEN' || exit 1
old-Kettle-1   accepted
new-Kettle-2   accepted
other-Kettle   Invalid credentials (49)
slapcat: 2 values of userPassword, the first is the old one
SEEN
