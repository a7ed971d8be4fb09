"""One way to write each identifier, so that comparing them needs no rule of its own."""

import re

# ITU-T E.164: a country code that does not start with 0, at most 15 digits in all.
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
PHONE_PUNCTUATION = re.compile(r"[\s().\-/\u2010-\u2015\u00a0]")


def normalise_email(value: str) -> str:
    """Return an e-mail address trimmed and in lower case, as allauth looks it up."""
    return value.strip().lower()


def normalise_phone(value: str) -> str:
    """Return a phone number without the punctuation people write between digits."""
    return PHONE_PUNCTUATION.sub("", value.strip())


def fold_username(value: str) -> str:
    """Return the form in which user names compare equal.

    Follows PostgreSQL's upper(), which maps one character to one: "ß" stays as it is.
    """
    if value.isascii():
        return value.upper()
    return "".join(upper if len(upper := char.upper()) == 1 else char for char in value)


def read_as_contact(username: str) -> str | None:
    """Return the e-mail address or phone number that a user name is taken for at sign-in.

    In the form in which these are stored, so that both compare equal; None for plain user names.
    """
    if "@" in username:
        return fold_username(username).lower()
    if "+" in username and E164.fullmatch(phone := normalise_phone(username)):
        return phone
    return None
