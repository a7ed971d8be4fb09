"""SCRAM (RFC 5802): what servers keep of a password to be proved to, in the texts of several.

They keep the stored key, a digest of a key, and the server key; or, as passlib, the salted
password itself. Each of them follows from the password, and tells whether one is right.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass

from passlib.utils import saslprep

from accounts.hashing.contract import USERNAME, Bound, Format, Likelihood, Parameter, ParsedHash
from accounts.hashing.costs import PBKDF2, Cost
from accounts.hashing.digests import DIGEST_SIZES, compute_digest, read_digest_name
from accounts.hashing.encodings import (
    READERS,
    Password,
    encode_password,
    read_base64,
    read_bytes,
    read_hex,
    read_number,
    read_text,
)
from accounts.hashing.errors import HashFormatError
from accounts.hashing.fields import Fields, compact_json, read_fields

RFC = "RFC 5802 and RFC 7677"
DIGESTS = ("sha1", "sha256", "sha512")


def list_spellings(password: Password) -> list[bytes]:
    """Return a password after SASLprep (RFC 4013) and as it was typed, where that is another.

    Not all servers prepare it, and PostgreSQL takes as it is what SASLprep forbids.
    """
    typed = encode_password(password)
    text = password if isinstance(password, str) else password.decode("utf-8", "surrogateescape")
    try:
        prepared = encode_password(saslprep(text))
    except ValueError:
        return [typed]
    return list(dict.fromkeys((prepared, typed)))


@dataclass(frozen=True, repr=False)
class Scram(ParsedHash):
    """A key of SCRAM; `kind` says which: stored, server, or salted for the salted password."""

    digest: str
    iterations: int
    salt: bytes
    key: bytes
    kind: str
    spell: Callable[[Password], list[bytes]] = list_spellings

    bounds = (
        Bound("iterations", 1, 2**31 - 1, "OpenSSL takes a 32-bit number", weak_below=10_000),
    )
    cost_formula = (
        f"2 * iterations * {PBKDF2['sha1']} (SHA-1), {PBKDF2['sha256']} (SHA-256),"
        f" {PBKDF2['sha512']} (SHA-512) µs"
    )

    def __post_init__(self) -> None:
        if len(self.key) != DIGEST_SIZES[self.digest]:
            raise HashFormatError("the key length does not match its digest")
        if self.kind not in KEYS:
            raise HashFormatError(f"the key must be one of {', '.join(KEYS)}")

    def summarize(self) -> dict[str, str | int]:
        return {
            "prf": f"HMAC-{self.digest.upper().replace('_', '-')}",
            "iterations": self.iterations,
        }

    def estimate(self, password_bytes: int) -> Cost:
        return Cost(2 * self.iterations * PBKDF2[self.digest] / 1e6)

    def matches(self, password: Password) -> bool:
        return any(map(self._matches_bytes, self.spell(password)))

    def _matches_bytes(self, secret: bytes) -> bool:
        salted = hashlib.pbkdf2_hmac(self.digest, secret, self.salt, self.iterations)
        return hmac.compare_digest(KEYS[self.kind](self.digest, salted), self.key)


KEYS: dict[str, Callable[[str, bytes], bytes]] = {
    "stored": lambda digest, salted: compute_digest(
        digest, hmac.digest(salted, b"Client Key", digest)
    ),
    "server": lambda digest, salted: hmac.digest(salted, b"Server Key", digest),
    "salted": lambda digest, salted: salted,
}

PASSLIB_TEXT = re.compile(r"\$scram\$([0-9]+)\$([^$]+)\$([^$]+)")


def parse_passlib(text: str) -> Scram:
    """Read passlib's SCRAM text: one key for each digest, of which the longest is verified."""
    match = PASSLIB_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a $scram$ text of rounds, salt and keys")
    rounds, salt, pairs = match.groups()
    named = dict(pair.partition("=")[::2] for pair in pairs.split(","))
    keys = {read_digest_name(name): read_base64(key, "a key") for name, key in named.items()}
    if any(len(key) != DIGEST_SIZES[digest] for digest, key in keys.items()):
        raise HashFormatError("the key length does not match its digest")
    digest = max(keys, key=lambda name: DIGEST_SIZES[name])
    return Scram(
        digest,
        read_number(rounds, "the number of rounds"),
        read_base64(salt, "the salt"),
        keys[digest],
        "salted",
    )


def make_stored(digest: str, iterations: str, salt: str, stored: str, server: str) -> Scram:
    """Describe the stored key; the server key, given beside it, has to be whole as well."""
    if len(read_base64(server, "the server key")) != DIGEST_SIZES[digest]:
        raise HashFormatError("the key length does not match its digest")
    return Scram(
        digest,
        read_number(iterations, "the iteration count"),
        read_base64(salt, "the salt"),
        read_base64(stored, "the stored key"),
        "stored",
    )


def find_digest(key: str) -> str:
    """Return the digest of which a key in base64 has the length."""
    size = len(read_base64(key, "the stored key"))
    for name in DIGESTS:
        if DIGEST_SIZES[name] == size:
            return name
    raise HashFormatError("the stored key has the length of no digest")


