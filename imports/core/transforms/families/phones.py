"""The transform of phone numbers into E.164."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import phonenumbers
from pydantic import Field, field_validator

from imports.core.transforms.contract import ItemStep, write_scalar

REGIONS: tuple[str, ...] = tuple(sorted(phonenumbers.SUPPORTED_REGIONS))
# Numbers by which all regions are ranked.
LOOKED_AT = 5
# In North America the two kinds have the same numbers.
MOBILE = frozenset(
    {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}
)


class Phone(ItemStep):
    """Writes phone numbers in E.164; those without a country code are numbers of the region."""

    label: ClassVar[str] = "Phone number to E.164"
    kind: Literal["phone"] = "phone"
    region: str = Field(
        title="Country",
        description="Two letters such as DE: where numbers without a country code are.",
    )

    @field_validator("region")
    @classmethod
    def check_region(cls, region: str) -> str:
        """Refuse what is no country of the numbering plan."""
        if region.upper() not in REGIONS:
            if not region:
                raise ValueError("Say which country, such as DE")
            raise ValueError(f"“{region}” is not a country such as DE")
        return region.upper()

    def change(self, value: Any) -> Any:
        text = None if isinstance(value, bool) else write_scalar(value)
        return value if text is None else write_e164(text, self.region) or value

    def describe(self) -> str:
        return f"To E.164, numbers of {self.region} by default"


def write_e164(text: str, region: str) -> str:
    """Return a number in E.164; empty when it is none, or has no country code nor a region."""
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return ""
    # With an extension it would be another number, or the same one for several people.
    if number.extension or not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_mobile(text: str, region: str) -> bool:
    """Return whether a number is that of a mobile phone, read as one of the region."""
    if region not in REGIONS:
        return False
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number) and phonenumbers.number_type(number) in MOBILE


def find_region(numbers: list[str], regions: list[str]) -> str:
    """Return the first region in which all the numbers are valid; empty when there is none."""
    for region in regions:
        if numbers and all(_is_valid(number, region) for number in numbers):
            return region
    return ""


def rank_regions(numbers: Sequence[str]) -> list[str]:
    """Return every region, those first in which the most of the numbers are valid."""
    looked_at = numbers[:LOOKED_AT]
    valid = {region: sum(_is_valid(each, region) for each in looked_at) for region in REGIONS}
    return sorted(REGIONS, key=lambda region: -valid[region])


def name_region(region: str) -> str:
    """Return what a region is called: by its two letters and its country code."""
    return f"{region} (+{phonenumbers.country_code_for_region(region)})"


def list_countries(numbers: list[str]) -> list[str]:
    """Return the countries of those numbers that have a country code, the most frequent first."""
    found: Counter[str] = Counter()
    for number in numbers:
        try:
            region = phonenumbers.region_code_for_number(phonenumbers.parse(number))
        except phonenumbers.NumberParseException:
            continue
        found.update([region] if region else [])
    return [region for region, _ in found.most_common()]


def _is_valid(text: str, region: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, region))
    except phonenumbers.NumberParseException:
        return False


TRANSFORMS = (Phone,)
