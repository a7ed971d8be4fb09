"""Say which member of a user in Auth0's form a problem is about."""

from __future__ import annotations

from collections.abc import Mapping

from imports.core.problems import Problem
from imports.core.providers import get_provider
from imports.core.providers.systems.auth0 import KEPT, PASSWORD, ROLES
from imports.services.connections.kinds import AUTH0

PROVIDER = get_provider(AUTH0.provider)
# By the column in which the mapping reads it, the member of the user.
COLUMNS: Mapping[str, str] = {
    "(user id)": "user_id",
    "(password hash)": "custom_password_hash",
    "(hash format)": "custom_password_hash",
    "(authenticator app)": "mfa_factors",
    "(addresses for codes)": "mfa_factors",
    "(external logins)": "identities",
    PASSWORD: "password",
    ROLES: "roles",
    KEPT: "user_metadata",
}
# The same by the field that the column goes to, where a problem names that.
MEMBERS: Mapping[str, str] = {
    **{preset.target: column for column, preset in PROVIDER.presets.items()},
    **{preset.target: COLUMNS.get(column, column) for column, preset in PROVIDER.presets.items()},
    **{target: COLUMNS[column] for column, target in PROVIDER.always.items()},
    **COLUMNS,
}


def name_member(problem: Problem) -> str:
    """Return the member of a user in Auth0's form that a problem is about; empty for none."""
    place = problem.column or problem.field
    return MEMBERS.get(place, place.strip("()"))
