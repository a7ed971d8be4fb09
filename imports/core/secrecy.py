"""Decide what may be shown: whether a value, or the name of a column, is or reveals a secret.

Names are judged by words for passwords, keys and codes in many languages. Values are judged by
shape and entropy, so that a hash of a format that is not known here is hidden as well: digests in
hexadecimal or base64, `$…$` and `{SCHEME}` texts, tokens, keys and lists of codes. All places that
show or store values ask this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise
from typing import Any

import orjson

from accounts import hashing
from imports.core.records.targets import list_targets

MASK = "••••••••"
VISIBLE_HASH_START = 6
# Of the values of a column, the share that has to look random for all of them to be hidden.
RANDOM_SHARE = 0.5

SECRET_NAME = re.compile(
    r"passw|passphrase|pwd|hash|digest|secret|salt|otp|recovery|backup.?code|credential|passkey"
    r"|token|securitystamp|mfa|seed"
    # Passwords in other languages, where the word is long enough to be a part of others.
    r"|has[lł]o|heslo|kennwort|wachtwoord|mot_?s?.?de.?passe|contrase[nñ]|salasana|l[oö]senord"
    r"|adgangskode|kodeord|jelsz|lozink|[sş]ifre|parol[aă]|palavra.?passe|palabra.?clave"
    r"|пароль|гасло|лозинк|κωδικ|συνθηματικ|密[码碼]|口令|パスワード|暗証|비밀번호|암호|סיסמ"
    r"|كلمة.?ال?(?:مرور|سر)|رمز.?عبور|गुप्त|รหัสผ่าน|kata.?sandi|m[aậ]t.?kh[aẩ]u|slapta[zž]od"
    r"|geslo"
    # Keys and codes of other kinds.
    r"|(?:api|access|auth|authenticator|private|secret|session|signing|encryption|activation|reset|recover|otp)"
    r"[^a-z0-9]?key"
    r"|(?:activation|reset|verification|confirmation|recover|scratch|auth|security|invite|sms|pin)"
    r"[^a-z0-9]?code"
    r"|(?:security|secret).?answer|geheim",
    re.IGNORECASE,
)
# Whole words of a name, which as a part of others would mean something else.
WORDS_FOR_SECRETS = (
    "pass passe passkode passcode pw pws pwh psw psswd upw pin tan puk mdp senha crypt "
    "crypted encrypted bcrypt argon2 argon2id scrypt pbkdf2 md5 sha sha1 sha256 sha512 ntlm "
    "lm nt lmpw ntpw totp hotp jwt bearer cookie nonce cvv cvc ключ pwhash parole"
)
SECRET_WORDS = frozenset(WORDS_FOR_SECRETS.split())
# “clave” is the word for a password, and for the code of whatever follows.
CLAVE = re.compile(r"(?:^|[\W_])clave(?:$|[\W_]?(?:de[\W_]?)?(?:acceso|secreta|usuario|web))", re.I)
# Columns that say how a secret is kept, not what it is.
SECRET_KIND = re.compile(r"(format|type|algorithm|method|hasher)\W*$", re.IGNORECASE)
# Words of columns that tell of a secret when or whether, in dates and numbers.
WORDS_ABOUT_SECRETS = (
    "at on date time timestamp created changed change updated update modified set reset "
    "expires expiry expiration expire expired last valid used count failed attempts age days "
    "since until history length version policy"
)
ABOUT_SECRETS = frozenset(WORDS_ABOUT_SECRETS.split())
# The last word of a name for ids, in lower case; run together with others if it is one of these.
WORDS_FOR_IDS = (
    "id ids uid uuid guid oid sub subject pk ref reference key kid number nr no num sid dn "
    "rid etag checksum fingerprint"
)
ID_WORDS = frozenset(WORDS_FOR_IDS.split())
ID_ENDING = re.compile(
    r"(?:object|user|unique|entry|ext|external|internal|local|source|account|subject|person"
    r"|customer|member|tenant|client|profile|record|parent|immutable|consistency)_?"
    r"(?:id|guid|uuid|sid)s?$",
    re.IGNORECASE,
)
# Names of columns in which what looks random is a name, an agent of a browser and the like.
PROSE = re.compile(
    r"name|login|mail|title|department|company|organi|city|street|address|descr|note|comment"
    r"|country|role|group|team|locale|zone|url|picture|photo|avatar|phone|mobile|agent",
    re.IGNORECASE,
)
HARMLESS = {
    "boolean": re.compile(r"true|false|yes|no|ja|nein|oui|non|[01tfyn]", re.IGNORECASE),
    "email": re.compile(r"[^\s@:]+@[^\s@:]+\.[^\s@:]+"),
    "uuid": re.compile(r"\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?", re.IGNORECASE),
    "date": re.compile(
        r"\d{4}-\d\d-\d\d(?:[T ][\d:.,+\-Z ]*(?:UTC|GMT)?)?|\d\d?[/.]\d\d?[/.]\d{4}(?: [\d:APM ]*)?"
    ),
    "number": re.compile(r"[+-]?\d+(?:[.,]\d+)?"),
    "phone": re.compile(r"\+?[\d\s().\-/]{7,25}"),
    "picture": re.compile(r"[\w./-]+\.(?:jpe?g|png|gif|webp|svg)", re.IGNORECASE),
}
PATH = re.compile(r"(?:/[\w.~@+-]{1,60}){1,12}/?")
URL = re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
SECRET_URL = re.compile(
    r"otpauth:|//[^/@\s]+:[^/@\s]+@"
    r"|[?&#/](?:\w*(?:token|secret|key|sig|signature|password|otp|ticket|jwt)\w*|code)=",
    re.IGNORECASE,
)
# Microsoft Entra writes the id of an application into the names of columns.
EXTENSION = re.compile(r"extension_[0-9a-f]{32}_\w+", re.IGNORECASE)

MARKS = re.compile(
    r"\$[A-Za-z][\w.+-]{0,30}[$,]\S{6,}"  # $argon2id$…, $2y$…, $md5,rounds=…
    r"|\$\d[\w.-]{0,20}\$\S{6,}"
    r"|[\w.@+-]{2,40}\$[^\s$]{0,200}\$\S{8,}"  # pbkdf2_sha256$…$…, sha1$salt$…
    r"|\{[A-Za-z][\w ,.@|/-]{1,40}\}[^\s{}]{6,}"  # {SSHA}…
    r"|:[A-Z]:[^\s:]*:\S{16,}|:pbkdf2:\S{20,}"  # MediaWiki
    r"|_[./0-9A-Za-z]{19}"  # BSDi
    r"|\*[0-9A-Fa-f]{40}|0x[0-9A-Fa-f]{16,}"  # MySQL, SQL Server
    r"|\(G[\w+/]{15,}\)"  # Domino
    r"|eyJ[\w-]{8,}\.[\w-]*\.[\w-]*|ya29\.\S{20,}"
    r"|(?:sk|pk|rk|whsec|gh[opsu]|glpat|github_pat|xox[abprs]|shp\w\w)[_-][\w-]{12,}"
    r"|(?:AKIA|ASIA)[0-9A-Z]{16}|AIza[\w-]{30,}"
    r"|otpauth://\S+|-----BEGIN [\s\S]*"
)
MARK_WITHIN = re.compile(r"(?<!\S)(?:\$[\w.-]{1,20}\$\S{16,}|eyJ[\w-]{8,}\.[\w-]+\.[\w-]+)")
MARK_SIGN = re.compile(r"^[\w@.-]{0,40}[$:{]")
PARTS = re.compile(r"[\s:;,|$(){}\[\]<>\"'#*&?]+")
HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+|(?:[0-9a-f]{2})+|(?:[0-9A-F]{2})+|[0-9A-Fa-f]+")
SHORT_DIGESTS = frozenset({16, 20})
BASE64 = re.compile(r"[\w+/.\-]+={0,2}", re.ASCII)
BASE32 = re.compile(r"[A-Z2-7]{16,}={0,6}|[a-z2-7]{16,}")
SPACED_BASE32 = re.compile(r"(?:[a-z2-7]{4}[ -]){3,}[a-z2-7]{1,4}", re.IGNORECASE)
CODE = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+){0,4}")
CONSONANTS = re.compile(r"[B-DF-HJ-NP-TV-Z]{5,}")
SYMBOLS = re.compile(r"[^A-Za-z0-9]")
# What in JSON says of the value beside it what it is.
LABELS = frozenset({"type", "name", "key", "kind", "attribute", "field", "label", "property"})
# Characters of a value that are looked at, and of JSON that is taken apart.
LOOKED_AT, MAX_JSON = 2000, 1 << 16
DES_LENGTH = 13
MIN_CODES = 4


class Evidence(IntEnum):
    """How surely a value is a secret by itself."""

    NONE = 0
    RANDOM = 1
    """It looks random as tokens do, and as some ids and user names."""
    DIGEST = 2
    """It has the length and alphabet of a digest; without dashes, a UUID has them as well."""
    MARKED = 3
    """It bears the mark of a hash, key or token."""


@lru_cache(maxsize=4096)
def names_secret(name: str) -> bool:
    """Return whether the name of a column says that its values are secrets."""
    if target := list_targets().get(name):
        return target.is_secret
    if SECRET_KIND.search(name):
        return False
    return (
        SECRET_NAME.search(name) is not None
        or not SECRET_WORDS.isdisjoint(list_words(name))
        or CLAVE.search(name) is not None
    )


@lru_cache(maxsize=4096)
def names_id(name: str) -> bool:
    """Return whether the name of a column says that its values are ids, random as they look."""
    words = list_words(name.rpartition(".")[2])
    is_id = bool(words) and (words[-1] in ID_WORDS or ID_ENDING.search(name) is not None)
    return is_id and not names_secret(name)


def list_words(name: str) -> list[str]:
    """Return the words of a name in lower case: `userPass_MD5` is user, pass and md5."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return [word for word in re.split(r"[\W_]+", spaced.lower()) if word]


