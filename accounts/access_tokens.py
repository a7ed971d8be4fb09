"""OAuth2 access tokens: which are handed to API clients, and whom one speaks for.

Of allauth.idp, only the grant of client credentials is used: a client
is made in the admin, belongs to whoever made it, and acts as its owner, never as more. Clients
without an owner are applications that users sign in to (`interfaces.oidc`): none of these tokens is
for them.
"""

from __future__ import annotations

import base64
import binascii
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote_plus

from allauth.core.internal import ratelimit
from allauth.idp.oidc import views
from allauth.idp.oidc.models import Client, Token
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.models import User

logger = logging.getLogger(__name__)

# The scope that the API asks for, which every client gets.
SCOPE = "imports"
# The scope for password hashes and authenticators, which a client gets only if its maker says so,
# and a token only if the client asks for it.
CREDENTIALS_SCOPE = "credentials"
APP = "accounts.access_tokens"
# How often one network address may ask for a token (each costs a slow hash), or come with a token
# that is none.
RATES = {"issue": "30/m/ip", "refused": "30/m/ip"}
NO_CLIENT = "This is not an API client."
WAIT = "Too many requests from this IP address. Wait a minute."


@dataclass(frozen=True, slots=True)
class Grant:
    """Whom an access token speaks for, through which client, and for what."""

    user: User
    client_id: str
    scopes: frozenset[str]


def set_up_client(client: Client, owner: User, *, with_credentials: bool = False) -> str:
    """Make a new client one of its owner's that gets tokens for the API alone; return its secret.

    `with_credentials` lets it ask for CREDENTIALS_SCOPE.

    The secret is stored as a slow hash: it cannot be read again.
    """
    # Of characters that no shell and no form gives a meaning.
    secret = secrets.token_urlsafe(32)
    client.owner = owner
    client.type = Client.Type.CONFIDENTIAL
    client.set_grant_types([Client.GrantType.CLIENT_CREDENTIALS])
    client.set_scopes([SCOPE, CREDENTIALS_SCOPE] if with_credentials else [SCOPE])
    client.set_default_scopes([SCOPE])
    client.set_response_types([])
    client.set_secret(secret)
    return secret


def find_grant(value: str) -> Grant | None:
    """Return what an access token grants; None when it is unknown, expired or revoked.

    Whether its user may still do anything is for the caller to see. A token of another grant than
    client credentials has a user of its own, and is refused.
    """
    found = Token.objects.valid().by_value(value).filter(type=Token.Type.ACCESS_TOKEN, user=None)
    token = found.select_related("client__owner").first()
    if token is None or token.client is None or token.client.owner is None:
        return None
    return Grant(token.client.owner, token.client.pk, frozenset(token.get_scopes()))


def note_refusal(request: HttpRequest, why: str) -> None:
    """Log and count that a token was refused; the log never has the token."""
    ratelimit.consume(request, app=APP, action="refused", config=RATES, limit_get=True)
    logger.warning("An access token from %s was refused: %s.", ratelimit.get_ip(request), why)


def is_shut_out(request: HttpRequest) -> bool:
    """Return whether too many tokens from this network address were refused lately.

    To be asked of a token that is refused: cloud services have their addresses in common, and a
    neighbour with a wrong token must not shut out the right ones of others.
    """
    usage = ratelimit.consume(
        request, app=APP, action="refused", config=RATES, limit_get=True, dry_run=True
    )
    return usage is None


def delete_expired() -> None:
    """Delete the tokens that nobody can use any more."""
    Token.objects.expired().delete()


@csrf_exempt
@never_cache
@require_POST
@sensitive_post_parameters()
def issue_token(request: HttpRequest) -> HttpResponse:
    """Exchange a client's id and secret for an access token (RFC 6749, section 4.4)."""
    response = _call(views.token, request)
    if response.status_code == 401:
        logger.warning("An API client from %s was refused.", ratelimit.get_ip(request))
    return response


@csrf_exempt
@never_cache
@require_POST
@sensitive_post_parameters()
def revoke_token(request: HttpRequest) -> HttpResponse:
    """Revoke a token before it expires (RFC 7009)."""
    return _call(views.revoke, request)


def _call(view: Callable[[HttpRequest], HttpResponse], request: HttpRequest) -> HttpResponse:
    """Return what a view of allauth's answers to a request that it can take."""
    if not ratelimit.consume(request, app=APP, action="issue", config=RATES):
        return _answer_error(429, "temporarily_unavailable", WAIT, {"Retry-After": "60"})
    credentials = read_basic_credentials(request)
    if "\0" in credentials or any("\0" in value for value in request.POST.values()):
        return _answer_error(400, "invalid_request", "A parameter contains a NUL character.")
    if credentials:
        encoded = base64.b64encode(credentials.encode()).decode()
        request.META["HTTP_AUTHORIZATION"] = f"Basic {encoded}"
    client_id = credentials.partition(":")[0] or request.POST.get("client_id", "")
    if not Client.objects.filter(pk=client_id).exclude(owner=None).exists():
        response = _answer_error(401, "invalid_client", NO_CLIENT)
    else:
        response = view(request)
    if response.status_code == 401:
        response["WWW-Authenticate"] = 'Basic realm="Userferry API"'
    return response


def read_basic_credentials(request: HttpRequest) -> str:
    """Return `id:secret` as the client means it; empty when the header is missing or malformed.

    Both are form-encoded before they are joined (RFC 6749, section 2.3.1): strict clients write
    `-` as `%2D`. Ours hold no character that decoding changes, so that curl's are read, too.
    """
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        written = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""
    client_id, _, secret = written.partition(":")
    return f"{unquote_plus(client_id)}:{unquote_plus(secret)}"


def _answer_error(
    status: int, error: str, description: str, headers: dict[str, str] | None = None
) -> HttpResponse:
    body = {"error": error, "error_description": description}
    return JsonResponse(body, status=status, headers=headers)
