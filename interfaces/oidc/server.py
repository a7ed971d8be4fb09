"""allauth's OAuth server for applications, stricter where a family of tokens is concerned.

Only what allauth leaves to chance is overridden: which clients there are, which URLs are theirs,
whose consent counts without a question, and that reuse of a code or token ends its family.
"""

from __future__ import annotations

import logging
import secrets
import uuid
from datetime import datetime
from typing import Any

import jwt
from allauth.core import context
from allauth.idp.oidc import app_settings
from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.internal.oauthlib.request_validator import OAuthLibRequestValidator
from allauth.idp.oidc.internal.oauthlib.server import generate_opaque_token
from allauth.idp.oidc.internal.oauthlib.utils import ValidatorContext, get_validator_context
from allauth.idp.oidc.internal.tokens import decode_jwt_token
from allauth.idp.oidc.models import Token
from oauthlib.common import Request
from oauthlib.openid import Server

from interfaces.oidc.access import accepts_tokens
from interfaces.oidc.adapter import find_grant
from interfaces.oidc.authentication import find_level, read_authentication
from interfaces.oidc.claims import OFFLINE, OPENID
from interfaces.oidc.keys import load_key
from interfaces.oidc.models import Application, ApplicationUser, Grant
from interfaces.oidc.subjects import find_account

logger = logging.getLogger(__name__)

# Makes the id of a grant of the code that it is given for.
NO_FAMILY = uuid.UUID(int=0)
CODES = uuid.UUID("0f7b1ad2-5f4e-5a3b-8f0c-3f3e0a8e2b47")


def get_server() -> Server:
    return Server(
        request_validator=Validator(),
        token_generator=generate_opaque_token,
        refresh_token_generator=generate_refresh_token,
        token_expires_in=app_settings.ACCESS_TOKEN_EXPIRES_IN,
    )


def generate_refresh_token(request: Request) -> str:
    """Return a token that names its family, so that one that was used before finds it."""
    return f"{_get_grant().pk.hex}.{secrets.token_urlsafe(48)}"


def has_consent(application: Application, user: Any, scopes: set[str]) -> bool:
    """Return whether an application may have these scopes of a user without asking."""
    if application.is_trusted:
        return True
    accounts = ApplicationUser.objects.filter(application=application, user=user)
    granted = accounts.values_list("scopes", flat=True).first()
    return scopes <= set(granted or ())


