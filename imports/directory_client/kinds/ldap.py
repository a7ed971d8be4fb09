"""LDAP and Active Directory: find the entry, then bind as it with the password (RFC 4513 §5.1.3).

A bind with an empty password succeeds as “unauthenticated” (§5.1.2) and proves nothing: it is
never sent.
"""

from __future__ import annotations

import re
import ssl
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import ceil
from typing import Any
from urllib.parse import urlsplit

import ldap3
from django.conf import settings
from ldap3.core.exceptions import LDAPException, LDAPOperationResult
from ldap3.utils.conv import escape_filter_chars

from imports.core.outbound.allow_list import DEFAULT_PORTS
from imports.directory_client.contract import (
    Answer,
    Client,
    Connection,
    DirectoryError,
    Exchange,
    FindObjection,
    Verdict,
)
from imports.directory_client.kind import Kind, map_fields
from imports.directory_client.masking import MASK, mask_value
from imports.directory_client.outbound import check_url

SIZE_LIMIT_EXCEEDED, NO_SUCH_OBJECT, INVALID_CREDENTIALS = 4, 32, 49
# The words in Active Directory's “data 773”, said only to who has given the right password
# (learn.microsoft.com: “Common Active Directory Bind Errors”); 775, locked, is said to anybody.
AD_CODE = re.compile(r"data ([0-9a-f]{3})\b")
AD_EXPIRED = frozenset({"532", "773"})
AD_BLOCKED = frozenset({"530", "531", "533", "701"})
BLOCKED_MESSAGE = "Your account is disabled. Contact your administrators."
DEFAULT_FILTER = "(|(uid={identifier})(mail={identifier}))"
# The id that stays the same when name and place change: OpenLDAP's and others', then AD's.
ID_ATTRIBUTES = ("entryUUID", "nsUniqueId", "ipaUniqueID", "objectGUID")
ID = "(id)"


class LdapClient(Client):
    """An LDAP server, searched as a service account or anonymously."""

    kind = Kind(
        name="ldap",
        label="LDAP or Active Directory",
        help_text="The URL is ldaps://host or, with StartTLS, ldap://host. In the filter,"
        " {identifier} stands for what the user typed. The filter must find one entry. For Active"
        " Directory: (|(sAMAccountName={identifier})(userPrincipalName={identifier})"
        "(mail={identifier})).",
        mapping=map_fields(
            {
                ID: "subject_id",
                "uid": "profile.username",
                "mail": "profile.email",
                "givenName": "profile.given_name",
                "sn": "profile.family_name",
                "displayName": "profile.display_name",
            }
        ),
        schemes=("ldaps", "ldap"),
        required=("base_dn",),
        can_look_up=True,
    )

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.exchanges: list[Exchange] = []

    def verify(self, identifier: str, password: str) -> Answer:
        return self.verify_person(identifier, password, lambda profile: "")

    def verify_person(self, identifier: str, password: str, objection: FindObjection) -> Answer:
        """Bind as the very entry that was looked at, and as no other."""
        if not password:
            return Answer(Verdict.REFUSED)
        entry = self._find(identifier)
        if entry is None:
            return Answer(Verdict.UNKNOWN_USER)
        if reason := objection(entry):
            return Answer(Verdict.OTHER_PERSON, detail=reason)
        return self._bind_as(entry, password)

    def look_up(self, identifier: str) -> Answer:
        entry = self._find(identifier)
        return Answer(Verdict.FOUND, entry) if entry else Answer(Verdict.UNKNOWN_USER)

    def _find(self, identifier: str) -> dict[str, Any] | None:
        template = self._connection.user_filter or DEFAULT_FILTER
        wanted = template.replace("{identifier}", escape_filter_chars(identifier))
        started = time.monotonic()
        with self._connected(self._connection.bind_dn, self._connection.secret) as server:
            if not server.bind():
                raise DirectoryError(f"The service account cannot bind: {_describe(server)}.")
            server.search(
                self._connection.base_dn,
                wanted,
                attributes=[ldap3.ALL_ATTRIBUTES, ldap3.ALL_OPERATIONAL_ATTRIBUTES],
                size_limit=2,
                time_limit=ceil(self._connection.timeout),
            )
            result = server.result["result"]
            if result not in {0, SIZE_LIMIT_EXCEEDED, NO_SUCH_OBJECT}:
                raise DirectoryError(f"The search failed: {_describe(server)}.")
            found = [item for item in server.response or [] if item["type"] == "searchResEntry"]
        entries = [_read_entry(item) for item in found]
        self._note(f"search {self._connection.base_dn}\n{wanted}", entries, started)
        # A server with a limit of its own may send one of several.
        if len(entries) > 1 or result == SIZE_LIMIT_EXCEEDED:
            raise DirectoryError(
                "The filter finds more than one entry for this user: narrow it, so that it finds"
                " one at most."
            )
        return entries[0] if entries else None

    def _bind_as(self, entry: dict[str, Any], password: str) -> Answer:
        started = time.monotonic()
        with self._connected(entry["(dn)"], password) as server:
            is_right = server.bind()
            result, text = server.result["result"], str(server.result.get("message", ""))
            outcome = _describe(server)
        self._note(f"bind {entry['(dn)']}\npassword: {MASK}", outcome, started)
        if is_right:
            return Answer(Verdict.MIGRATE, entry)
        if result != INVALID_CREDENTIALS:
            raise DirectoryError(f"The bind failed: {outcome}.")
        found = AD_CODE.search(text)
        code = found[1] if found else ""
        if code in AD_EXPIRED:
            return Answer(Verdict.REQUIRE_NEW_PASSWORD, entry, detail=f"data {code}")
        if code in AD_BLOCKED:
            return Answer(Verdict.BLOCKED, message=BLOCKED_MESSAGE, detail=f"data {code}")
        return Answer(Verdict.WRONG_PASSWORD, detail=f"data {code}" if code else "")

    @contextmanager
    def _connected(self, user: str, password: str) -> Iterator[Any]:
        """Open a connection that is not bound yet, over TLS unless the server is this machine."""
        url = self._connection.url
        start_tls = self._connection.start_tls
        check_url(url, schemes=self.kind.schemes, start_tls=start_tls)
        parts = urlsplit(url)
        server = ldap3.Server(
            parts.hostname,
            port=parts.port or DEFAULT_PORTS[parts.scheme],
            use_ssl=parts.scheme == "ldaps",
            tls=VerifiedTls(self._connection.timeout),
            get_info=ldap3.NONE,
            connect_timeout=self._connection.timeout,
        )
        connection = ldap3.Connection(
            server,
            user=user or None,
            password=password if user else None,
            authentication=ldap3.SIMPLE if user else ldap3.ANONYMOUS,
            receive_timeout=ceil(self._connection.timeout),
            auto_referrals=False,
            read_only=True,
            raise_exceptions=False,
        )
        try:
            connection.open(read_server_info=False)
            if start_tls and parts.scheme == "ldap" and not connection.start_tls(False):
                raise DirectoryError("The server refuses StartTLS.")
            yield connection
        except LDAPOperationResult as error:
            raise DirectoryError(f"The directory refused ({error.description}).") from None
        except (LDAPException, OSError) as error:
            # The text may quote what was sent.
            raise DirectoryError(
                f"The directory did not respond ({type(error).__name__})."
            ) from None
        finally:
            _close(connection)

    def _note(self, request: str, response: object, started: float) -> None:
        shown = response
        if isinstance(response, list):
            shown = "\n".join(str(mask_value(entry)) for entry in response) or "no entry"
        milliseconds = round((time.monotonic() - started) * 1000)
        url = f"{self._connection.url}{' with StartTLS' if self._connection.start_tls else ''}"
        self.exchanges.append(Exchange(f"{url}\n{request}", str(shown)[:4000], milliseconds))


