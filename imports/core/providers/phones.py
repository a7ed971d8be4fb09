"""Phone numbers of sources that take them in any form: as E.164, by the country they are in."""

from __future__ import annotations

from typing import Any

from imports.core.providers.contract import Answers, Question
from imports.core.providers.values import read_text
from imports.core.transforms.families.phones import REGIONS, is_mobile, write_e164

COUNTRY = "phone_country"
# Where providers put the number.
PHONE = "(phone)"
# The shortest numbers with an area code, as ITU-T E.164 counts them; extensions are shorter.
DIGITS = 6


def is_national(text: str) -> bool:
    """Return whether a text can be a phone number that lacks its country code."""
    return not text.startswith("+") and sum(map(str.isdigit, text)) >= DIGITS


COUNTRY_OF_PHONES = Question(
    COUNTRY,
    "Country of phone numbers",
    "The country of mobile numbers without a country code, unless they are mobile numbers of "
    "the user's own country.",
    choices=REGIONS,
    target="profile.phone",
    needs=lambda values: is_national(read_text(values.get(PHONE))),
)


def write_phone(value: Any, country: Any, answers: Answers) -> str:
    """Return a number in E.164; as it is written where that cannot be told.

    A number without a country code is taken for one of the user's `country` if it is a mobile
    number there, else for one of the country that was asked for.
    """
    text = read_text(value)
    own = read_text(country).upper()
    region = own if is_mobile(text, own) else answers.get(COUNTRY, "")
    return write_e164(text, region) or text
