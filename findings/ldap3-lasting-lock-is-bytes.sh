#!/usr/bin/env bash
# ldap3 gives a lock that never ends as bytes, where every other lock is a datetime.
#
# Versions: PyPI ldap3 2.9.1, with the schemas of OpenLDAP and 389 Directory Server that it brings.
# One would guess: pwdAccountLockedTime has the syntax of generalized time, so each value is a
#   datetime, or at least a str.
# What happens: `000001010000Z`, by which the password policy draft means "locked until an
#   administrator unlocks", is year 0, which Python has not. The formatter then returns the raw bytes,
#   without an error. 389's accountUnlockTime with the value 0 comes out in the same way.
#   accountExpires of Active Directory with 0, "never", is a datetime, but of the year 1601.
# Why it matters: `isinstance(locked, datetime)`, or a comparison with `locked[0] == "000001010000Z"`,
#   is false exactly for those whom an administrator locked out for good, who then arrive active;
#   `expires < now` is true for accounts that never expire, who then arrive disabled.
# Seen:
#   OpenLDAP  pwdAccountLockedTime  20260102030405Z  datetime 2026-01-02
#   OpenLDAP  pwdAccountLockedTime  000001010000Z    bytes
#   389       accountUnlockTime     20260102030405Z  datetime 2026-01-02
#   389       accountUnlockTime     0                bytes
#   AD        accountExpires        0                datetime 1601-01-01
# Needs: python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ldap3==2.9.1

cat >search.py <<'PY'
from datetime import datetime

import ldap3

BASE = "dc=example,dc=com"
CASES = [
    ("OpenLDAP", ldap3.OFFLINE_SLAPD_2_4, "pwdAccountLockedTime", "20260102030405Z"),
    ("OpenLDAP", ldap3.OFFLINE_SLAPD_2_4, "pwdAccountLockedTime", "000001010000Z"),
    ("389", ldap3.OFFLINE_DS389_1_3_3, "accountUnlockTime", "20260102030405Z"),
    ("389", ldap3.OFFLINE_DS389_1_3_3, "accountUnlockTime", "0"),
    ("AD", ldap3.OFFLINE_AD_2012_R2, "accountExpires", "0"),
]
for label, schema, attribute, value in CASES:
    server = ldap3.Server("directory", get_info=schema)
    admin = f"cn=admin,{BASE}"
    connection = ldap3.Connection(server, admin, "secret", client_strategy=ldap3.MOCK_SYNC)
    connection.strategy.add_entry(admin, {"userPassword": "secret", "sn": "Admin"})
    entry = {"sn": "Person", attribute: value}
    connection.strategy.add_entry(f"cn=ada,{BASE}", entry, validate=False)
    connection.bind()
    connection.search(BASE, "(sn=Person)", attributes=[attribute])
    found = connection.response[0]["attributes"][attribute]
    found = found[0] if isinstance(found, list) else found
    kind = type(found).__name__
    shown = f"datetime {found.date()}" if isinstance(found, datetime) else kind
    print(label.ljust(8), "", attribute.ljust(20), "", value.ljust(15), "", shown)
PY
venv/bin/python search.py | tee out
diff out - <<'SEEN' || exit 1
OpenLDAP  pwdAccountLockedTime  20260102030405Z  datetime 2026-01-02
OpenLDAP  pwdAccountLockedTime  000001010000Z    bytes
389       accountUnlockTime     20260102030405Z  datetime 2026-01-02
389       accountUnlockTime     0                bytes
AD        accountExpires        0                datetime 1601-01-01
SEEN
