"""What exports of accounts hold, and what importing groups, roles and attributes may change."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from import_export.fields import Field
from import_export.resources import Diff, ModelResource
from import_export.widgets import JSONWidget, ManyToManyWidget

from accounts.admin.differences import MarkedDiff
from accounts.models import AttributeDefinition, Group, Role, User
from accounts.selectors.permissions import list_permission_names
from accounts.services import attributes, grants

SEPARATOR = "|"


class KeysWidget(ManyToManyWidget):
    """Related objects by key, separated by bars; one that does not exist is an error."""

    def __init__(self, model: type[Role] | type[Group]) -> None:
        super().__init__(model, separator=SEPARATOR, field="key")

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> QuerySet[Any]:
        keys = split_cell(value)
        found = self.model.objects.filter(key__in=keys)
        refuse_missing(self.model._meta.verbose_name, keys, {each.key for each in found})
        return found


class PermissionsWidget(ManyToManyWidget):
    """Permissions as Django names them: app label, dot, code name."""

    def __init__(self) -> None:
        super().__init__(Permission, separator=SEPARATOR)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> QuerySet[Permission]:
        names = split_cell(value)
        condition = Q(pk=None)
        for name in names:
            app_label, _, codename = name.partition(".")
            condition |= Q(content_type__app_label=app_label, codename=codename)
        found = Permission.objects.filter(condition)
        refuse_missing("permission", names, set(list_permission_names(found)))
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        # There is nothing to ask of a role that is only being previewed.
        return SEPARATOR.join(list_permission_names(value.all())) if value is not None else ""


def split_cell(value: Any) -> list[str]:
    return [part.strip() for part in str(value or "").split(SEPARATOR) if part.strip()]


def refuse_missing(kind: str, wanted: list[str], found: set[str]) -> None:
    if missing := [name for name in wanted if name not in found]:
        raise ValueError(f"There is no {kind} {', '.join(missing)}.")


class KeyedOptions:
    """The options of what can be imported."""

    skip_unchanged = True
    report_skipped = True
    use_transactions = True
    clean_model_instances = True


class KeyedResource(ModelResource):
    """What can be imported: rows are matched by their key."""

    @classmethod
    def get_diff_class(cls) -> type[Diff]:
        return MarkedDiff


class RoleResource(KeyedResource):
    """Roles by key, with the permissions they carry."""

    permissions = Field("permissions", "permissions", PermissionsWidget())

    class Meta(KeyedOptions):
        model = Role
        import_id_fields = ["key"]
        fields = ["key", "name", "description", "permissions"]

    def save_m2m(self, instance: Role, row: Any, **kwargs: Any) -> None:
        before = set(instance.permissions.all())
        super().save_m2m(instance, row, **kwargs)
        added = set(instance.permissions.all()) - before
        if excess := grants.find_excess(kwargs["user"], added):
            raise ValidationError({"permissions": grants.explain_excess(excess)})


class GroupResource(KeyedResource):
    """Groups by key, with the roles of their members."""

    roles = Field("roles", "roles", KeysWidget(Role))

    class Meta(KeyedOptions):
        model = Group
        import_id_fields = ["key"]
        fields = ["key", "name", "description", "roles"]

    def save_m2m(self, instance: Group, row: Any, **kwargs: Any) -> None:
        before = set(instance.roles.all())
        super().save_m2m(instance, row, **kwargs)
        added = set(instance.roles.all()) - before
        if excess := grants.find_excess_of_roles(kwargs["user"], added):
            raise ValidationError({"roles": grants.explain_excess(excess)})


class AttributeDefinitionResource(KeyedResource):
    """Attribute definitions by name."""

    choices = Field("choices", "choices", JSONWidget(), default=list)

    class Meta(KeyedOptions):
        model = AttributeDefinition
        import_id_fields = ["name"]
        fields = [
            "name",
            "label",
            "type",
            "required",
            "unique",
            "choices",
            "pattern",
            "description",
        ]

    def validate_instance(
        self,
        instance: AttributeDefinition,
        import_validation_errors: dict[str, Any] | None = None,
        validate_unique: bool = True,
    ) -> None:
        super().validate_instance(instance, import_validation_errors, validate_unique)
        if faults := attributes.find_faults(instance):
            raise ValidationError(faults)

    def do_instance_save(self, instance: AttributeDefinition, is_create: bool) -> None:
        attributes.save_definition(instance)


class UserResource(ModelResource):
    """Users for people to read. No password, second factor or code is among the fields."""

    groups = Field("groups", "groups", KeysWidget(Group))
    roles = Field("roles", "roles", KeysWidget(Role))
    attributes = Field(column_name="attributes")

    class Meta:
        model = User
        fields = [
            "subject_id",
            "username",
            "email",
            "phone",
            "phone_verified",
            "given_name",
            "family_name",
            "display_name",
            "locale",
            "zoneinfo",
            "picture",
            "attributes",
            "is_active",
            "is_staff",
            "is_superuser",
            "created_at",
            "last_login",
            "last_login_at_source",
            "groups",
            "roles",
        ]
        export_order = fields

    def dehydrate_attributes(self, user: User) -> str:
        return json.dumps(user.attributes, ensure_ascii=False)
