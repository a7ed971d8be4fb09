"""A well-known provider of logins has one id, whatever a source system calls it."""

import pytest

from imports.core.providers.login_names import name_provider


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("google-oauth2", "google"),
        ("google.com", "google"),
        ("oauth_google", "google"),
        ("oauth2:google", "google"),
        ("https://accounts.google.com", "google"),
        ("Google", "google"),
        ("SignInWithApple", "apple"),
        ("windowslive", "microsoft"),
        ("live.com", "microsoft"),
        ("linkedin-openid-connect", "linkedin"),
        ("oauth_linkedin_oidc", "linkedin"),
        ("oauth_x", "twitter"),
        ("Corporate-SAML", "Corporate-SAML"),
        ("acme.com", "acme.com"),
        ("", ""),
    ],
)
def test_name_becomes_the_id_used_here(name, expected):
    assert name_provider(name) == expected
