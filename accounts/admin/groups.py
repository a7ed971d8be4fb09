"""The admin of groups and roles; nobody hands out permissions they do not hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import CharField, Count, ManyToManyField, Q, QuerySet, Value
from django.db.models.functions import Concat
from django.forms.models import ModelChoiceIterator, ModelMultipleChoiceField
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.safestring import SafeString

from accounts.admin.resources import GroupResource, RoleResource
from accounts.admin.transfer import ImportsAndExports
from accounts.models import Group, Role, User
from accounts.permission_areas import describe_permission, list_permission_areas
from accounts.services import grants
from accounts.sign_in.races import LooksAgain

OTHERS = "Other permissions, which no page requires"


class GrantForm(forms.ModelForm):
    """A form that knows who fills it in."""

    actor: User


class RoleForm(GrantForm):
    """A role; permissions that it has already may stay."""

    def clean_permissions(self) -> QuerySet[Permission]:
        chosen: QuerySet[Permission] = self.cleaned_data["permissions"]
        held = self.instance.permissions.all() if self.instance.pk else []
        if excess := grants.find_excess(self.actor, set(chosen) - set(held)):
            raise forms.ValidationError(grants.explain_excess(excess))
        return chosen


class GroupForm(GrantForm):
    """A group; roles that it has already may stay."""

    def clean_roles(self) -> QuerySet[Role]:
        chosen: QuerySet[Role] = self.cleaned_data["roles"]
        held = self.instance.roles.all() if self.instance.pk else []
        if excess := grants.find_excess_of_roles(self.actor, set(chosen) - set(held)):
            raise forms.ValidationError(grants.explain_excess(excess))
        return chosen


class PermissionsByArea(ModelChoiceIterator):
    """The permissions of a field below the names of their areas."""

    def __iter__(self) -> Iterator[Any]:
        choices = {each.code: self.choice(each) for each in self.queryset}
        for area, words in list_permission_areas().items():
            if listed := [choices.pop(code) for code in words if code in choices]:
                yield area, listed
        if choices:
            yield OTHERS, list(choices.values())


class PermissionField(ModelMultipleChoiceField):
    """Permissions that are annotated with their `code`, as sentences: “Change groups”."""

    iterator = PermissionsByArea

    def label_from_instance(self, permission: Any) -> str:
        return describe_permission(permission.code)


class PermissionBoxes(forms.CheckboxSelectMultiple):
    """Check boxes, each area of them below its own heading."""

    template_name = "admin/accounts/role/permissions.html"

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        # The renderer of forms looks for Django's own templates only.
        return super().render(name, value, attrs, TemplatesSetting())


class KnowsActor:
    """Gives the form of a ModelAdmin the user who fills it in."""

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> type[GrantForm]:
        form: type[GrantForm] = super().get_form(request, *args, **kwargs)  # type: ignore[misc]
        form.actor = request.user  # type: ignore[assignment]
        return form


@admin.register(Role)
class RoleAdmin(LooksAgain, KnowsActor, ImportsAndExports, admin.ModelAdmin):
    """Roles and the permissions they carry."""

    form = RoleForm
    resource_classes = [RoleResource]
    when_empty = (
        "Roles grant permissions to users. Add roles before an import that assigns them, or "
        "create the missing ones from its dry run."
    )
    list_display = ["key", "name", "count_permissions"]
    search_fields = ["key", "name"]
    fields = ["key", "name", "description", "permissions"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Role]:
        return super().get_queryset(request).annotate(permission_count=Count("permissions"))

    @admin.display(description="Permissions", ordering="permission_count")
    def count_permissions(self, role: Role) -> int:
        count: int = role.permission_count  # type: ignore[attr-defined]
        return count

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "permissions":
            role = request.resolver_match and request.resolver_match.kwargs.get("object_id")
            kwargs |= {
                "form_class": PermissionField,
                "queryset": _list_permissions(role if role and role.isdigit() else None),
                "widget": PermissionBoxes,
            }
        return super().formfield_for_manytomany(db_field, request, **kwargs)


def _list_permissions(role: str | None) -> QuerySet[Permission]:
    """Return the permissions that mean something, and those that the role has."""
    codes = [code for words in list_permission_areas().values() for code in words]
    code = Concat("content_type__app_label", Value("."), "codename", output_field=CharField())
    shown = Q(code__in=codes) | Q(role=role) if role else Q(code__in=codes)
    return Permission.objects.annotate(code=code).filter(shown).order_by("code").distinct()


@admin.register(Group)
class GroupAdmin(LooksAgain, KnowsActor, ImportsAndExports, admin.ModelAdmin):
    """Groups and the roles of their members."""

    form = GroupForm
    resource_classes = [GroupResource]
    when_empty = (
        "Groups grant their roles to all of their members. Add groups before an import that "
        "names them, or create the missing ones from its dry run."
    )
    list_display = ["key", "name", "list_roles"]
    search_fields = ["key", "name"]
    filter_horizontal = ["roles"]
    fields = ["key", "name", "description", "roles"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return super().get_queryset(request).prefetch_related("roles")

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is not None:
            # Without what the stock admin says of a plain list: two lists need no key held down.
            field.help_text = db_field.help_text
        return field

    @admin.display(description="Roles")
    def list_roles(self, group: Group) -> str:
        return ", ".join(str(role) for role in group.roles.all()) or "-"
