"""Flask-Security: a slow hash of a keyed digest of the password."""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import replace
from functools import partial

from accounts.hashing.contract import NEVER, Format, Likelihood, Parameter
from accounts.hashing.encodings import Password, encode_password
from accounts.hashing.errors import HashFormatError
from accounts.hashing.families.argon2 import Argon2, parse_argon2
from accounts.hashing.families.bcrypt import Bcrypt, parse_bcrypt
from accounts.hashing.families.pbkdf2 import Pbkdf2, parse_crypt


def parse_flask_security(text: str, *, password_salt: str) -> Bcrypt | Argon2 | Pbkdf2:
    """Read a hash of passlib or libpass of what `prepare_keyed` makes of the password."""
    prepare = partial(prepare_keyed, encode_password(password_salt))
    if text.startswith("$2"):
        return parse_bcrypt(text, prepare)
    if text.startswith("$argon2"):
        return parse_argon2(text, prepare)
    if text.startswith("$pbkdf2-"):
        return replace(parse_crypt(text), prepare=prepare)
    raise HashFormatError("not a text of bcrypt, argon2 or PBKDF2")


def prepare_keyed(key: bytes, password: Password) -> bytes:
    """Do what get_hmac does: base64 of an HMAC-SHA512 under SECURITY_PASSWORD_SALT."""
    return base64.b64encode(hmac.digest(key, encode_password(password), "sha512"))


FORMATS = (
    Format(
        id="flask_security",
        label="Flask-Security",
        emitted_by="Flask-Security and Flask-Security-Too, unless SECURITY_PASSWORD_SINGLE_HASH",
        source="https://flask-security.readthedocs.io/en/stable/configuration.html: "
        "SECURITY_PASSWORD_SINGLE_HASH",
        hashes=(Bcrypt, Argon2, Pbkdf2),
        parse=parse_flask_security,
        shape=re.compile(r"\$(2[aby]|argon2(id|i|d)|pbkdf2-sha(256|512))\$.*"),
        likelihood=Likelihood.PLAIN,
        parameters=(Parameter("password_salt", "SECURITY_PASSWORD_SALT of the application"),),
        notes="The value looks the same as a hash of the password itself. The key is stored with "
        "every hash until the user signs in.",
        formula="the hash of an HMAC under SECURITY_PASSWORD_SALT",
        # Only other columns of its table give it away.
        shared=NEVER,
    ),
)
