"""Narrow a search down in the database: to rows among which are all that a filter can match.

The library decides about each of them; what cannot be said in the database narrows nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce
from operator import and_, or_
from typing import Any, TypeVar

from allauth.account.models import EmailAddress
from django.db.models import Model, Q, QuerySet
from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterNode,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)
from scim2_models.path.visitor import FilterVisitor

from accounts.identifiers import normalise_email
from accounts.models import User
from interfaces.scim.resources import ATTRIBUTE, TEXTS, Composer

Make = Callable[[str], Q]
RowT = TypeVar("RowT", bound=Model)
FEW = 1000
NOBODY = Q(pk=None)
EXTERNAL_ID = f"attributes__{ATTRIBUTE}__resource__externalId"


def narrow_users(node: FilterNode | None, composer: Composer) -> Q | None:
    """Return what every user has whom the filter matches; None for nothing known."""
    makers: dict[str, Make] = {
        "id": lambda value: Q(subject_id=value),
        "externalid": name_external,
    }
    if composer.maps("(user name)", "profile.username"):
        # Who has no user name is called by the address or the id.
        makers["username"] = lambda value: (
            Q(username__iexact=value)
            | Q(username=None, email=normalise_email(value))
            | Q(username=None, subject_id=value)
        )
    if composer.maps("(email)", "profile.email"):
        makers["emails"] = makers["emails.value"] = _name_address
    for column, field, path in TEXTS:
        if field != "username" and composer.maps(column, f"profile.{field}"):
            makers[".".join(path).lower()] = partial(_name_text, field)
    return None if node is None else _Narrowing(makers).visit(node)


def _name_text(field: str, value: str) -> Q:
    return Q(**{f"{field}__iexact": value})


def _name_address(value: str) -> Q:
    """Return who has an address; looked up first, so that both sides go by their index."""
    email = normalise_email(value)
    owners = EmailAddress.objects.filter(email=email).values_list("user_id", flat=True)
    return Q(email=email) | Q(pk__in=list(owners))


def name_external(value: str) -> Q:
    """Return whom the client calls so, by the index of those who have such a name."""
    return Q(attributes__has_key=ATTRIBUTE, **{EXTERNAL_ID: value})


def narrow(rows: QuerySet[RowT], narrowed: Q | None) -> QuerySet[RowT]:
    """Return those of the rows that can be meant.

    The few that a filter mostly means are found first: the database takes them for many, and would
    read all the others.
    """
    if narrowed is None:
        return rows
    found = rows.model._default_manager.filter(narrowed).order_by().values_list("pk", flat=True)
    few = list(found[: FEW + 1])
    return rows.filter(pk__in=few if len(few) <= FEW else found)


def narrow_groups(node: FilterNode | None) -> Q | None:
    """Return what every group has that the filter matches; None for nothing known."""
    makers: dict[str, Make] = {
        "id": lambda value: Q(pk=int(value)) if value.isdecimal() else NOBODY,
        "displayname": lambda value: Q(name__iexact=value) | Q(name="", key__iexact=value),
        "externalid": lambda value: Q(connectedgroup__external_id=value),
        "members": _name_member,
        "members.value": _name_member,
    }
    return None if node is None else _Narrowing(makers).visit(node)


def _name_member(value: str) -> Q:
    return Q(members__in=User.objects.filter(subject_id=value))


class _Narrowing(FilterVisitor[Q | None]):
    """Translates what is compared with “eq” and connected with “and” or “or”."""

    def __init__(self, makers: dict[str, Make]) -> None:
        self.makers = makers

    def visit_comparison(self, node: Comparison) -> Q | None:
        return self._make(node, name_attribute(node.attr_path))

    def visit_logical_expr(self, node: LogicalExpr) -> Q | None:
        found = [self.visit(term) for term in node.terms]
        known = [each for each in found if each is not None]
        if node.op is LogicalOperator.and_:
            return reduce(and_, known) if known else None
        return reduce(or_, known) if len(known) == len(found) else None

    def visit_value_path(self, node: ValuePath) -> Q | None:
        """Take from `emails[type eq "work" and value eq "…"]` what is said of the value."""
        inner = node.val_filter
        terms = inner.terms if isinstance(inner, LogicalExpr) else (inner,)
        if isinstance(inner, LogicalExpr) and inner.op is not LogicalOperator.and_:
            return None
        name = name_attribute(node.attr_path)
        for term in terms:
            if isinstance(term, Comparison) and name_attribute(term.attr_path) == "value":
                return self._make(term, f"{name}.value")
        return None

    def visit_present(self, node: Present) -> Q | None:
        return None

    def visit_not(self, node: Not) -> Q | None:
        return None

    def _make(self, node: Comparison, name: str) -> Q | None:
        make = self.makers.get(name)
        if make is None or node.op is not CompareOperator.eq or not isinstance(node.value, str):
            return None
        return make(node.value) if _is_storable(node.value) else NOBODY


def _is_storable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in value


def name_attribute(path: AttrPath) -> str:
    return ".".join(filter(None, (path.attr, path.sub_attr))).lower()


def list_names(paths: Any) -> frozenset[str]:
    """Return attributes as a request names them, without regard to case and schema."""
    return frozenset(str(each).rpartition(":")[2].lower() for each in paths or ())
