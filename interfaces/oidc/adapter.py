"""allauth's hooks: our ids, claims, subject ids and keys in place of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.internal.private_keys import filter_keys
from allauth.idp.oidc.models import Client, PrivateKey, Token
from django.conf import settings

from accounts.models import User
from interfaces.oidc.access import accepts_tokens
from interfaces.oidc.claims import list_claims
from interfaces.oidc.keys import list_keys
from interfaces.oidc.models import Application, ApplicationUser, Grant
from interfaces.oidc.subjects import find_account


class Adapter(DefaultOIDCAdapter):
    """What `allauth.idp` asks; its clients are applications, which our server looks up."""

    def get_issuer(self) -> str:
        """Return the URL of the installation, whatever name it was called by."""
        url: str = settings.PUBLIC_URL
        return url.rstrip("/")

    def get_claims(
        self,
        purpose: Literal["id_token", "userinfo"],
        user: User,
        client: Application,
        scopes: Iterable[str],
        email: str | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        return {"sub": self.get_user_sub(client, user), **list_claims(client, user, [*scopes])}

    def get_user_sub(self, client: Client, user: User) -> str:
        return find_account(_as_application(client), user).subject

    def get_user_by_sub(self, client: Client, sub: str) -> User | None:
        accounts = ApplicationUser.objects.filter(application_id=client.pk, subject=sub)
        account = accounts.filter(user__is_active=True).select_related("user").first()
        return account.user if account else None

    def list_private_keys(
        self,
        *,
        did_activate: Literal[True] | None = None,
        is_active: Literal[True] | None = None,
    ) -> list[PrivateKey]:
        keys: list[PrivateKey] = filter_keys(
            list_keys(), did_activate=did_activate, is_active=is_active
        )
        return keys

    def is_introspection_allowed(self, token: Token, *, caller_client: Client) -> bool:
        """Return whether a token is accepted, which only its own application asks."""
        grant = find_grant(token)
        return grant is not None and accepts_tokens(grant)

    def populate_introspection_response(self, *, response: dict[str, Any], token: Token) -> None:
        response.setdefault("aud", token.client_id)


def find_grant(token: Token) -> Grant | None:
    """Return the sign-in that a token came of; None of those of API clients."""
    stored = token.data or {}
    grants = Grant.objects.select_related("account__user", "account__application")
    return grants.filter(pk=stored["grant"]).first() if "grant" in stored else None


def _as_application(client: Client) -> Application:
    return client if isinstance(client, Application) else Application.objects.get(pk=client.pk)
