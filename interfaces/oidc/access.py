"""Who may use an application, and whose tokens are accepted."""

from __future__ import annotations

from accounts.models import GroupMembership, User
from accounts.sign_in.stages import is_password_expired
from interfaces.oidc.models import Application, Grant


def may_use(application: Application, user: User) -> bool:
    """Return whether a user may sign in to an application: everybody may, unless it names some."""
    if not (application.is_on and user.is_active):
        return False
    groups, roles = application.groups.values("pk"), application.roles.values("pk")
    if not (application.sources or groups.exists() or roles.exists()):
        return True
    return (
        user.source in application.sources
        or GroupMembership.objects.filter(user=user, group__in=groups).exists()
        or user.effective_roles.filter(pk__in=roles).exists()
    )


def accepts_tokens(grant: Grant) -> bool:
    """Return whether tokens of a sign-in are still accepted.

    Not of users who may no longer use the application, have to choose another password, or have
    chosen one since: whoever knew the old password could have signed in with it.
    """
    user, application = grant.account.user, grant.account.application
    changed_at = user.password_changed_at
    if changed_at is not None and changed_at > grant.created_at:
        return False
    return not is_password_expired(user) and may_use(application, user)
