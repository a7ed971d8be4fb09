"""Name every refusal as SCIM does (RFC 7644, section 3.12), with the attribute."""

from __future__ import annotations

from collections.abc import Mapping

from scim2_models import (
    ConflictException,
    ForbiddenException,
    InvalidValueException,
    SCIMException,
    UniquenessException,
)

from imports.core.problems import Problem, Severity, of_conflicts, of_permissions
from imports.core.problems.catalogue import list_rows
from imports.core.providers import get_provider
from imports.models import Status
from imports.services.connections.batches import Outcome
from imports.services.connections.kinds import SCIM

CONFLICTS = frozenset(kind.code for kind in list_rows(of_conflicts))
PERMISSIONS = frozenset(kind.code for kind in list_rows(of_permissions))
CONCURRENT = of_conflicts.CONCURRENT_CHANGE.code
MISSING = frozenset({of_permissions.GROUP_MISSING.code, of_permissions.ROLE_MISSING.code})
# By the column in which the mapping reads it, the attribute of the resource.
COLUMNS: Mapping[str, str] = {
    "(user name)": "userName",
    "(email)": "emails",
    "(further emails)": "emails",
    "(phone)": "phoneNumbers",
    "(given name)": "name.givenName",
    "(family name)": "name.familyName",
    "(display name)": "displayName",
    "(picture)": "photos",
    "(locale)": "locale",
    "(time zone)": "timezone",
    "(active)": "active",
    "(password)": "password",
    "(groups)": "groups",
    "(roles)": "roles",
}
# The same by the field that the column goes to, where a problem names that.
PRESETS = get_provider(SCIM.provider).presets
ATTRIBUTES: Mapping[str, str] = {
    **COLUMNS,
    **{PRESETS[column].target: name for column, name in COLUMNS.items()},
}


class WaitException(SCIMException):
    """A connection has sent more requests than it may, or somebody has guessed at tokens."""

    status = 429

    def __init__(self, detail: str, headers: Mapping[str, str]) -> None:
        super().__init__(detail=detail)
        self.headers = headers


def explain(outcome: Outcome) -> SCIMException:
    """Return why a record was not written, as the error of the request that brought it."""
    problems = [Problem.from_json(each) for each in outcome.problems]
    serious = [each for each in problems if each.severity is Severity.ERROR] or problems
    told = " ".join(dict.fromkeys(_tell(each) for each in serious)) or outcome.reason
    code = outcome.reason
    if code == CONCURRENT:
        return ConflictException(detail=told)
    if code in CONFLICTS:
        return UniquenessException(detail=told)
    if code in PERMISSIONS - MISSING:
        return ForbiddenException(detail=told)
    return InvalidValueException(detail=told)


def require_written(outcomes: list[Outcome]) -> None:
    """Raise the error of the first record that was not written, unless nothing was to be."""
    for outcome in outcomes:
        is_refused = outcome.status is Status.SKIPPED and not outcome.is_unchanged
        if outcome.status is Status.FAILED or is_refused:
            raise explain(outcome)


def _tell(problem: Problem) -> str:
    """Return what is wrong, after the attribute that it is wrong with."""
    place = problem.column or problem.field
    name = ATTRIBUTES.get(place, place.strip("()"))
    return f"{name}: {problem.message}" if name else problem.message