@lru_cache(maxsize=4096)
def is_secret_name(name: str) -> bool:
    """Return whether what stands as the name of a column is itself a secret, not a name."""
    if EXTENSION.search(name):
        return False
    found = weigh(name)
    # Words that are run together, with capitals between them, are names.
    return found > Evidence.RANDOM or (bool(found) and any(map(str.isdigit, name)))


def is_secret_column(name: str, texts: Sequence[str]) -> bool:
    """Return whether the values of a column are to be hidden, given some that are not blank.

    One that bears a mark is enough: those beside it may be passwords in clear.
    """
    if target := list_targets().get(name):
        return target.is_secret
    if names_secret(name):
        return not texts or not all(is_about_secrets(name, text) for text in texts)
    found = [weigh_in(name, text) for text in texts]
    if any(each >= Evidence.DIGEST for each in found):
        return True
    return sum(1 for each in found if each) >= max(1, RANDOM_SHARE * len(found))


def may_show(name: str, text: str) -> bool:
    """Return whether a value of a column may be shown, by the name and by itself."""
    if names_secret(name):
        return is_about_secrets(name, text)
    return weigh_in(name, text) is Evidence.NONE


def show(name: str, text: str) -> str:
    """Return a value of a column or field as it may be shown: as it is, or a mask."""
    return text if not text or may_show(name, text) else MASK


