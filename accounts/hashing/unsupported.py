"""Hashes of known systems that cannot be verified here, so that a refusal can name the system."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KnownLook:
    """What a hash looks like, of which system it probably is, and why it cannot be used."""

    shape: re.Pattern[str]
    system: str
    reason: str = "its function is not known to Userferry"

    def __str__(self) -> str:
        return f"{self.system}, which cannot be verified here: {self.reason}"


KEPT_ELSEWHERE = "the system that verifies the password is another one"
ENCRYPTED = "the password is encrypted, not hashed, and its key is in the system"
NO_LIBRARY = "no maintained library computes its function"

LOOKS = (
    KnownLook(re.compile(r"\(G[A-Za-z0-9+/]{19,20}\)"), "HCL Domino (Notes 6)", NO_LIBRARY),
    KnownLook(re.compile(r"\(H[A-Za-z0-9+/]{48,50}\)"), "HCL Domino (Notes 8)", NO_LIBRARY),
    KnownLook(re.compile(r"\$PHPS\$[0-9a-f]*\$[0-9a-f]{32}"), "PHPS, a text of password crackers"),
    KnownLook(re.compile(r"\$sspr\$.+"), "NetIQ SSPR or Adobe Experience Manager"),
    KnownLook(re.compile(r"\$pbkdf2-hmac-sha\d+\$.+"), "NetIQ SSPR"),
    KnownLook(re.compile(r"\$solarwinds\$.+"), "SolarWinds Orion"),
    KnownLook(re.compile(r"@[SHm](?:,\d+)?@.+@.+"), "QNX", NO_LIBRARY),
    KnownLook(re.compile(r"\$krb5\w*\$.+"), "Kerberos", "it is a key of Kerberos, not a hash"),
    KnownLook(re.compile(r"\$DCC2\$.+|\$mscash\w*\$.+"), "the Windows cache of domain logons"),
    KnownLook(re.compile(r"n.{5}r.{5}c.{4}s.{5}t.{5}n(?::.*)?"), "Juniper NetScreen (ScreenOS)"),
    KnownLook(re.compile(r"AK1[A-Za-z0-9+/]{43,44}={0,2}"), "Fortinet FortiGate"),
    KnownLook(re.compile(r"SH2[A-Za-z0-9+/]{58,60}={0,2}"), "Fortinet FortiGate"),
    KnownLook(re.compile(r"3u\+UR6n8AgAB[A-Za-z0-9+/=]+"), "Juniper Secure Access (IVE)"),
    KnownLook(re.compile(r"\$racf\$.+"), "IBM RACF", NO_LIBRARY),
    KnownLook(re.compile(r"\$4\$[^$]+\$[./0-9A-Za-z]{80,}"), "DragonFly BSD"),
    KnownLook(re.compile(r"\$keystore\$.+|\$zip2?\$.+"), "an encrypted file, not an account"),
    KnownLook(re.compile(r"otm_sha256:.+"), "Oracle Transportation Management"),
    KnownLook(
        re.compile(r"0x0300[0-9A-Fa-f]{40,}"),
        "SQL Server 2025",
        "its layout has not been published",
    ),
    KnownLook(re.compile(r"[0-9a-f]{136}|[0-9A-F]{136}"), "macOS 10.7 or Citrix NetScaler"),
    KnownLook(re.compile(r"[0-9A-Fa-f]{48}|1[0-9A-Fa-f]{48}"), "macOS 10.4 to 10.6 or NetScaler"),
    KnownLook(re.compile(r"[0-9a-f]{50}"), "ArubaOS"),
    KnownLook(re.compile(r"\$ecryptfs\$.+|\$bitcoin\$.+"), "an encrypted file, not an account"),
    KnownLook(re.compile(r"\{(?:AES|ENC|vault)[^}]*\}.+", re.I), "a vault", ENCRYPTED),
    KnownLook(re.compile(r"\{SASL\}.+", re.I), "a directory with SASL", KEPT_ELSEWHERE),
    KnownLook(re.compile(r"awscognito#.+"), "Amazon Cognito", KEPT_ELSEWHERE),
    KnownLook(re.compile(r'\{"\$crypto".*\}', re.DOTALL), "ForgeRock IDM", ENCRYPTED),
)


def find_look(value: str) -> KnownLook | None:
    """Return the known look of a value that no format reads; None when it is like nothing known."""
    text = value.strip()
    return next((look for look in LOOKS if look.shape.fullmatch(text)), None)