POSTGRES_TEXT = re.compile(r"SCRAM-SHA-256\$([0-9]+):([^$:]*)\$([^:]+):(.+)")


def parse_postgres(text: str) -> Scram:
    """Read `SCRAM-SHA-256$<iterations>:<salt>$<stored key>:<server key>` of pg_authid."""
    match = POSTGRES_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a SCRAM-SHA-256$ text of iterations, salt and two keys")
    return make_stored("sha256", *match.groups())


DOVECOT_TEXT = re.compile(r"\{SCRAM-(SHA-(?:1|256|512))\}([0-9]+),([^,]*),([^,]+),([^,]+)", re.I)


def parse_dovecot(text: str) -> Scram:
    """Read `{SCRAM-SHA-256}<iterations>,<salt>,<stored key>,<server key>`."""
    match = DOVECOT_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a {SCRAM-…} text of iterations, salt and two keys")
    digest, *parts = match.groups()
    return make_stored(read_digest_name(digest), *parts)


KAFKA_NAMES = frozenset({"salt", "stored_key", "server_key", "iterations"})


def parse_kafka(text: str) -> Scram:
    """Read `salt=…,stored_key=…,server_key=…,iterations=4096` of Kafka's broker metadata."""
    given = dict(part.strip().partition("=")[::2] for part in text.split(","))
    if given.keys() != KAFKA_NAMES:
        raise HashFormatError(f"not {', '.join(sorted(KAFKA_NAMES))}")
    return make_stored(
        find_digest(given["stored_key"]),
        given["iterations"],
        given["salt"],
        given["stored_key"],
        given["server_key"],
    )


EJABBERD_TEXT = re.compile(r"scram:(?:sha\d+:)?([^:]+):([^:]+):([^:]*):([0-9]+)")
MONGOOSEIM_TEXT = re.compile(r"==SCRAM==,([^,]+),([^,]+),([^,]*),([0-9]+)")
MULTI_TEXT = re.compile(r"==MULTI_SCRAM==,([^,]*),([0-9]+)((?:,={2,3}SHA\d+={2,3}[^,|]+\|[^,|]+)+)")
MULTI_KEY = re.compile(r",={2,3}(SHA\d+)={2,3}([^,|]+)\|([^,|]+)")
JOHN_TEXT = re.compile(r"\$xmpp-scram\$0\$([0-9]+)\$[0-9]+\$([0-9a-f]*)\$([0-9a-f]{40})")


def parse_xmpp(text: str) -> Scram:
    """Read a text of ejabberd (XEP-0227 exports), MongooseIM or John the Ripper."""
    if match := EJABBERD_TEXT.fullmatch(text) or MONGOOSEIM_TEXT.fullmatch(text):
        stored, server, salt, iterations = match.groups()
        return make_stored(find_digest(stored), iterations, salt, stored, server)
    if match := MULTI_TEXT.fullmatch(text):
        salt, iterations, keys = match.groups()
        digest, stored, server = MULTI_KEY.findall(keys)[-1]
        return make_stored(read_digest_name(digest), iterations, salt, stored, server)
    if match := JOHN_TEXT.fullmatch(text):
        iterations, salt, stored = match.groups()
        return Scram(
            "sha1",
            read_number(iterations, "the iteration count"),
            read_hex(salt, "the salt"),
            read_hex(stored, "the stored key"),
            "stored",
        )
    raise HashFormatError("not a SCRAM text of salt, iterations and keys")


MONGODB_TEXT = re.compile(r"\$scram\$([^$]+)\$([0-9]+)\$([^$]+)\$([^$]+)")
HASHCAT_TEXT = re.compile(r"\$mongodb-scram\$\*([01])\*([^*]*)\*([0-9]+)\*([^*]+)\*([^*]+)")


def parse_mongodb(text: str, *, username: str) -> Scram:
    """Read the `credentials` of a document of system.users, or the texts of password crackers.

    With SHA-1 the password is the MD5 of name, "mongo" and password between colons.
    """
    if match := MONGODB_TEXT.fullmatch(text):
        name, iterations, salt, stored = match.groups()
        return make_mongodb("sha1", name, iterations, salt, stored, "stored")
    if match := HASHCAT_TEXT.fullmatch(text):
        kind, encoded, iterations, salt, server = match.groups()
        name = read_base64(encoded, "the name").decode("utf-8", "replace")
        return make_mongodb(DIGESTS[int(kind)], name, iterations, salt, server, "server")
    fields = read_fields(text)
    fields = fields.fields("credentials") if fields.has("credentials") else fields
    digest = "sha256" if fields.has("SCRAM-SHA-256") else "sha1"
    return read_mongodb(
        fields.fields(f"SCRAM-{digest.upper().replace('SHA', 'SHA-')}"), digest, username
    )


def read_mongodb(fields: Fields, digest: str, username: str) -> Scram:
    return make_mongodb(
        digest,
        username,
        fields.text("iterationCount"),
        fields.text("salt"),
        fields.text("storedKey"),
        "stored",
    )


