"""Entra's quirks: identities of four kinds, made-up names, headings of the portal."""

import pytest

from imports.core.providers.systems.entra import excludes, normalise, recognise

OBJECT_ID = "181c1330-9857-5d21-8241-ab578deff5d1"
APPLICATION = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"


def make_identity(kind, value, issuer="contoso.onmicrosoft.com"):
    return {"signInType": kind, "issuer": issuer, "issuerAssignedId": value}


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ({"userPrincipalName": "ada@contoso.example"}, "ada@contoso.example"),
        ({"userPrincipalName": f"{OBJECT_ID}@contoso.onmicrosoft.com"}, None),
        ({"userPrincipalName": f"{OBJECT_ID.replace('-', '')}@contoso.onmicrosoft.com"}, None),
        ({"userPrincipalName": f"cpim_{OBJECT_ID}@contoso.onmicrosoft.com"}, None),
        ({"userPrincipalName": "ada_example.com#EXT#@contoso.onmicrosoft.com"}, None),
        (
            {"userPrincipalName": "x@y.example", "identities": [make_identity("userName", "ada")]},
            "ada",
        ),
    ],
)
def test_user_name_is_carried_unless_entra_made_it_up(user, expected):
    assert normalise(user, {}).get("(user name)") == expected


def test_address_of_the_local_account_comes_before_the_others():
    found = normalise(
        {
            "mail": "mail@example.com",
            "otherMails": ["Local@example.com", "other@example.com"],
            "identities": [make_identity("emailAddress", "local@example.com")],
        },
        {},
    )
    assert found["(email)"] == "local@example.com"
    assert found["(further emails)"] == [
        {"email": "mail@example.com"},
        {"email": "other@example.com"},
    ]


def test_federated_identity_becomes_an_external_login():
    identities = [
        make_identity("federated", "1", "google.com"),
        make_identity("federated", "2", "https://idp.acme.example"),
        make_identity("userPrincipalName", "x@contoso.onmicrosoft.com"),
    ]
    assert normalise({"identities": identities}, {})["(external logins)"] == [
        {"provider": "google", "subject": "1"},
        {"provider": "https://idp.acme.example", "subject": "2"},
    ]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("", None), ("microsoft", [{"provider": "microsoft", "subject": OBJECT_ID}])],
)
def test_user_is_linked_with_microsoft_when_that_was_answered(answer, expected):
    found = normalise({"id": OBJECT_ID}, {"entra_provider": answer})
    assert found.get("(external logins)") == expected


def test_extension_goes_by_its_name_without_the_application():
    other = APPLICATION.replace("0f", "ff")
    found = normalise(
        {f"extension_{APPLICATION}_Loyalty": "1", f"extension_{other}_Loyalty": "2"}, {}
    )
    assert found["extension"] == {"Loyalty": "1"}
    assert found[f"extension_{other}_Loyalty"] == "2"


@pytest.mark.parametrize(("block", "enabled"), [("No", True), ("Yes", False), ("", "")])
def test_blocked_sign_in_of_the_template_is_turned_round(block, enabled):
    heading = "Block sign in (Yes/No) [accountEnabled] Required"
    assert normalise({heading: block}, {})["accountEnabled"] == enabled


@pytest.mark.parametrize(
    ("profile", "must_change"),
    [
        ("secret", True),
        ({"password": "secret"}, True),
        ({"password": "secret", "forceChangePasswordNextSignIn": False}, False),
        ({"forceChangePasswordNextSignIn": True}, None),
    ],
)
def test_initial_password_has_to_be_changed_unless_it_is_said_otherwise(profile, must_change):
    assert normalise({"passwordProfile": profile}, {}).get("(must change)") is must_change


def test_example_of_the_template_is_excluded():
    assert excludes({"displayName": "Example: Chris Green"})
    assert excludes({"displayName": "Chris Green"}) == ""


def test_ldap_entry_with_similar_names_is_not_entras():
    row = {"userPrincipalName": "a@b.example", "displayName": "A", "givenName": "A", "mail": "a"}
    assert recognise(list(row), [row]) is None


def test_users_are_recognised_by_their_identities_alone():
    row = {"displayName": "Ada", "identities": [make_identity("emailAddress", "ada@example.com")]}
    assert recognise(list(row), [row])
    assert recognise(["body", "url"], [{"url": "/users", "body": row}])
    logins = {"displayName": "Ada", "identities": [{"provider": "google", "user_id": "1"}]}
    assert recognise(list(logins), [logins]) is None


def test_plain_password_of_a_migration_tool_is_kept():
    found = normalise({"displayName": "Ada", "password": "Maple-1"}, {})
    assert found["(password)"] == "Maple-1"
    assert "(must change)" not in found
    assert "password" not in found


def test_portal_and_graph_call_the_state_of_an_invitation_the_same():
    portal = normalise({"invitationState": "PendingAcceptance"}, {})
    assert portal == normalise({"externalUserState": "PendingAcceptance"}, {})
    assert portal["externalUserState"] == "PendingAcceptance"
