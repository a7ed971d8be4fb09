"""Verify the tokens of systems that get theirs from an issuer of their own, by its public keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jwt
import requests
from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from accounts.models import User
from imports.core.errors import ImporterError
from imports.core.outbound.allow_list import AllowList, find_url_fault
from imports.models import Connection, TokenIssuer
from imports.services.connections.events import note
from imports.services.connections.people import add_preparer

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
LEEWAY_SECONDS = 60
# How long keys are kept, and how often at most a key that is not among them is looked for again.
KEPT_SECONDS = 3600
SOUGHT_SECONDS = 60
# Whoever asks waits for two seconds.
FETCH_SECONDS = 1.0


class TokenRefused(ImporterError):
    """A token that is not one of the issuer for this connection; the message has nothing of it."""


@transaction.atomic
def save_issuer(issuer: TokenIssuer, *, actor: User) -> None:
    """Store whose tokens a connection's program shows; raises ImporterError for a URL.

    Whoever names an issuer decides who is let in, and so bounds the connection from now on.
    """
    if fault := _find_fault(issuer.keys_url):
        raise ImporterError(fault)
    issuer.save()
    add_preparer(issuer.connection, actor)
    note(issuer.connection, "change issuer", actor=actor)


def verify_token(connection: Connection, token: str, *, party: str) -> None:
    """Raise TokenRefused unless a token is of the connection's issuer, for it, and of `party`.

    `party` is the id of the application that may ask: the claim “azp”, or “appid” in tokens of
    version 1.
    """
    issuer = TokenIssuer.objects.filter(connection=connection).first()
    if issuer is None:
        raise TokenRefused("The connection has no token issuer yet. Set one on its page.")
    try:
        claims: Mapping[str, Any] = jwt.decode(
            token,
            _find_key(issuer.keys_url, token),
            algorithms=ALGORITHMS,
            audience=issuer.audience,
            issuer=issuer.issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "aud", "iss"]},
        )
    except jwt.PyJWTError as error:
        raise TokenRefused(f"The token is not valid ({type(error).__name__}).") from None
    if claims.get("azp", claims.get("appid")) != party:
        raise TokenRefused("The token is of another application (azp).")


def _find_key(url: str, token: str) -> jwt.PyJWK:
    key_id = jwt.get_unverified_header(token).get("kid")
    if not isinstance(key_id, str):
        raise TokenRefused("The token does not name its key (kid).")
    name = f"issuer-keys:{url}"
    kept = cache.get(name)
    found = _pick(kept, key_id) if kept else None
    # An issuer that has changed its keys names one that is not among those kept.
    if found is None and (not kept or cache.add(f"{name}:sought", True, SOUGHT_SECONDS)):
        kept = _fetch(url)
        cache.set(name, kept, KEPT_SECONDS)
        found = _pick(kept, key_id)
    if found is None:
        raise TokenRefused("The token is signed with a key that its issuer does not publish.")
    return found


def _pick(keys: Mapping[str, Any], key_id: str) -> jwt.PyJWK | None:
    for each in jwt.PyJWKSet.from_dict(dict(keys)).keys:
        if each.key_id == key_id:
            return each
    return None


def _fetch(url: str) -> dict[str, Any]:
    """Return the key set; raises TokenRefused when there is none."""
    if fault := _find_fault(url):
        raise TokenRefused(fault)
    session = requests.Session()
    # No proxies, .netrc or certificates of the environment.
    session.trust_env = False
    try:
        reply = session.get(url, timeout=FETCH_SECONDS, allow_redirects=False)
        found = reply.json() if reply.status_code == 200 else None
    except requests.RequestException as error:
        raise TokenRefused(
            f"The keys of the issuer cannot be fetched ({type(error).__name__})."
        ) from None
    if not isinstance(found, dict) or not isinstance(found.get("keys"), list):
        raise TokenRefused("The URL of the issuer's keys does not return a key set.")
    return found


def _find_fault(url: str) -> str:
    allowed = AllowList("TOKEN_ISSUER_HOSTS", settings.TOKEN_ISSUER_HOSTS)
    return find_url_fault(url, allowed, schemes=("https", "http"))
