#!/usr/bin/env bash
# After an administrator's reset, a bind succeeds and every search of that person fails.
#
# Versions: Debian slapd 2.5.13+dfsg-5 with the overlay ppolicy.
# One would guess: with pwdMustChange and pwdReset: TRUE the bind is refused, as it is with an expired
#   password, or that everything works until the client offers the change.
# What happens: the bind answers 0, success. Only a client that sends the control of the password policy
#   draft is told "Password must be changed". On that connection everything but a change of the
#   password is then refused with 50, insufficientAccess, even reading one's own entry.
# Why it matters: a migration at sign-in binds as the person to check the password and then reads the
#   entry on the same connection. For exactly these people the password is right and the profile
#   "may not be read": it looks like a fault of the access rules. Send the control, or read with a
#   service account, and let these people choose a password before they go on.
# Seen:
#   before the reset: bind 0, own entry 0
#   after the reset:  bind 0, own entry 50
#   with the control: ldap_bind: Success (0); Password must be changed
# Needs: Debian 12, see with-slapd.bash.
set -euo pipefail
settings="overlay ppolicy
ppolicy_default cn=policy,dc=example,dc=com"
source "$(dirname "$0")/with-slapd.bash"
cd "$(mktemp -d)"
start_slapd 2.5.13+dfsg-5

as_admin ldapadd >/dev/null <<LDIF
dn: cn=policy,dc=example,dc=com
objectClass: device
objectClass: pwdPolicy
cn: policy
pwdAttribute: userPassword
pwdMustChange: TRUE

dn: uid=ada,dc=example,dc=com
objectClass: inetOrgPerson
cn: Ada
sn: Person
uid: ada
LDIF
set_password() { as_admin ldappasswd -s "$1" uid=ada,dc=example,dc=com; }
code() { "$@" >/dev/null 2>&1 && echo 0 || echo $?; }
report() {
  echo "$1 bind $(code as_ada "$2" ldapwhoami), own entry $(code as_ada "$2" \
    ldapsearch -b uid=ada,dc=example,dc=com -s base mail)"
}

set_password temporary-Kettle-1
as_ada temporary-Kettle-1 ldappasswd -s own-Kettle-2
{
  report 'before the reset:' own-Kettle-2
  set_password temporary-Kettle-3
  report 'after the reset: ' temporary-Kettle-3
  echo "with the control: $(as_ada temporary-Kettle-3 ldapwhoami -e ppolicy 2>&1 | grep -v ^dn:)"
} | tee seen
diff seen - <<'SEEN' || exit 1
before the reset: bind 0, own entry 0
after the reset:  bind 0, own entry 50
with the control: ldap_bind: Success (0); Password must be changed
SEEN
