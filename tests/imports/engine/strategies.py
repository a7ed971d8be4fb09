"""Random files whose records collide in every way, and random rules for them."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from fido2 import cbor
from fido2.cose import CoseKey
from fido2.utils import websafe_encode
from hypothesis import strategies as st

from imports.core.planning.conflicts import Mode
from tests.imports.engine.reference import Rules

PUBLIC_KEY = websafe_encode(
    cbor.encode(
        CoseKey.parse({1: 2, 3: -7, -1: 1, -2: bytes(31) + b"\x01", -3: bytes(31) + b"\x02"})
    )
)


def optional(*values: str) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(values)


Record = dict[str, Any]


def make_record(
    subject: str,
    username: str | None,
    email: str | None,
    phone: str | None,
    name: str | None,
    logins: list[str],
    passkeys: list[str],
    attributes: dict[str, str],
) -> Record:
    return {
        "subject_id": subject,
        "profile": {
            "username": username,
            "email": email,
            "phone": phone,
            "given_name": name,
            "attributes": attributes,
        },
        "authenticators": {
            "external_logins": [{"provider": "google", "subject": each} for each in logins],
            "passkeys": [{"credential_id": each, "public_key": PUBLIC_KEY} for each in passkeys],
        },
    }


def make_records(place: str) -> st.SearchStrategy[list[Record]]:
    """Return files whose records collide with each other, and with none of another place.

    A place is a digit.
    """
    return st.lists(
        st.builds(
            make_record,
            st.sampled_from([f"s{place}{number}" for number in range(5)]),
            optional(
                *(each + place for each in ("ann", "ANN", "bob", "cat", "dan", "eve")),
                *(f"{letter}{place}@example.com" for letter in "abCD"),
                f"+4416329600{place}1",
            ),
            optional(*(f"{letter}{place}@example.com" for letter in "abcdefg")),
            optional(*(f"+4416329600{place}{number}" for number in range(6))),
            optional("Ann", "Bob"),
            st.lists(st.sampled_from([f"g{place}{n}" for n in range(8)]), max_size=1),
            st.lists(st.sampled_from([f"AQ{place}D", f"AQ{place}E"]), max_size=1),
            st.fixed_dictionaries(
                {},
                optional={
                    "badge": st.sampled_from([f"b{place}{number}" for number in range(1, 5)]),
                    "team": st.sampled_from(["red", "blue"]),
                },
            ),
        ),
        min_size=1,
        max_size=12,
    )


PLACES = "0123"
RECORDS = make_records("0")
# Files in which people of several places take turns.
MINGLED_RECORDS = st.tuples(*map(make_records, PLACES)).map(
    lambda places: [record for row in zip_longest(*places) for record in row if record]
)
# Most of what can go wrong goes wrong in updates.
MODES = st.sampled_from([Mode.UPDATE, Mode.UPDATE, Mode.UPDATE, Mode.SKIP, Mode.FAIL])
CONFLICTS = st.fixed_dictionaries(
    {},
    optional={
        "profile_exists": st.sampled_from(["skip", "overwrite", "fail"]),
        "match_unverified": st.sampled_from(["skip", "overwrite", "overwrite", "fail", "stop"]),
        "value_taken": st.sampled_from(["skip", "fail", "stop"]),
        "authenticator_taken": st.sampled_from(["skip", "fail", "stop"]),
    },
)
POLICIES = st.sampled_from(["overwrite", "fill", "keep"])
BELONGINGS = st.sampled_from(["union", "fill", "keep"])
FIELDS = st.fixed_dictionaries(
    {
        "profile.given_name": POLICIES,
        "profile.email": POLICIES,
        "profile.username": POLICIES,
        "profile.phone": POLICIES,
        "profile.attributes": POLICIES,
        "authenticators.external_logins": BELONGINGS,
        "authenticators.passkeys": BELONGINGS,
    },
)
KEYS = st.sampled_from(
    ["subject_id", "email", "username", "phone", "external_login", "attribute:badge"]
)
RULES = st.builds(
    Rules, mode=MODES, conflicts=CONFLICTS, fields=FIELDS, matching_key=st.just("subject_id") | KEYS
)
# The rules of jobs at once: they write every value that they look up. One that a policy leaves
# out is looked up, too, but nothing keeps another job from taking it in the same moment.
PLAIN_RULES = st.builds(Rules, mode=MODES, conflicts=CONFLICTS)
