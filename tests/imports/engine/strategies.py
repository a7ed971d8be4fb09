"""Random files whose records collide in every way, and random rules for them."""

from __future__ import annotations

from fido2 import cbor
from fido2.cose import CoseKey
from fido2.utils import websafe_encode
from hypothesis import strategies as st

from imports.core.conflicts import Mode
from tests.imports.engine.reference import Rules

PUBLIC_KEY = websafe_encode(
    cbor.encode(
        CoseKey.parse({1: 2, 3: -7, -1: 1, -2: bytes(31) + b"\x01", -3: bytes(31) + b"\x02"})
    )
)


def optional(*values: str) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(values)


RECORDS = st.lists(
    st.builds(
        lambda subject, username, email, phone, name, logins, passkeys, badge: {
            "subject_id": subject,
            "profile": {
                "username": username,
                "email": email,
                "phone": phone,
                "given_name": name,
                "attributes": {"badge": badge} if badge else {},
            },
            "authenticators": {
                "external_logins": [{"provider": "google", "subject": each} for each in logins],
                "passkeys": [
                    {"credential_id": each, "public_key": PUBLIC_KEY} for each in passkeys
                ],
            },
        },
        st.sampled_from([f"s{number}" for number in range(5)]),
        optional("ann", "ANN", "bob", "cat", "dan", "eve"),
        optional(*(f"{letter}@example.com" for letter in "abcdefg")),
        optional(*(f"+44163296000{number}" for number in range(6))),
        optional("Ann", "Bob"),
        st.lists(st.sampled_from([f"g{n}" for n in range(8)]), max_size=1),
        st.lists(st.sampled_from(["AQID", "AQIE"]), max_size=1),
        optional("b1", "b2", "b3", "b4"),
    ),
    min_size=1,
    max_size=12,
)
# Most of what can go wrong goes wrong in updates.
MODES = st.sampled_from([Mode.UPDATE, Mode.UPDATE, Mode.UPDATE, Mode.SKIP, Mode.FAIL])
CONFLICTS = st.fixed_dictionaries(
    {},
    optional={
        "profile_exists": st.sampled_from(["skip", "overwrite", "fail"]),
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
RULES = st.builds(Rules, mode=MODES, conflicts=CONFLICTS, fields=FIELDS)
# The rules of jobs at once: they write every value that they look up. One that a policy leaves
# out is looked up, too, but nothing keeps another job from taking it in the same moment.
PLAIN_RULES = st.builds(Rules, mode=MODES, conflicts=CONFLICTS)
