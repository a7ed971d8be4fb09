#!/usr/bin/env bash
# Without the schema, ldap3 returns objectGUID as bytes for some users and as text for others.
#
# Versions: PyPI ldap3 2.9.1 (its MOCK_SYNC strategy, so no server).
# One would guess: an attribute has one Python type, whatever the entry: bytes while ldap3 does not know
#   the schema, the formatted GUID once it does.
# What happens: without the schema each value is decoded as UTF-8, and stays bytes only where that
#   fails. Sixteen bytes that happen to be valid UTF-8 come back as a str of control characters. With
#   the schema of Active Directory objectGUID is the text with braces, `{0011...}`, while
#   mS-DS-ConsistencyGuid, the same kind of value, stays bytes.
# Why it matters: a connection with get_info=NONE, or one that may not read the schema, is common. Code
#   that writes `value.hex()` works for a sample and fails for the users whose bytes decode; code that
#   stringifies gives two users ids of two kinds. Take `raw_attributes` for identifiers.
# Seen:
#   no schema   objectGUID of ada              str
#   no schema   objectGUID of bob              bytes
#   AD schema   objectGUID of ada              {04030201-0605-0807-090a-0b0c0d0e0f10}
#   AD schema   objectGUID of bob              {84838281-8685-8887-898a-8b8c8d8e8f90}
#   AD schema   mS-DS-ConsistencyGuid of ada   bytes
# Needs: python3.
set -euo pipefail
cd "$(mktemp -d)"
trap 'rm -rf "$PWD"' EXIT
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ldap3==2.9.1

cat >search.py <<'PY'
from ldap3 import ALL_ATTRIBUTES, MOCK_SYNC, NONE, OFFLINE_AD_2012_R2, Connection, Server

GUIDS = {"ada": bytes(range(1, 17)), "bob": bytes(range(0x81, 0x91))}
BASE = "dc=example,dc=com"


def show(value) -> str:
    value = value[0] if isinstance(value, list) else value
    return value if isinstance(value, str) and value.isprintable() else type(value).__name__


for label, schema in (("no schema", NONE), ("AD schema", OFFLINE_AD_2012_R2)):
    admin = f"cn=admin,{BASE}"
    server = Server("directory", get_info=schema)
    connection = Connection(server, admin, "secret", client_strategy=MOCK_SYNC)
    connection.strategy.add_entry(admin, {"userPassword": "secret", "sn": "Admin"})
    for name, guid in GUIDS.items():
        attributes = {"sn": "Person", "objectGUID": guid, "mS-DS-ConsistencyGuid": guid}
        connection.strategy.add_entry(f"cn={name},{BASE}", attributes)
    connection.bind()
    connection.search(BASE, "(sn=Person)", attributes=ALL_ATTRIBUTES)
    found = {entry["dn"][3:6]: entry["attributes"] for entry in connection.response}
    asked = [("objectGUID", "ada"), ("objectGUID", "bob")]
    asked += [("mS-DS-ConsistencyGuid", "ada")] if label == "AD schema" else []
    for attribute, name in asked:
        print(label, " ", f"{attribute} of {name}".ljust(28), " ", show(found[name][attribute]))
PY
venv/bin/python search.py | tee out
diff out - <<'SEEN' || exit 1
no schema   objectGUID of ada              str
no schema   objectGUID of bob              bytes
AD schema   objectGUID of ada              {04030201-0605-0807-090a-0b0c0d0e0f10}
AD schema   objectGUID of bob              {84838281-8685-8887-898a-8b8c8d8e8f90}
AD schema   mS-DS-ConsistencyGuid of ada   bytes
SEEN