def is_about_secrets(name: str, text: str) -> bool:
    """Return whether a value in a column that names a secret only tells of one: that it is set."""
    if not text or HARMLESS["boolean"].fullmatch(text):
        return True
    if ABOUT_SECRETS.isdisjoint(list_words(name)) and not SET_AT.search(name):
        return False
    return any(HARMLESS[shape].fullmatch(text) for shape in ("date", "number"))


SET_AT = re.compile(r"(?:last|set|date|time|expir|changed|updated)", re.IGNORECASE)


def weigh_in(name: str, text: str) -> Evidence:
    """Return the evidence that a value of a column which names no secret is one."""
    found = weigh(text)
    if found is Evidence.RANDOM and PROSE.search(name):
        return Evidence.NONE
    return Evidence.NONE if found < Evidence.MARKED and names_id(name) else found


def weigh(text: str) -> Evidence:
    """Return the evidence of a value by itself."""
    text = text.strip()
    if len(text) < 8:
        return Evidence.NONE
    if text[0] in "[{" and len(text) < MAX_JSON and (inner := read_json(text)) is not None:
        return weigh_nested(inner)
    text = text[:LOOKED_AT]
    if text[0] in "[{" and '"' in text:
        return Evidence.MARKED if SECRET_NAME.search(text) else Evidence.NONE
    if URL.fullmatch(text):
        return Evidence.MARKED if SECRET_URL.search(text) else Evidence.NONE
    if any(pattern.fullmatch(text) for pattern in HARMLESS.values()):
        return Evidence.NONE
    if MARKS.fullmatch(text) or MARK_WITHIN.search(text):
        return Evidence.MARKED
    if SPACED_BASE32.fullmatch(text) and any(map(str.isdigit, text)):
        return Evidence.DIGEST
    parts = [part for part in PARTS.split(text) if part]
    found = max(map(weigh_part, parts), default=Evidence.NONE)
    return max(found, Evidence.DIGEST) if are_codes(parts) else found


def weigh_nested(value: Any, name: str = "") -> Evidence:
    """Return the most evidence that any value of JSON gives, under its own name."""
    if isinstance(value, dict):
        labels = [v for k, v in value.items() if k.lower() in LABELS and isinstance(v, str)]
        label = next(filter(names_secret, labels), "")
        inner = ((v, label or k) for k, v in value.items() if v not in labels)
        return max((weigh_nested(v, k) for v, k in inner), default=Evidence.NONE)
    if isinstance(value, list):
        texts = [item for item in value if isinstance(item, str)]
        found = max((weigh_nested(item, name) for item in value), default=Evidence.NONE)
        return max(found, Evidence.DIGEST) if are_codes(texts) else found
    if value is None or isinstance(value, bool):
        return Evidence.NONE
    text = str(value)
    if name and names_secret(name) and not is_about_secrets(name, text):
        return Evidence.MARKED
    return weigh_in(name, text) if isinstance(value, str) else Evidence.NONE


