"""The admin of groups and roles; nobody hands out permissions they do not hold."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db.models import Count, ManyToManyField, Q, QuerySet
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils.text import capfirst

from accounts.admin.resources import GroupResource, RoleResource
from accounts.admin.transfer import ImportsAndExports
from accounts.models import Group, Role, User
from accounts.services import grants

# Nothing in the admin asks for the permissions of these: their models have no pages there.
WITHOUT_PAGES = ["account", "admin", "auth", "contenttypes", "mfa", "sessions"]


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


class PermissionField(ModelMultipleChoiceField):
    """Permissions as sentences: “Accounts: change role”."""

    def label_from_instance(self, permission: Permission) -> str:
        model = permission.content_type.model_class()
        app = model._meta.app_config.verbose_name if model else permission.content_type.app_label
        return f"{capfirst(app)}: {permission.name.removeprefix('Can ')}"


class KnowsActor:
    """Gives the form of a ModelAdmin the user who fills it in."""

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> type[GrantForm]:
        form: type[GrantForm] = super().get_form(request, *args, **kwargs)  # type: ignore[misc]
        form.actor = request.user  # type: ignore[assignment]
        return form


@admin.register(Role)
class RoleAdmin(KnowsActor, ImportsAndExports, admin.ModelAdmin):
    """Roles and the permissions they carry."""

    form = RoleForm
    resource_classes = [RoleResource]
    when_empty = (
        "Roles say what users may do. Add them before an import that gives them, or let its "
        "check create those that are missing."
    )
    list_display = ["key", "name", "count_permissions"]
    search_fields = ["key", "name"]
    filter_horizontal = ["permissions"]
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
            has_page = ~Q(content_type__app_label__in=WITHOUT_PAGES)
            shown = has_page | Q(role=role) if role and role.isdigit() else has_page
            kwargs |= {
                "form_class": PermissionField,
                "queryset": Permission.objects.filter(shown)
                .select_related("content_type")
                .distinct(),
            }
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(Group)
class GroupAdmin(KnowsActor, ImportsAndExports, admin.ModelAdmin):
    """Groups and the roles of their members."""

    form = GroupForm
    resource_classes = [GroupResource]
    when_empty = (
        "Groups give their roles to all of their members. Add them before an import that "
        "names them, or let its check create those that are missing."
    )
    list_display = ["key", "name", "list_roles"]
    search_fields = ["key", "name"]
    filter_horizontal = ["roles"]
    fields = ["key", "name", "description", "roles"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        return super().get_queryset(request).prefetch_related("roles")

    @admin.display(description="Roles")
    def list_roles(self, group: Group) -> str:
        return ", ".join(str(role) for role in group.roles.all()) or "-"
