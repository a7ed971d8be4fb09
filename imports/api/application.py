"""The API as a whole: its parts, and its OpenAPI document."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from ninja import NinjaAPI
from ninja.operation import Operation

from accounts.access_tokens import SCOPE
from imports.api import catalogues, templates, webhooks
from imports.api.jobs import (
    corrections,
    jobs,
    leavers,
    receiving,
    records,
    runs,
    undoing,
    uploads,
    watching,
)
from imports.api.people import attributes, campaigns, directories, groups, passwords, sources, users
from imports.api.requests.bodies import StorableParser
from imports.api.requests.concluding import conclude
from imports.api.requests.connection_access import ConnectionToken
from imports.api.requests.problems import add_problem_handlers
from imports.api.requests.refusals import CODES, HEADERS, complete_operation
from imports.api.schemas.jobs import NewJob

DESCRIPTION = """\
The functions of the admin for other programs. Errors are problem details (RFC 9457) with a
stable `code`. docs/api.md explains how to get a token and shows an import."""

# What ninja does not know of: how every operation refuses a request.
PROBLEM: dict[str, Any] = {
    "description": "Why a request was refused (RFC 9457). Some codes have further members.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "description": "The code as a URN."},
        "title": {"type": "string", "description": "What all problems of this code share."},
        "status": {"type": "integer", "description": "HTTP status of the response."},
        "detail": {"type": "string", "description": "What is wrong and what to do, for people."},
        "code": {
            "description": "Stable. docs/api.md lists the codes.",
            "allOf": [{"$ref": "#/components/schemas/ProblemCode"}],
        },
        "faults": {
            "type": "array",
            "description": "What is wrong: each a sentence, or a place in the request (`at`) with"
            " a `message`.",
            "items": {
                "anyOf": [
                    {"type": "string"},
                    {
                        "type": "object",
                        "required": ["at", "message"],
                        "properties": {
                            "at": {"type": "string", "description": "The place, dotted."},
                            "message": {"type": "string", "description": "What is wrong there."},
                        },
                    },
                ]
            },
        },
        "advice": {"type": "string", "description": "Of a file that cannot be read: what to do."},
        "state": {"type": "string", "description": "Of `wrong_state`: the state of the job."},
        "received": {
            "type": "integer",
            "description": "Of `offset_wrong`: the byte at which the upload continues.",
        },
        "changed": {
            "type": "array",
            "description": "Of `changed_meanwhile`: the parts that have changed.",
            "items": {"type": "string"},
        },
    },
}


class Api(NinjaAPI):
    """An API whose document names operations by their functions, and says how they fail."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(self, **options: Any) -> Any:
        document = super().get_openapi_schema(**options)
        schemas = document["components"]["schemas"]
        new_job = NewJob.model_json_schema(ref_template="#/components/schemas/{model}")
        # Nothing that it refers to is its alone.
        del new_job["$defs"]
        schemas |= {"NewJob": new_job, "Problem": PROBLEM, "ProblemCode": CODES}
        document["components"]["headers"] = HEADERS
        for methods in document["paths"].values():
            for method, operation in methods.items():
                complete_operation(operation, method)
                first, *_ = operation["description"].split("\n\n")
                operation["summary"] = " ".join(first.split()).removesuffix(".")
                operation["security"] = [
                    {name: [] if name == ConnectionToken.__name__ else [SCOPE]}
                    for each in operation["security"]
                    for name in each
                ]
        return document


api = Api(
    title="Userferry",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    # Its pages load scripts from elsewhere: the document is for tools, docs/api.md for people.
    docs_url=None,
    parser=StorableParser(),
)
add_problem_handlers(api)
api.add_decorator(conclude)
for part in (
    jobs.router,
    watching.router,
    runs.router,
    records.router,
    corrections.router,
    leavers.router,
    undoing.router,
    templates.job_router,
):
    api.add_router("/jobs", part)
api.add_router("/uploads", uploads.router)
api.add_router("/records", receiving.router)
api.add_router("/templates", templates.router)
api.add_router("/sources", sources.router)
api.add_router("/passwords", passwords.router)
api.add_router("/users", users.router)
api.add_router("/groups", groups.groups)
api.add_router("/roles", groups.roles)
api.add_router("/attributes", attributes.router)
api.add_router("/providers", catalogues.providers)
api.add_router("/formats", catalogues.formats)
api.add_router("/webhooks", webhooks.router)
api.add_router("/directories", directories.router)
api.add_router("/campaigns", campaigns.router)
# What other applications of the site add: prefix and router of each.
for prefix, path in settings.API_PARTS.items():
    api.add_router(prefix, import_string(path))
