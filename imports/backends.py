"""Sign users in as `accounts` does, and those who are not here yet by legacy directories."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

from accounts import hashing, throttling
from accounts.models import User
from accounts.selectors.users import find_holder
from accounts.sign_in.backends import AccountBackend
from imports.services.directories.sign_in import SignIn, complete_sign_in


class MigratingBackend(AccountBackend):
    """One backend for both ways, so that a session is the same whichever of them opened it."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """Return the user; what a person is to be told instead is left on the request."""
        password = credentials.get("password")
        identifier = find_identifier(credentials)
        if request is None or not password or not identifier or hashing.is_too_long(password):
            return super().authenticate(request, **credentials)
        # Before the password is checked: whoever is brought in meanwhile, by another request of
        # theirs, would else count as known and wrong.
        known = throttling.recall_user(request, **credentials) or find_holder(identifier)
        user = super().authenticate(request, **credentials)
        sign_in = SignIn(
            identifier=identifier,
            password=password,
            address=get_adapter().get_client_ip(request),
            known=user or known,
        )
        result = complete_sign_in(user, sign_in)
        if result.user is None:
            request.sign_in_message = result.message  # type: ignore[attr-defined]
            request.sign_in_code = result.code  # type: ignore[attr-defined]
            return None
        if user is None and not self.user_can_authenticate(result.user):
            # allauth leads who is right but disabled to a page that says so.
            self._stash_user(result.user)
            return None
        return result.user


def find_identifier(credentials: dict[str, Any]) -> str:
    """Return what was typed as the name, whatever it was taken for."""
    names = (credentials.get(kind) for kind in ("email", "phone", "username"))
    return next((name for name in names if isinstance(name, str) and name), "")
