"""Numbers in any form become E.164: by their own country code, the user's country or the answer."""

from functools import partial

import pytest

from imports.core.errors import MappingError
from imports.core.mapping import Mapping, check_mapping
from imports.core.providers import PROVIDERS
from imports.core.providers.phones import COUNTRY, write_phone

ASKED = [each for each in PROVIDERS.values() if any(q.name == COUNTRY for q in each.questions)]
RECORDS = {
    "entra": lambda number, country: {"mobilePhone": number, "usageLocation": country},
    "okta": lambda number, country: {"profile": {"mobilePhone": number, "countryCode": country}},
    "ldap_directory": lambda number, country: {"mobile": [number], "c": [country]},
    "scim": lambda number, country: {
        "phoneNumbers": [{"value": number}],
        "addresses": [{"country": country}],
    },
    "forgerock": lambda number, country: {"telephoneNumber": number, "country": country},
    "google_workspace": lambda number, country: {
        "phones": [{"type": "mobile", "value": number}],
        "addresses": [{"countryCode": country}],
    },
    "jumpcloud": lambda number, country: {
        "phoneNumbers": [{"type": "mobile", "number": number}],
        "addresses": [{"country": country}],
    },
    "pingone": lambda number, country: {"mobilePhone": number, "address": {"countryCode": country}},
    "salesforce": lambda number, country: {"MobilePhone": number, "Country": country},
}
RECORDS["ibm_verify"] = RECORDS["scim"]
# Of systems that know no country of a user.
WITHOUT_COUNTRY = {
    "onelogin": lambda number: {"phone": number},
    "slack": lambda number: {"profile": {"phone": number}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "country", "answer", "expected"),
    [
        ("+49 (0)171 3920012", "", "", "+491713920012"),
        ("0171/3920012", "de", "", "+491713920012"),
        ("0171 3920012", "", "DE", "+491713920012"),
        # Valid in Germany, but no mobile number there: so the answer counts.
        ("06 12 34 56 78", "DE", "FR", "+33612345678"),
        ("06 12 34 56 78", "DE", "", "06 12 34 56 78"),
        ("0171 3920012", "", "", "0171 3920012"),
        ("0171 3920012 ext. 5", "DE", "DE", "0171 3920012 ext. 5"),
        ("reception", "DE", "DE", "reception"),
        (1713920012, "XX", "DE", "+491713920012"),
        (None, "DE", "DE", ""),
    ],
)
def test_number_is_written_by_what_tells_its_country(value, country, answer, expected):
    assert write_phone(value, country, {COUNTRY: answer}) == expected


@pytest.mark.parametrize("provider", ASKED, ids=lambda each: each.name)
def test_provider_that_asks_uses_the_answer(provider):
    make = WITHOUT_COUNTRY.get(provider.name) or partial(RECORDS[provider.name], country=None)
    answered = provider.normalise(make("0171 3920012"), {COUNTRY: "DE"})
    assert answered["(phone)"] == "+491713920012"


@pytest.mark.parametrize("name", RECORDS)
def test_provider_that_asks_uses_the_users_own_country(name):
    provider, make = PROVIDERS[name], RECORDS[name]
    assert provider.normalise(make("0171 3920012", "DE"), {})["(phone)"] == "+491713920012"
    assert provider.normalise(make("0171 3920012", None), {})["(phone)"] == "0171 3920012"


def test_country_that_is_none_is_refused_without_a_list_of_all():
    mapping = Mapping(provider="okta", answers={COUNTRY: "Germany"})
    with pytest.raises(MappingError) as refused:
        check_mapping(mapping, [], {})
    assert "AG, AI, AL" in str(refused.value)
    assert "ZW" not in str(refused.value)