class Validator(OAuthLibRequestValidator):
    """Answers what oauthlib asks about a request, for applications instead of all clients."""

    def _lookup_client(self, request: Request, client_id: str) -> Application | None:
        known = get_validator_context().clients
        if client_id not in known:
            known[client_id] = Application.objects.filter(pk=client_id, is_on=True).first()
        return known[client_id]

    def validate_redirect_uri(
        self, client_id: str, redirect_uri: str, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        application: Application = request.client
        return application.allows_redirect(redirect_uri)

    def validate_scopes(
        self, client_id: str, scopes: list[str], client: Any, request: Request, *args: Any
    ) -> bool:
        """Return whether an application may ask for scopes; each sign-in asks for `openid`."""
        allowed = super().validate_scopes(client_id, scopes, client, request, *args)
        return allowed and OPENID in scopes

    def is_pkce_required(self, client_id: str, request: Request) -> bool:
        application = self._lookup_client(request, client_id)
        return application is not None and (application.is_public or application.requires_pkce)

    def authenticate_client(self, request: Request, *args: Any, **kwargs: Any) -> bool:
        is_right: bool = super().authenticate_client(request, *args, **kwargs)
        if is_right:
            # Where it was in a header, oauthlib would look for it in the form.
            request.client_id = request.client.pk
        return is_right

    # What prompt=none may do

    def validate_silent_authorization(self, request: Request) -> bool:
        """Return whether this application has consent: that of another one is not its own."""
        return has_consent(request.client, context.request.user, set(request.scopes))

    def validate_user_match(
        self, id_token_hint: str | None, scopes: Any, claims: Any, request: Request
    ) -> bool:
        """Return whether the hint is of whoever is signed in; somebody who is not may be anybody.

        It may have expired long ago (OpenID Connect Core, section 3.1.2.1).
        """
        user = context.request.user
        if not id_token_hint or not user.is_authenticated:
            return True
        hint = decode_jwt_token(
            id_token_hint, client_id=request.client.pk, verify_exp=False, verify_iss=True
        )
        return hint is not None and hint["sub"] == find_account(request.client, user).subject

    # From a code to the family of its tokens

    def save_authorization_code(
        self, client_id: str, code: dict[str, Any], request: Request, *args: Any, **kwargs: Any
    ) -> None:
        found = read_authentication(context.request)
        authentication = {"at": found.at.isoformat(), "methods": list(found.methods)}
        super().save_authorization_code(
            client_id, {**code, "authentication": authentication}, request, *args, **kwargs
        )

    def validate_code(
        self, client_id: str, code: str, client: Any, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Return whether a code is valid, the first time; the second time ends what it gave."""
        grant_id = uuid.uuid5(CODES, f"{client.pk}:{code}")
        is_valid: bool = super().validate_code(client_id, code, client, request, *args, **kwargs)
        if not is_valid:
            _end_family(Grant.objects.filter(pk=grant_id))
            return False
        stored = self._lookup_authorization_code(request, client.pk, code) or {}
        if request.code_verifier and not stored.get("pkce"):
            return False  # the challenge was taken out of the request (RFC 9700, 4.8.2)
        grant, is_first = _make_grant(grant_id, request, stored["code"]["authentication"])
        if not is_first:
            _end_family(Grant.objects.filter(pk=grant_id))
            return False
        _keep_grant(grant)
        return accepts_tokens(grant)

    def validate_refresh_token(
        self, refresh_token: str, client: Any, request: Request, *args: Any, **kwargs: Any
    ) -> bool:
        """Return whether a refresh token is the newest of its family; any other ends the family."""
        # One at a time: of two requests with the same token, the second finds it used.
        family = Grant.objects.select_for_update(of=["self"]).filter(
            pk=_read_family(refresh_token), account__application=client
        )
        grant = family.select_related("account__user", "account__application").first()
        if grant is None or not accepts_tokens(grant):
            return False
        if not super().validate_refresh_token(refresh_token, client, request, *args, **kwargs):
            _end_family(Grant.objects.filter(pk=grant.pk))
            return False
        _keep_grant(grant)
        return True

    def get_original_scopes(
        self, refresh_token: str, request: Request, *args: Any, **kwargs: Any
    ) -> list[str]:
        return list(_get_grant().scopes)

    def save_bearer_token(
        self, token: dict[str, Any], request: Request, *args: Any, **kwargs: Any
    ) -> None:
        """Store the tokens; a refresh token there is only with the scope for it."""
        if OFFLINE not in _get_grant().scopes:
            token.pop("refresh_token", None)
        super().save_bearer_token(token, request, *args, **kwargs)

    def _prep_access_token(
        self, ctx: ValidatorContext, token: dict[str, Any], request: Request
    ) -> Token:
        return _join_family(super()._prep_access_token(ctx, token, request))

    def _prep_refresh_token(
        self, ctx: ValidatorContext, refresh_token: str, request: Request
    ) -> Token:
        return _join_family(super()._prep_refresh_token(ctx, refresh_token, request))

    def finalize_id_token(
        self, id_token: dict[str, Any], token: Any, token_handler: Any, request: Request
    ) -> str:
        """Return the ID token signed; allauth would read the key from its text each time."""
        grant, adapter = _get_grant(), get_adapter()
        claims = {
            **adapter.get_claims("id_token", request.user, request.client, request.scopes),
            **id_token,
            "iss": adapter.get_issuer(),
            "exp": id_token["iat"] + app_settings.ID_TOKEN_EXPIRES_IN,
            "jti": uuid.uuid4().hex,
            "auth_time": int(grant.authenticated_at.timestamp()),
            "acr": find_level(grant.methods),
            "amr": grant.methods,
        }
        jwk, private = load_key(adapter.get_signing_key().pem)
        return jwt.encode(claims, private, algorithm="RS256", headers={"kid": jwk["kid"]})

    # Whose tokens are accepted

    def validate_bearer_token(self, token: str, scopes: list[str], request: Request) -> bool:
        if not super().validate_bearer_token(token, scopes, request):
            return False
        found = get_validator_context().access_token
        grant = find_grant(found) if found else None
        if grant is None or not accepts_tokens(grant):
            return False
        # An application, where allauth has found the client.
        self._use_client(request, grant.account.application)
        return True

    def revoke_token(
        self, token: str, token_type_hint: str, request: Request, *args: Any, **kwargs: Any
    ) -> None:
        """Revoke a token of the asking application; with a refresh token, its whole family.

        The hint is not believed (RFC 7009, section 2.1).
        """
        types = [Token.Type.ACCESS_TOKEN, Token.Type.REFRESH_TOKEN]
        own = Token.objects.by_value(token).filter(client=request.client, type__in=types)
        for found in own:
            grant = find_grant(found)
            if grant is not None and found.type == Token.Type.REFRESH_TOKEN:
                grant.revoke()
            else:
                found.delete()


def _make_grant(
    grant_id: uuid.UUID, request: Request, authentication: dict[str, Any]
) -> tuple[Grant, bool]:
    return Grant.objects.get_or_create(
        pk=grant_id,
        defaults={
            "account": find_account(request.client, request.user),
            "scopes": list(request.scopes),
            "methods": authentication["methods"],
            "authenticated_at": datetime.fromisoformat(authentication["at"]),
        },
    )


def _end_family(grants: Any) -> None:
    for grant in grants:
        logger.warning(
            "A code or refresh token of application %s was used twice or too late: sign-in ended.",
            grant.account.application_id,
        )
        grant.revoke()


def _read_family(refresh_token: str) -> uuid.UUID:
    try:
        return uuid.UUID(hex=refresh_token.partition(".")[0])
    except ValueError:
        return NO_FAMILY


def _keep_grant(grant: Grant) -> None:
    get_validator_context().grant = grant


def _get_grant() -> Grant:
    grant: Grant = get_validator_context().grant
    return grant


def _join_family(token: Token) -> Token:
    token.data = {**(token.data or {}), "grant": str(_get_grant().pk)}
    return token
