"""Create, change and delete groups, roles and attribute definitions, with a line in the log.

Nobody hands out permissions that they do not hold. Raises ValidationError by field.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CharField, Model, Value
from django.db.models.functions import Concat

from accounts.models import AttributeDefinition, Group, Role, User
from accounts.services import attributes, grants

BY_API = "By API."
CODE = Concat("content_type__app_label", Value("."), "codename", output_field=CharField())


@transaction.atomic
def save_group(group: Group, role_keys: Collection[str] | None, *, actor: User) -> None:
    """Save a group with these roles; None leaves its roles as they are."""
    is_new = group.pk is None
    group.full_clean()
    if role_keys is None:
        group.save()
        _note(group, ADDITION if is_new else CHANGE, actor)
        return
    chosen = list(Role.objects.filter(key__in=role_keys))
    _require_known("roles", role_keys, [role.key for role in chosen])
    held = set() if is_new else set(group.roles.all())
    if excess := grants.find_excess_of_roles(actor, set(chosen) - held):
        raise ValidationError({"roles": grants.explain_excess(excess)})
    group.save()
    group.roles.set(chosen)
    _note(group, ADDITION if is_new else CHANGE, actor)


@transaction.atomic
def save_role(role: Role, permission_codes: Collection[str] | None, *, actor: User) -> None:
    """Save a role with these permissions, such as `app.code`; None leaves them as they are."""
    is_new = role.pk is None
    role.full_clean()
    if permission_codes is None:
        role.save()
        _note(role, ADDITION if is_new else CHANGE, actor)
        return
    coded = Permission.objects.alias(code=CODE).filter(code__in=permission_codes)
    chosen = list(coded.select_related("content_type"))
    known = [f"{each.content_type.app_label}.{each.codename}" for each in chosen]
    _require_known("permissions", permission_codes, known)
    held = set() if is_new else set(role.permissions.all())
    if excess := grants.find_excess(actor, set(chosen) - held):
        raise ValidationError({"permissions": grants.explain_excess(excess)})
    role.save()
    role.permissions.set(chosen)
    _note(role, ADDITION if is_new else CHANGE, actor)


@transaction.atomic
def save_attribute(definition: AttributeDefinition, *, actor: User) -> None:
    """Save a definition that all users' values agree with."""
    is_new = definition.pk is None
    definition.full_clean()
    if faults := attributes.find_faults(definition):
        raise ValidationError(faults)
    attributes.save_definition(definition)
    _note(definition, ADDITION if is_new else CHANGE, actor)


@transaction.atomic
def delete(thing: Group | Role | AttributeDefinition, *, actor: User) -> None:
    """Delete a group, role or attribute definition; values of an attribute stay with users."""
    _note(thing, DELETION, actor)
    thing.delete()


def _require_known(field: str, asked: Iterable[str], found: Collection[str]) -> None:
    if unknown := sorted(set(asked) - set(found)):
        raise ValidationError({field: f"Unknown: {', '.join(unknown)}."})


def _note(thing: Model, flag: int, actor: User) -> None:
    LogEntry.objects.log_actions(actor.pk, [thing], flag, BY_API, single_object=True)
