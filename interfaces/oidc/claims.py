"""What an application is told of a user, by scope."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from allauth.account.models import EmailAddress

from accounts.models import Group, User
from interfaces.oidc.models import Application, Membership

Claims = dict[str, Any]

OPENID, OFFLINE = "openid", "offline_access"
# Of the protocol itself: RFC 7519, OpenID Connect Core, and logout.
PROTOCOL_CLAIMS = frozenset(
    {
        *("iss", "sub", "aud", "exp", "iat", "nbf", "jti", "nonce", "auth_time", "acr", "amr"),
        *("azp", "at_hash", "c_hash", "s_hash", "sid", "events"),
        *("client_id", "scope", "active", "token_use", "token_type"),
    }
)


def list_profile(user: User) -> Claims:
    return {
        "name": user.get_full_name(),
        "given_name": user.given_name,
        "family_name": user.family_name,
        "preferred_username": user.username,
        "picture": user.picture,
        "locale": user.locale,
        "zoneinfo": user.zoneinfo,
        "updated_at": int(user.updated_at.timestamp()),
    }


def list_email(user: User) -> Claims:
    if not user.email:
        return {}
    verified = EmailAddress.objects.filter(user=user, email=user.email, verified=True)
    return {"email": user.email, "email_verified": verified.exists()}


def list_phone(user: User) -> Claims:
    if not user.phone:
        return {}
    return {"phone_number": user.phone, "phone_number_verified": user.phone_verified}


READERS: Mapping[str, Callable[[User], Claims]] = {
    "profile": list_profile,
    "email": list_email,
    "phone": list_phone,
}
# What a scope allows, as the page of consent and the admin say it.
SCOPES: Mapping[str, str] = {
    OPENID: "Know who you are by an id",
    "profile": "See your name, user name, language and time zone",
    "email": "See your e-mail address",
    "phone": "See your phone number",
    "groups": "See your groups",
    "roles": "See your roles",
    OFFLINE: "Stay signed in while you are away",
}
CLAIMS = (
    *("sub", "iss", "aud", "exp", "iat", "nonce", "auth_time", "acr", "amr"),
    *("name", "given_name", "family_name", "preferred_username", "picture", "locale"),
    *("zoneinfo", "updated_at", "email", "email_verified"),
    *("phone_number", "phone_number_verified", "groups", "roles"),
)


def list_claims(application: Application, user: User, scopes: Collection[str]) -> Claims:
    """Return the claims of the granted scopes, without those that the user has no value for.

    Mapped attributes belong to the scope `profile`. Groups and roles are there when asked for, also
    when there are none: their absence would not tell the two apart.
    """
    claims: Claims = {}
    for scope, read in READERS.items():
        if scope in scopes:
            claims |= read(user)
    if "profile" in scopes:
        claims |= _list_attributes(application, user)
    claims = {name: value for name, value in claims.items() if value not in (None, "")}
    return claims | _list_memberships(application, user, scopes)


def _list_attributes(application: Application, user: User) -> Claims:
    mappings = application.claim_mappings.select_related("attribute")
    return {each.claim: user.attributes.get(each.attribute.name) for each in mappings}


def _list_memberships(application: Application, user: User, scopes: Collection[str]) -> Claims:
    by_name = application.memberships == Membership.NAME
    claims: Claims = {}
    if "groups" in scopes:
        groups = Group.objects.filter(groupmembership__user=user).order_by("key")
        claims["groups"] = [str(each) if by_name else each.key for each in groups]
    if "roles" in scopes:
        roles = user.effective_roles.order_by("key")
        claims["roles"] = [str(each) if by_name else each.key for each in roles]
    return claims
