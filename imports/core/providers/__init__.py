"""Source systems, one module each; this is their only register."""

from imports.core.providers.aspnet_identity import ASPNET_IDENTITY
from imports.core.providers.auth0 import AUTH0
from imports.core.providers.clerk import CLERK
from imports.core.providers.cognito import COGNITO
from imports.core.providers.contract import Preset, Provider, Question, fold_name
from imports.core.providers.django_auth import DJANGO_AUTH
from imports.core.providers.dokuwiki import DOKUWIKI
from imports.core.providers.dovecot import DOVECOT
from imports.core.providers.entra import ENTRA
from imports.core.providers.firebase import FIREBASE
from imports.core.providers.fusionauth import FUSIONAUTH
from imports.core.providers.generic import GENERIC
from imports.core.providers.htpasswd import HTPASSWD_FILE
from imports.core.providers.keycloak import KEYCLOAK
from imports.core.providers.kinde import KINDE
from imports.core.providers.ldap_directory import LDAP_DIRECTORY
from imports.core.providers.logto import LOGTO
from imports.core.providers.native import NATIVE
from imports.core.providers.okta import OKTA
from imports.core.providers.ory_kratos import ORY_KRATOS
from imports.core.providers.samba import SAMBA
from imports.core.providers.scim import SCIM
from imports.core.providers.secureauth import SECUREAUTH
from imports.core.providers.stytch import STYTCH
from imports.core.providers.supabase import SUPABASE
from imports.core.providers.supertokens import SUPERTOKENS
from imports.core.providers.unix_accounts import UNIX_ACCOUNTS
from imports.core.providers.workos import WORKOS
from imports.core.providers.zitadel import ZITADEL

__all__ = [
    "GENERIC",
    "NATIVE",
    "PROVIDERS",
    "Preset",
    "Provider",
    "Question",
    "fold_name",
    "get_provider",
    "label_source",
]

# In the order in which they are asked whether they recognise a file.
PROVIDERS: dict[str, Provider] = {
    provider.name: provider
    for provider in (
        NATIVE,
        ASPNET_IDENTITY,
        AUTH0,
        SECUREAUTH,
        ENTRA,
        KEYCLOAK,
        FIREBASE,
        SUPABASE,
        COGNITO,
        OKTA,
        CLERK,
        ORY_KRATOS,
        FUSIONAUTH,
        SUPERTOKENS,
        STYTCH,
        ZITADEL,
        LOGTO,
        DJANGO_AUTH,
        KINDE,
        WORKOS,
        SCIM,
        LDAP_DIRECTORY,
        UNIX_ACCOUNTS,
        SAMBA,
        HTPASSWD_FILE,
        DOVECOT,
        DOKUWIKI,
        GENERIC,
    )
}


def get_provider(name: str) -> Provider:
    """Return the provider of that name; the generic one when there is none."""
    return PROVIDERS.get(name, GENERIC)


def label_source(source: str) -> str:
    """Return what people call a source: the name of a provider is short for its label."""
    return PROVIDERS[source].label if source in PROVIDERS else source
