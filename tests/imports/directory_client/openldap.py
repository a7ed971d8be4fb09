"""An OpenLDAP server for one test: its own folder, its own ports, nothing of the system's."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.imports.directory_client.certificates import Certificates

BASE = "dc=example,dc=com"
SERVICE, SERVICE_PASSWORD = f"cn=userferry,{BASE}", "the service account's"
PASSWORD = "Lighthouse-Keeper-3"
CONFIGURATION = """
include {schema}/core.schema
include {schema}/cosine.schema
include {schema}/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
TLSCACertificateFile {certificates.authority}
TLSCertificateFile {certificates.certificate}
TLSCertificateKeyFile {certificates.key}
database mdb
maxsize 10485760
suffix "{base}"
rootdn "cn=admin,{base}"
directory {folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{service}" read by * none
"""
ENTRIES = """
dn: {base}
objectClass: dcObject
objectClass: organization
dc: example
o: Example

dn: {service}
objectClass: applicationProcess
objectClass: simpleSecurityObject
cn: userferry
userPassword: {service_password}

dn: uid=ada,{base}
objectClass: inetOrgPerson
uid: ada
cn: Ada Lovelace
sn: Lovelace
givenName: Ada
mail: ada@example.com
jpegPhoto:: /9j/4AAQSkZJRg==
userPassword: {password}

dn: uid=bob,{base}
objectClass: inetOrgPerson
uid: bob
cn: Bob Kahn
sn: Kahn
mail: bob@example.com
mail: shared@example.com
userPassword: {password}

dn: uid=eve,{base}
objectClass: inetOrgPerson
uid: eve
cn: Eve Adams
sn: Adams
mail: eve@example.com
mail: shared@example.com
userPassword: {password}
"""


@dataclass(frozen=True)
class OpenLdap:
    """The addresses of a running server; the plain one also speaks StartTLS."""

    plain: str
    encrypted: str


def find_program(name: str) -> str:
    path = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path is None:
        reason = "no OpenLDAP server: install the package slapd"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return path


@contextmanager
def running_openldap(folder: Path, certificates: Certificates) -> Iterator[OpenLdap]:
    slapd = find_program("slapd")
    (folder / "data").mkdir()
    configuration = folder / "slapd.conf"
    configuration.write_text(
        CONFIGURATION.format(
            schema="/etc/ldap/schema",
            folder=folder,
            base=BASE,
            service=SERVICE,
            certificates=certificates,
        )
    )
    entries = ENTRIES.format(
        base=BASE, service=SERVICE, service_password=SERVICE_PASSWORD, password=PASSWORD
    )
    subprocess.run(  # noqa: S603
        [find_program("slapadd"), "-f", str(configuration)],
        input=entries.encode(),
        check=True,
        capture_output=True,
    )
    ports = find_free_ports()
    found = OpenLdap(f"ldap://127.0.0.1:{ports[0]}", f"ldaps://127.0.0.1:{ports[1]}")
    addresses = f"{found.plain} {found.encrypted}"
    command = [slapd, "-f", str(configuration), "-h", addresses, "-d", "0"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            wait_for(ports[1])
            yield found
        finally:
            process.terminate()


def find_free_ports() -> list[int]:
    with socket.socket() as first, socket.socket() as second:
        for each in (first, second):
            each.bind(("127.0.0.1", 0))
        return [first.getsockname()[1], second.getsockname()[1]]


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError("slapd does not answer.")
