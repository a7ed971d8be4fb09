"""What the provider can do, for programs that set themselves up: only what really works."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from allauth.idp.oidc.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from interfaces.oidc.authentication import LEVELS
from interfaces.oidc.claims import CLAIMS, SCOPES
from interfaces.oidc.keys import list_public_keys
from interfaces.oidc.views.endpoints import GRANTS, allow_any_origin

PROMPTS = ("none", "login", "consent", "select_account")
SECRET_METHODS = ["client_secret_basic", "client_secret_post"]


@allow_any_origin
@require_GET
def show_configuration(request: HttpRequest) -> HttpResponse:
    """Answer with the metadata of OpenID Connect Discovery and RFC 8414, which are the same."""
    return JsonResponse(describe(), json_dumps_params={"indent": 2})


@allow_any_origin
@require_GET
def show_keys(request: HttpRequest) -> HttpResponse:
    response = JsonResponse({"keys": list_public_keys()})
    response["Cache-Control"] = f"max-age={get_adapter().get_jwks_cache_control()}, must-revalidate"
    return response


def describe() -> dict[str, Any]:
    return {
        "issuer": get_adapter().get_issuer(),
        "authorization_endpoint": _locate("authorization"),
        "token_endpoint": _locate("token"),
        "userinfo_endpoint": _locate("userinfo"),
        "jwks_uri": _locate("jwks"),
        "revocation_endpoint": _locate("revoke"),
        "introspection_endpoint": _locate("introspect"),
        "end_session_endpoint": _locate("logout"),
        "scopes_supported": list(SCOPES),
        "claims_supported": list(CLAIMS),
        "claim_types_supported": ["normal"],
        "claims_parameter_supported": False,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": list(GRANTS),
        "prompt_values_supported": list(PROMPTS),
        "acr_values_supported": LEVELS,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": [*SECRET_METHODS, "none"],
        "revocation_endpoint_auth_methods_supported": [*SECRET_METHODS, "none"],
        "introspection_endpoint_auth_methods_supported": SECRET_METHODS,
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }


def _locate(name: str) -> str:
    return urljoin(settings.PUBLIC_URL, reverse(f"idp:oidc:{name}"))