def make_mongodb(
    digest: str, username: str, iterations: str, salt: str, key: str, kind: str
) -> Scram:
    if digest == "sha1" and not username:
        raise HashFormatError("SCRAM-SHA-1 of MongoDB is of the user name, too: map it")
    name = read_text(username, "the name")

    def spell(password: Password) -> list[bytes]:
        joined = b"%s:mongo:%s" % (name, encode_password(password))
        return [compute_digest("md5", joined).hex().encode()]

    return Scram(
        digest,
        read_number(iterations, "the iteration count"),
        read_base64(salt, "the salt"),
        read_base64(key, "the key"),
        kind,
        spell if digest == "sha1" else list_spellings,
    )


def parse_raw(
    text: str,
    *,
    digest: str,
    iterations: str,
    salt: str,
    salt_encoding: str,
    hash_encoding: str,
    key: str,
) -> Scram:
    return Scram(
        read_digest_name(digest),
        read_number(iterations, "the iteration count"),
        read_bytes(salt, salt_encoding, "the salt"),
        read_bytes(text, hash_encoding, "the hash"),
        key,
    )


FORMATS = (
    Format(
        id="scram",
        label="SCRAM, text of passlib",
        emitted_by="XMPP and other SASL servers on passlib",
        source=f"{RFC}, https://passlib.readthedocs.io/en/stable/lib/passlib.hash.scram.html",
        hashes=(Scram,),
        parse=parse_passlib,
        shape=re.compile(r"\$scram\$[0-9]+\$[^$]*(\$[^$]*)?"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="scram_postgres",
        label="SCRAM of PostgreSQL",
        emitted_by="PostgreSQL from 10 (pg_authid.rolpassword)",
        source="https://www.postgresql.org/docs/current/catalog-pg-authid.html",
        hashes=(Scram,),
        parse=parse_postgres,
        shape=re.compile(r"SCRAM-SHA-256\$.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="scram_dovecot",
        label="SCRAM of Dovecot",
        emitted_by="Dovecot (doveadm pw -s SCRAM-SHA-256)",
        source="https://doc.dovecot.org/main/core/config/auth/schemes.html",
        hashes=(Scram,),
        parse=parse_dovecot,
        shape=re.compile(r"(?i:\{SCRAM-SHA-\d+\}).*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="scram_kafka",
        label="SCRAM of Apache Kafka",
        emitted_by="Apache Kafka (kafka-configs --describe, ZooKeeper)",
        source="https://kafka.apache.org/documentation/#security_sasl_scram",
        hashes=(Scram,),
        parse=parse_kafka,
        shape=re.compile(r"(?=.*stored_key=)(?=.*server_key=)[a-z_]+=[^,]+(,\s*[a-z_]+=[^,]+){3}"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="scram_xmpp",
        label="SCRAM of XMPP servers",
        emitted_by="ejabberd, MongooseIM",
        source="XEP-0227 and https://esl.github.io/MongooseDocs/latest/developers-guide/SCRAM-"
        "serialization/",
        hashes=(Scram,),
        parse=parse_xmpp,
        shape=re.compile(
            r"scram:(sha\d+:)?[^:]+:[^:]+:[^:]*:[0-9]+|==(MULTI_)?SCRAM==,.*|\$xmpp-scram\$.*"
        ),
        likelihood=Likelihood.NAMED,
        notes="Prosody keeps the parts in fields of their own: see scram_raw.",
    ),
    Format(
        id="scram_mongodb",
        label="SCRAM of MongoDB",
        emitted_by="MongoDB (system.users, credentials)",
        source="https://github.com/mongodb/specifications/blob/master/source/auth/auth.md",
        hashes=(Scram,),
        parse=parse_mongodb,
        shape=re.compile(
            r'\{(?=.*"SCRAM-SHA-(1|256)")(?=.*"storedKey").*\}|\$mongodb-scram\$.*'
            r"|\$scram\$[^$]+\$[0-9]+\$[^$]+\$[^$]+",
            re.DOTALL,
        ),
        likelihood=Likelihood.NAMED,
        parameters=(USERNAME.with_default(""),),
        canonical=compact_json,
        notes="SCRAM-SHA-1 is of the user name and the password, so it needs the user name.",
    ),
    Format(
        id="scram_raw",
        label="SCRAM with separate parameters",
        emitted_by="Prosody (stored_key, salt and iteration_count), ejabberd (SQL)",
        source=RFC,
        hashes=(Scram,),
        parse=parse_raw,
        shape=re.compile(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|[\w+/-]{27}=|[\w+/-]{43}="),
        likelihood=Likelihood.PLAIN,
        parameters=(
            Parameter("digest", "the digest", default="sha1", choices=DIGESTS),
            Parameter("iterations", "the iteration count", default="4096"),
            Parameter("salt", "the user's salt, as in the source system"),
            Parameter(
                "salt_encoding", "the encoding of the salt", "base64", choices=tuple(READERS)
            ),
            Parameter("hash_encoding", "the encoding of the key", "base64", choices=tuple(READERS)),
            Parameter("key", "which key the hash is", default="stored", choices=tuple(KEYS)),
        ),
        notes="Prosody writes keys in hex and uses the salt as text.",
    ),
)
