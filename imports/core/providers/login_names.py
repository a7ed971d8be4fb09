"""One id for each well-known provider of logins, whatever a source system calls it.

The ids are those of django-allauth, under which such providers are set up here.
"""

from __future__ import annotations

import re

# What systems put before and after the name: oauth_google, oauth2:google, google-oauth2,
# google.com, linkedin-openid-connect, https://accounts.google.com.
DECORATION = re.compile(
    r"^(https?://)?(accounts\.|appleid\.|api\.)?(oauth_|oauth2[:_])?|(\.com/?|[-_](oauth2|oidc|openid[-_]connect))$"
)
NAMES = (
    "amazon apple discord dropbox facebook github gitlab google instagram line linkedin microsoft "
    "notion paypal reddit salesforce slack spotify tiktok twitch twitter yahoo zoom"
)
KNOWN = frozenset(NAMES.split())
OTHER_NAMES = {
    "azure": "microsoft",
    "bitbucket": "bitbucket_oauth2",
    "live": "microsoft",
    "loginwithamazon": "amazon",
    "signinwithapple": "apple",
    "windowslive": "microsoft",
    "x": "twitter",
}


def name_provider(name: str) -> str:
    """Return the id of a well-known provider; any other name as it is."""
    bare = DECORATION.sub("", name.strip().lower())
    bare = OTHER_NAMES.get(bare, bare)
    return bare if bare in KNOWN or bare in OTHER_NAMES.values() else name.strip()
