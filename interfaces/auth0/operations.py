"""The operations by URL and method: what each takes, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping

from interfaces.auth0 import connections, jobs, listing, roles
from interfaces.auth0.endpoints import VIEW_ROLE, VIEW_USER, Operation
from interfaces.auth0.listing import CHECKPOINTS, PAGES, PICKING, SEARCH
from interfaces.auth0.schemas import (
    CHANGED_USER,
    EXPORT,
    IMPORT_FORM,
    NEW_USER,
    ROLE_IDS,
    TEXT,
    USER_IDS,
)

READ, CREATE = ("read:users",), ("create:users",)
CHANGE, DELETE = ("update:users",), ("delete:users",)
READ_ROLES, ASSIGN = ("read:roles",), ("update:roles", "update:users")
JOBS = ("create:users", "read:users")
CONNECTIONS = ("read:connections",)
USERS, ROLES = (VIEW_USER,), (VIEW_ROLE,)
BOTH = (VIEW_USER, VIEW_ROLE)

# By route below the prefix.
OPERATIONS: Mapping[str, Mapping[str, Operation]] = {
    "users": {
        "GET": Operation(
            "list_users", "List or search users", listing.list_users, READ, USERS, SEARCH,
            answer="UserPage",
        ),
        "POST": Operation(
            "create_user", "Create a user", listing.create_user, CREATE, USERS, body=NEW_USER,
            status=201, answer="User", refusals=(409,),
        ),
    },
    "users-by-email": {
        "GET": Operation(
            "list_users_by_email", "Find users by their e-mail address",
            listing.list_users_by_email, READ, USERS, {"email": TEXT, **PICKING}, answer="Users",
        ),
    },
    "users/<path:user_id>/roles": {
        "GET": Operation(
            "list_user_roles", "List the roles of a user", roles.list_user_roles,
            ("read:users", "read:roles"), BOTH, PAGES, answer="RolePage",
        ),
        "POST": Operation(
            "assign_roles", "Assign roles to a user", roles.assign_roles, ASSIGN, BOTH,
            body=ROLE_IDS, status=204, refusals=(409,),
        ),
        "DELETE": Operation(
            "remove_roles", "Remove roles from a user", roles.remove_roles, ASSIGN, BOTH,
            body=ROLE_IDS, status=204, refusals=(409,),
        ),
    },
    "users/<path:user_id>": {
        "GET": Operation(
            "get_user", "Get a user", listing.get_user, READ, USERS, PICKING, answer="User",
        ),
        "PATCH": Operation(
            "update_user", "Change a user", listing.update_user, CHANGE, USERS, body=CHANGED_USER,
            answer="User", refusals=(409,),
        ),
        "DELETE": Operation(
            "delete_user", "Disable and hide a user", listing.delete_user, DELETE, USERS,
            status=204, refusals=(409,),
        ),
    },
    "roles": {
        "GET": Operation(
            "list_roles", "List roles", roles.list_roles, READ_ROLES, ROLES,
            {**PAGES, "name_filter": TEXT}, answer="RolePage",
        ),
    },
    "roles/<str:role_id>/users": {
        "GET": Operation(
            "list_role_users", "List who has a role", roles.list_role_users,
            ("read:users", "read:roles"), BOTH, {**PAGES, **CHECKPOINTS}, answer="UserPage",
        ),
        "POST": Operation(
            "assign_users", "Assign a role to users", roles.assign_users, ASSIGN, BOTH,
            body=USER_IDS, answer="Nothing", refusals=(409,),
        ),
    },
    "roles/<str:role_id>": {
        "GET": Operation(
            "get_role", "Get a role", roles.get_role, READ_ROLES, ROLES, answer="Role",
        ),
    },
    "connections": {
        "GET": Operation(
            "list_connections", "List the connection of the client", connections.list_connections,
            CONNECTIONS,
            query={
                **PAGES, **CHECKPOINTS, **PICKING, "name": TEXT, "strategy": TEXT,
            },
            answer="ConnectionPage",
        ),
    },
    "connections/<str:connection_id>": {
        "GET": Operation(
            "get_connection", "Get the connection of the client", connections.get_connection,
            CONNECTIONS, query=PICKING, answer="Connection",
        ),
    },
    "jobs/users-imports": {
        "POST": Operation(
            "import_users", "Import a file of users", jobs.start_import, CREATE, USERS,
            form=IMPORT_FORM, status=202, answer="Job", refusals=(404,),
        ),
    },
    "jobs/users-exports": {
        "POST": Operation(
            "export_users", "Export users to a file", jobs.start_export, READ, USERS, body=EXPORT,
            answer="Job", refusals=(404,),
        ),
    },
    "jobs/<str:job_id>/errors": {
        "GET": Operation(
            "list_job_errors", "List the users of an import who failed", jobs.list_errors, JOBS,
            USERS, answer="JobErrors",
        ),
    },
    "jobs/<str:job_id>": {
        "GET": Operation(
            "get_job", "Get a job", jobs.get_job, JOBS, answer="Job",
        ),
    },
}  # fmt: skip