class VerifiedTls(ldap3.Tls):
    """TLS as Python's own `ssl` makes and verifies it, the name of the server included.

    ldap3's checks the name itself, leaves the socket open when that fails, and waits for a
    handshake without end.
    """

    def __init__(self, timeout: float) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._timeout = timeout

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:
        context = ssl.create_default_context(cafile=settings.LEGACY_DIRECTORY_CA_FILE or None)
        connection.socket.settimeout(self._timeout)
        connection.socket = context.wrap_socket(
            connection.socket, server_hostname=connection.server.host
        )


def _close(connection: Any) -> None:
    # Nothing is waited for any more: the connection is dropped either way.
    with suppress(LDAPException, OSError):
        connection.unbind()
    if connection.socket is not None:
        connection.socket.close()


def _describe(server: Any) -> str:
    return f"{server.result['description']} ({server.result['result']})"


def _read_entry(item: dict[str, Any]) -> dict[str, Any]:
    """Return an entry as a row: texts, lists where there are several values, no binary values.

    Columns in parentheses are made here: the id that stays, and the distinguished name.
    """
    raw: dict[str, list[bytes]] = dict(item["raw_attributes"])
    entry: dict[str, Any] = {ID: _find_id(raw), "(dn)": item["dn"]}
    for name, values in raw.items():
        if name.lower() in {"userpassword", "unicodepwd"} or name == "objectGUID":
            continue
        texts = [text for text in map(_to_text, values) if text is not None]
        if texts:
            entry[name] = texts[0] if len(texts) == 1 else texts
    return entry


def _find_id(raw: dict[str, list[bytes]]) -> str | None:
    for name in ID_ATTRIBUTES:
        if values := raw.get(name):
            # Microsoft's order of bytes, as its own tools write it.
            return (
                str(uuid.UUID(bytes_le=values[0])) if name == "objectGUID" else _to_text(values[0])
            )
    return None


def _to_text(value: bytes) -> str | None:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None


CLIENT = LdapClient
