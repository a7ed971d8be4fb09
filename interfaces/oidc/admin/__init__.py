"""The administration of applications and signing keys."""

from interfaces.oidc.admin.applications import ApplicationAdmin
from interfaces.oidc.admin.signing_keys import SigningKeyAdmin

__all__ = ["ApplicationAdmin", "SigningKeyAdmin"]
