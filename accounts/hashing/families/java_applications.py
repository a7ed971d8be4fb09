"""Applications and directories on the JVM: Liferay, ForgeRock, Jenkins, SonarQube, Nexus."""

from __future__ import annotations

import re

from accounts.hashing.contract import Format, Likelihood, Parameter
from accounts.hashing.digests import read_digest_name
from accounts.hashing.encodings import read_base64, read_hex, read_number, read_text
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.bcrypt import Bcrypt, parse_bcrypt
from accounts.hashing.families.digest import Digest, add_salt, make_digest
from accounts.hashing.families.pbkdf2 import Pbkdf2

LIFERAY_MARK = re.compile(r"\{?\(?PBKDF2WithHmacSHA1(?:/\d+/\d+)?\)?\}?")
LIFERAY_SALT = 8


def parse_liferay(text: str) -> Pbkdf2:
    """Read base64 of bits of key, rounds, 8 bytes of salt and the key, behind its name or not."""
    blob = read_base64(LIFERAY_MARK.sub("", text, count=1))
    head = 8 + LIFERAY_SALT
    bits = int.from_bytes(blob[:4])
    if bits % 8 or len(blob) != head + bits // 8:
        raise HashFormatError("the length of the value does not match its key")
    return Pbkdf2("sha1", int.from_bytes(blob[4:8]), blob[8:head], blob[head:])


FORGEROCK_TEXT = re.compile(r"\{PBKDF2(?:-HMAC-(SHA\d+))?\}([0-9]+):(.+)", re.IGNORECASE)
FORGEROCK_KEYS = {"sha1": 20, "sha256": 32, "sha512": 64}


def parse_forgerock(text: str) -> Pbkdf2:
    """Read `{PBKDF2-HMAC-SHA256}<rounds>:` and base64 of the key and the salt."""
    match = FORGEROCK_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not {PBKDF2…}, rounds, a colon and a hash")
    name = read_digest_name(match[1] or "sha1")
    blob, size = read_base64(match[3]), FORGEROCK_KEYS.get(name, 0)
    if not size or len(blob) <= size:
        raise HashFormatError("the length of the value does not match its scheme")
    rounds = read_number(match[2], "the number of rounds")
    return Pbkdf2(name, rounds, blob[size:], blob[:size])


JENKINS_PBKDF2 = re.compile(r"\$PBKDF2\$HMACSHA512:([0-9]+):([0-9a-f]*)\$([0-9a-f]+)")
JENKINS_OLD = re.compile(r"([A-Za-z0-9]{1,16}):([0-9a-f]{64})")


def parse_jenkins(text: str) -> Bcrypt | Pbkdf2 | Digest:
    """Read `#jbcrypt:`, `$PBKDF2$` of FIPS mode, or `<salt>:<hash>` from before Jenkins 1.5."""
    if text.startswith("#jbcrypt:"):
        return parse_bcrypt(text.removeprefix("#jbcrypt:"))
    if match := JENKINS_PBKDF2.fullmatch(text):
        rounds, salt, key = match.groups()
        return Pbkdf2(
            "sha512", read_number(rounds, "the number of rounds"), read_hex(salt), read_hex(key)
        )
    if match := JENKINS_OLD.fullmatch(text):
        salt_text, expected = match.groups()
        suffix = read_text(f"{{{salt_text}}}")
        return make_digest("sha256", read_hex(expected), add_salt(suffix, "suffix"))
    raise HashFormatError("not #jbcrypt:, $PBKDF2$ or a salt of six letters and a hash")


SONAR_TEXT = re.compile(r"([0-9]+)\$([A-Za-z0-9+/]+={0,2})")


def parse_sonarqube(text: str, *, salt: str) -> Pbkdf2:
    """Read `crypted_password`: the rounds and the key of PBKDF2 with SHA-512."""
    match = SONAR_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not rounds, a dollar sign and a hash")
    return Pbkdf2(
        "sha512",
        read_number(match[1], "the number of rounds"),
        read_base64(salt, "the salt"),
        read_base64(match[2], "the hash"),
    )


FORMATS = (
    Format(
        id="liferay_pbkdf2",
        label="Liferay",
        emitted_by="Liferay Portal and DXP (User_.password_)",
        source="https://github.com/liferay/liferay-portal, PBKDF2PasswordEncryptor.java",
        hashes=(Pbkdf2,),
        parse=parse_liferay,
        shape=re.compile(
            r"[({]*PBKDF2WithHmacSHA1[^A-Za-z].*|AAAA[oA-Z]AA[A-Za-z0-9+/]{41}|AAAAoA[A-Za-z0-9+/]{42}"
        ),
        likelihood=Likelihood.MARKED,
        notes="The hashes of Liferay's other settings, such as BCRYPT and SSHA, have formats of "
        "their own.",
    ),
    Format(
        id="forgerock_pbkdf2",
        label="ForgeRock, PingDS and OpenDJ",
        emitted_by="ForgeRock Directory Services, PingDS, OpenDJ",
        source="https://github.com/OpenIdentityPlatform/OpenDJ, "
        "AbstractPBKDF2PasswordStorageScheme.java",
        hashes=(Pbkdf2,),
        parse=parse_forgerock,
        shape=re.compile(r"(?i:\{PBKDF2(-HMAC-SHA\d+)?\})[0-9]+:.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="jenkins",
        label="Jenkins",
        emitted_by="Jenkins (HudsonPrivateSecurityRealm)",
        source="https://github.com/jenkinsci/jenkins, HudsonPrivateSecurityRealm.java",
        hashes=(Bcrypt, Pbkdf2, Digest),
        parse=parse_jenkins,
        shape=re.compile(r"#jbcrypt:.*|\$PBKDF2\$HMACSHA512:.*"),
        likelihood=Likelihood.NAMED,
        notes="Declare it for salt:hash of old users.",
    ),
    Format(
        id="sonarqube",
        label="SonarQube",
        emitted_by="SonarQube from 8.1 (users.crypted_password)",
        source="https://github.com/SonarSource/sonarqube, CredentialsLocalAuthentication.java",
        hashes=(Pbkdf2,),
        parse=parse_sonarqube,
        shape=re.compile(r"[0-9]{4,8}\$[A-Za-z0-9+/]{86}=="),
        likelihood=Likelihood.NAMED,
        parameters=(Parameter("salt", "users.salt"),),
    ),
)
