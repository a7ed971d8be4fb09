#!/usr/bin/env bash
# One entry of OpenLDAP answers to names that no application would call the same.
#
# Versions: Debian slapd 2.5.13+dfsg-5.
# One would guess: looking a person up by uid or mail is comparison without case.
# What happens: the matching rules prepare both sides (RFC 4518): full-width letters are folded to
#   ordinary ones, runs of spaces count as one, spaces at the ends do not count, and the no-break
#   space is a space. telephoneNumber ignores spaces and hyphens altogether. Accents and "ß" still
#   count, and a soft hyphen does too, although the RFC has it mapped to nothing.
# Why it matters: in a migration at sign-in the directory says yes to each of these spellings. A target
#   that keeps what was typed as the user name, or looks for an existing account by `lower()`, makes a
#   second account of the same person. Take the name from the entry, and recognise people by entryUUID.
# Seen:
#   (uid=ada person)  found
#   (uid=ADA   Person)  found
#   (uid= ada person )  found
#   (uid=ａｄａ person)  found
#   (uid=ada\c2\a0person)  found
#   (uid=adaperson)  -
#   (uid=áda person)  -
#   (uid=ada\c2\ad person)  -
#   (telephoneNumber=+15550100)  found
#   ada person,+1 555-0100
# Needs: Debian 12, see with-slapd.bash.
set -euo pipefail
source "$(dirname "$0")/with-slapd.bash"
cd "$(mktemp -d)"
start_slapd 2.5.13+dfsg-5

as_admin ldapadd >/dev/null <<LDIF
dn: uid=ada person,dc=example,dc=com
objectClass: inetOrgPerson
cn: Ada
sn: Person
uid: ada person
telephoneNumber: +1 555-0100
LDIF
find_by() { as_admin ldapsearch -LLL -b dc=example,dc=com "$1" uid telephoneNumber; }
while read -r filter; do
  found=$(find_by "$filter")
  echo "$filter  $([ -n "$found" ] && echo found || echo -)"
done <<'FILTERS' | tee seen
(uid=ada person)
(uid=ADA   Person)
(uid= ada person )
(uid=ａｄａ person)
(uid=ada\c2\a0person)
(uid=adaperson)
(uid=áda person)
(uid=ada\c2\ad person)
(telephoneNumber=+15550100)
FILTERS
find_by '(uid=ada person)' | sed -n 's/^\(uid\|telephoneNumber\): //p' | paste -sd, | tee -a seen
diff seen - <<'SEEN' || exit 1
(uid=ada person)  found
(uid=ADA   Person)  found
(uid= ada person )  found
(uid=ａｄａ person)  found
(uid=ada\c2\a0person)  found
(uid=adaperson)  -
(uid=áda person)  -
(uid=ada\c2\ad person)  -
(telephoneNumber=+15550100)  found
ada person,+1 555-0100
SEEN
