"""Firebase's modified scrypt, in the five ways that systems write it down."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from accounts.hashing.contract import Format, Likelihood, Parameter
from accounts.hashing.encodings import Password, read_base64, read_number
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.scrypt import Scrypt, derive_scrypt, raise_two

FIREBASE = "https://github.com/firebase/scrypt"
B64 = r"[\w+/=-]+"


@dataclass(frozen=True, repr=False)
class FirebaseScrypt(Scrypt):
    """scrypt whose output is a key under which the project's signer key is encrypted."""

    signer_key: bytes = b""

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.key) != len(self.signer_key):
            raise HashFormatError("the hash and the signer key differ in length")

    def matches(self, password: Password) -> bool:
        derived = derive_scrypt(self, self.prepare(password), 32)
        encryptor = Cipher(AES(derived), CTR(bytes(16))).encryptor()
        return hmac.compare_digest(encryptor.update(self.signer_key), self.key)


def parse_split(
    text: str,
    *,
    signer_key: str,
    salt_separator: str,
    rounds: str,
    memory_cost: str,
    salt: str,
    parallelism: str = "1",
) -> FirebaseScrypt:
    """Read a hash with the project's parameters: `rounds` is r, and `memory_cost` log2 of N."""
    separator = read_base64(salt_separator, "the salt separator")
    return FirebaseScrypt(
        n=raise_two(read_number(memory_cost, "memory_cost")),
        r=read_number(rounds, "rounds"),
        p=read_number(parallelism, "the parallelism"),
        salt=read_base64(salt, "the salt") + separator,
        key=read_base64(text, "the hash"),
        signer_key=read_base64(signer_key, "the signer key"),
    )


KRATOS_TEXT = re.compile(
    r"\$firescrypt\$ln=([0-9]+),r=([0-9]+),p=([0-9]+)"
    rf"\$({B64})\$({B64})\$({B64})\$({B64})"
)


def parse_kratos(text: str) -> FirebaseScrypt:
    match = KRATOS_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a $firescrypt$ text of ln, r, p and four base64 fields")
    cost, r, p, salt, key, separator, signer_key = match.groups()
    return parse_split(
        key,
        signer_key=signer_key,
        salt_separator=separator,
        rounds=r,
        memory_cost=cost,
        salt=salt,
        parallelism=p,
    )


SUPABASE_TEXT = re.compile(
    rf"\$fbscrypt\$v=1,n=([0-9]+),r=([0-9]+),p=([0-9]+)(?:,ss=({B64}))?,sk=({B64})"
    rf"\$({B64})\$({B64})"
)


def parse_supabase(text: str) -> FirebaseScrypt:
    match = SUPABASE_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a $fbscrypt$ text of version 1")
    cost, r, p, separator, signer_key, salt, key = match.groups()
    return parse_split(
        key,
        signer_key=signer_key,
        salt_separator=separator or "",
        rounds=r,
        memory_cost=cost,
        salt=salt,
        parallelism=p,
    )


SUPERTOKENS_TEXT = re.compile(rf"\$f_scrypt\$({B64})\$({B64})\$m=([0-9]+)\$r=([0-9]+)\$s=({B64})")


def parse_supertokens(text: str, *, signer_key: str) -> FirebaseScrypt:
    match = SUPERTOKENS_TEXT.fullmatch(text)
    if match is None:
        raise HashFormatError("not a $f_scrypt$ text of hash, salt, m, r and s")
    key, salt, cost, rounds, separator = match.groups()
    return parse_split(
        key,
        signer_key=signer_key,
        salt_separator=separator,
        rounds=rounds,
        memory_cost=cost,
        salt=salt,
    )


SIGNER_KEY = Parameter("signer_key", "base64_signer_key of the project's password hash parameters")

FORMATS = (
    Format(
        id="firebase_scrypt",
        label="Firebase scrypt",
        emitted_by="Firebase Authentication, Google Cloud Identity Platform (auth:export)",
        source=FIREBASE,
        hashes=(FirebaseScrypt,),
        parse=parse_split,
        shape=re.compile(r"[A-Za-z0-9+/_-]{86}(==)?"),
        likelihood=Likelihood.SHAPED,
        parameters=(
            SIGNER_KEY,
            Parameter("salt_separator", "base64_salt_separator of the project", default="Bw=="),
            Parameter("rounds", "rounds of the project", default="8"),
            Parameter("memory_cost", "mem_cost of the project", default="14"),
            Parameter("salt", "the user's salt, base64"),
        ),
    ),
    Format(
        id="kratos_firescrypt",
        label="Firebase scrypt in Ory Kratos",
        emitted_by="Ory Kratos",
        source="https://github.com/ory/kratos/blob/master/hash/hash_comparator.go",
        hashes=(FirebaseScrypt,),
        parse=parse_kratos,
        shape=re.compile(r"\$firescrypt\$.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="supabase_fbscrypt",
        label="Firebase scrypt in Supabase",
        emitted_by="Supabase Auth",
        source="https://github.com/supabase/auth/blob/master/internal/crypto/password.go",
        hashes=(FirebaseScrypt,),
        parse=parse_supabase,
        shape=re.compile(r"\$fbscrypt\$.*"),
        likelihood=Likelihood.NAMED,
    ),
    Format(
        id="supertokens_f_scrypt",
        label="Firebase scrypt in SuperTokens",
        emitted_by="SuperTokens",
        source="https://supertokens.com/docs/migration/account-migration",
        hashes=(FirebaseScrypt,),
        parse=parse_supertokens,
        shape=re.compile(r"\$f_scrypt\$.*"),
        likelihood=Likelihood.NAMED,
        parameters=(SIGNER_KEY,),
    ),
)
