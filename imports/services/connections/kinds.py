"""The kinds of connections: what each interface is, where it is, and how its clients sign in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from imports.models import SecretUse


@dataclass(frozen=True, slots=True)
class ConnectionKind:
    """One interface that programs can write users through, or ask about them.

    `path` is its URL below the installation's, where `{tenant}` stands for the connection's;
    `secret_use` says what its clients sign in with. `scopes` are what a secret can be limited to,
    with what each allows, `default_scopes` those of one that is not limited. `provider` reads what
    is sent unless the mapping says otherwise.
    """

    name: str
    label: str
    help_text: str
    path: str
    secret_use: SecretUse
    scopes: Mapping[str, str]
    default_scopes: tuple[str, ...]
    provider: str
    token_path: str = ""
    # Scopes that only somebody with a permission can give, by scope; they take a recent sign-in.
    guarded_scopes: Mapping[str, str] = field(default_factory=dict)
    # Whether each request says what happens to users who exist already, instead of the settings.
    modes_by_request: bool = False
    # Whether the tenant is made of the connection's name where none is given.
    tenant_is_name: bool = False
    # What whoever a connection acts for has to hold, at each use. Those that write run imports.
    permissions: tuple[str, ...] = ("imports.add_importjob", "imports.run_importjob")
    # Whether programs write records; without, there is nothing to map and no job.
    writes: bool = True

    @property
    def has_tenant(self) -> bool:
        return "{tenant}" in self.path

    def get_path(self, tenant: str) -> str:
        return self.path.replace("{tenant}", tenant)

    def get_token_path(self, tenant: str) -> str:
        return self.token_path.replace("{tenant}", tenant)

    @property
    def has_client(self) -> bool:
        return self.secret_use is SecretUse.CLIENT


RECORDS = ConnectionKind(
    name="records",
    label="Records API",
    help_text="Your own program sends records as JSON with a token that does not expire.",
    path="/api/v1/records",
    secret_use=SecretUse.TOKEN,
    scopes={"write": "Write records", "dry_run": "Plan records without writing them"},
    default_scopes=("write", "dry_run"),
    provider="native",
)
SECUREAUTH = ConnectionKind(
    name="secureauth",
    label="SecureAuth-compatible API",
    help_text="A migration script for SecureAuth Connect (Cloudentity) sends identity pools here,"
    " unchanged but for the host.",
    path="/api/identity/system/{tenant}/configuration",
    token_path="/{tenant}/system/oauth2/token",  # noqa: S106
    secret_use=SecretUse.CLIENT,
    scopes={
        "manage_configuration": "Import and export identity pools",
        "read_configuration": "Export identity pools",
        "export_credentials": "Export identity pools with password hashes and authenticators",
    },
    default_scopes=("manage_configuration",),
    guarded_scopes={"export_credentials": "accounts.export_credentials"},
    provider="secureauth",
    modes_by_request=True,
)
SCIM = ConnectionKind(
    name="scim",
    label="SCIM 2.0",
    help_text="An HR system or directory, such as Entra or Okta, creates, changes and disables"
    " users, and says who belongs to groups.",
    path="/scim/v2/{tenant}",
    secret_use=SecretUse.TOKEN,
    scopes={"read": "Read users and groups", "write": "Write users and groups"},
    default_scopes=("read", "write"),
    provider="scim",
    tenant_is_name=True,
)
AUTH0 = ConnectionKind(
    name="auth0",
    label="Auth0-compatible API",
    help_text="A script for the Management API of Auth0 imports, searches, changes and exports"
    " users here, unchanged but for the domain.",
    path="/api/v2/",
    token_path="/oauth/token",  # noqa: S106
    secret_use=SecretUse.CLIENT,
    scopes={
        "read:users": "Read and export users",
        "create:users": "Create and import users",
        "update:users": "Change users",
        "delete:users": "Delete users, who are disabled",
        "read:roles": "Read roles",
        "update:roles": "Assign and remove roles",
        "read:connections": "Read the connection",
    },
    default_scopes=(
        "read:users",
        "create:users",
        "update:users",
        "delete:users",
        "read:roles",
        "update:roles",
        "read:connections",
    ),
    provider="auth0",
    modes_by_request=True,
)
HOOK = ConnectionKind(
    name="hook",
    label="Sign-in hook",
    help_text="A system that people move to, such as Okta, Entra External ID, Ory Kratos, Auth0 or"
    " Amazon Cognito, asks at their first sign-in whether the password is right, and keeps it.",
    path="/hooks/{tenant}",
    secret_use=SecretUse.TOKEN,
    scopes={"verify": "Ask whether a password is right", "look_up": "Find users by name"},
    default_scopes=("verify", "look_up"),
    provider="native",
    tenant_is_name=True,
    permissions=("accounts.view_user", "accounts.change_user"),
    writes=False,
)
KINDS: Mapping[str, ConnectionKind] = {
    kind.name: kind for kind in (RECORDS, SECUREAUTH, SCIM, AUTH0, HOOK)
}