def read_json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def weigh_part(part: str) -> Evidence:
    """Return the evidence of one run of characters without spaces and separators."""
    if len(part) < DES_LENGTH - 1 or HARMLESS["uuid"].fullmatch(part):
        return Evidence.NONE
    if any(HARMLESS[shape].fullmatch(part) for shape in ("email", "number", "picture")):
        return Evidence.NONE
    if PATH.fullmatch(part) and part.count("/") > 1 and all(map(is_step, part.split("/"))):
        return Evidence.NONE
    if HEX.fullmatch(part):
        return weigh_hex(part)
    if BASE32.fullmatch(part) and is_random_base32(part):
        return Evidence.DIGEST
    return weigh_base64(part) if BASE64.fullmatch(part) else Evidence.NONE


def is_step(text: str) -> bool:
    """Return whether the text is a folder of a path, which is short or looks like a word."""
    return (len(text) < DES_LENGTH - 1 and text.islower()) or weigh_part(text) is Evidence.NONE


def weigh_hex(part: str) -> Evidence:
    """Digests have 16 bytes and more; MySQL's old ones and those of LM 8, ids of MongoDB 12."""
    if len(part) >= 28:
        return Evidence.DIGEST
    is_mixed = not part.isdigit() and not part.isalpha()
    return Evidence.DIGEST if is_mixed and len(part) in SHORT_DIGESTS else Evidence.NONE


def is_random_base32(part: str) -> bool:
    digits = sum(map(str.isdigit, part))
    if not digits:
        return part.isupper() and len(part) % 8 == 0 and CONSONANTS.search(part) is not None
    return count_changes(part) >= 3 and digits <= len(part) / 2


def weigh_base64(part: str) -> Evidence:
    """Judge by how often capitals, small letters and digits take turns, as they do at random."""
    core = SYMBOLS.sub("", part)
    changes, kinds = count_changes(core), count_kinds(core)
    if len(part) == DES_LENGTH:
        return Evidence.RANDOM if kinds >= 2 and changes >= 4 else Evidence.NONE
    if kinds == 3 and changes >= find_least(len(core), part):
        return Evidence.DIGEST
    if (
        len(core) >= 16
        and not core.isalpha()
        and not core.isdigit()
        and changes >= 0.35 * (len(core) - 1)
    ):
        return Evidence.RANDOM
    is_padded = part.endswith("=") and len(part) % 4 == 0 and len(core) >= 16
    return Evidence.DIGEST if is_padded else Evidence.NONE


def find_least(length: int, part: str) -> float:
    """Return how many changes are more than words, run together, have at this length."""
    if length < 18:
        return length
    share = 0.42 if length < 32 else 0.25 if length < 40 or "-" in part or "." in part else 0.1
    return share * (length - 1)


def kind_of(sign: str) -> int:
    return 0 if sign.isdigit() else 1 if sign.isupper() else 2


def count_changes(text: str) -> int:
    kinds = [kind_of(sign) for sign in text]
    return sum(1 for one, next_one in pairwise(kinds) if one != next_one)


def count_kinds(text: str) -> int:
    return len({kind_of(sign) for sign in text})


def are_codes(parts: Sequence[str]) -> bool:
    """Return whether these are recovery codes: several of one length, of letters and digits."""
    if len(parts) < MIN_CODES or len({len(part) for part in parts}) > 1 or len(parts[0]) < 6:
        return False
    if not all(CODE.fullmatch(part) for part in parts) or len(set(parts)) < len(parts):
        return False
    if all(part.replace("-", "").isdigit() for part in parts):
        return len(parts) > MIN_CODES and len(parts[0]) in (8, 9, 10)
    mixed = sum(1 for part in parts if any(map(str.isdigit, part)) and not part.isdigit())
    return mixed * 2 >= len(parts)


def is_hash(text: str) -> bool:
    """Return whether the text is a password hash by more than its alphabet and length."""
    return find_likelihood(text) > hashing.Likelihood.PLAIN


def find_likelihood(text: str) -> hashing.Likelihood:
    if len(text) >= hashing.MAXIMUM_STORED_LENGTH:
        return hashing.Likelihood.PLAIN
    found: Iterator[str] = iter(hashing.candidates(text)[:1])
    best = next(found, "")
    return hashing.FORMATS[best].likelihood if best else hashing.Likelihood.PLAIN


def mask(text: str) -> str:
    """Return what may be shown of a secret: the mark of a hash, which tells its format."""
    # A mark of letters alone, as that of LDAP hashes in base64, may begin a digest or a password.
    is_marked = MARK_SIGN.search(text) and find_likelihood(text) > hashing.Likelihood.SHAPED
    return f"{text[:VISIBLE_HASH_START]}…" if is_marked else MASK
