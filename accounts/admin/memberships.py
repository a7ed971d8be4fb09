"""A user's groups and direct roles, as tables on the user's page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.forms import BaseInlineFormSet
from django.http import HttpRequest

from accounts.models import GroupMembership, RoleAssignment, User
from accounts.services import grants


class MembershipFormSet(BaseInlineFormSet):
    """Refuses to add what would give permissions that the actor does not hold."""

    actor: User

    def clean(self) -> None:
        super().clean()
        added = [
            form.instance
            for form in self.forms
            if form.has_changed() and not form.cleaned_data.get("DELETE")
        ]
        if excess := self.find_excess(added):
            raise forms.ValidationError(grants.explain_excess(excess))

    def find_excess(self, added: list[Any]) -> list[str]:
        raise NotImplementedError


class GroupMembershipFormSet(MembershipFormSet):
    """Groups: what counts are the roles that they carry."""

    def find_excess(self, added: list[GroupMembership]) -> list[str]:
        groups = [each.group for each in added if each.group_id]
        return grants.find_excess_of_groups(self.actor, groups)


class RoleAssignmentFormSet(MembershipFormSet):
    """Roles given directly."""

    def find_excess(self, added: list[RoleAssignment]) -> list[str]:
        return grants.find_excess_of_roles(
            self.actor, [each.role for each in added if each.role_id]
        )


class MembershipInline(admin.TabularInline):
    """Part of the user: whoever may change the user may change it."""

    extra = 0

    def get_formset(self, request: HttpRequest, obj: User | None = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.actor = request.user  # type: ignore[attr-defined]
        # Groups and roles are changed on their own pages, where everybody who has them is in view.
        for field in formset.form.base_fields.values():
            if isinstance(widget := field.widget, RelatedFieldWidgetWrapper):
                widget.can_add_related = widget.can_change_related = False
                widget.can_view_related = False
        return formset

    def _may_change(self, request: HttpRequest, user: User | None) -> bool:
        users = self.admin_site.get_model_admin(User)
        return users.has_change_permission(request, user)

    def has_view_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return self.admin_site.get_model_admin(User).has_view_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return self._may_change(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return self._may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return self._may_change(request, obj)


class GroupMembershipInline(MembershipInline):
    """Groups."""

    model = GroupMembership
    formset = GroupMembershipFormSet
    autocomplete_fields = ["group"]
    fields = ["group"]
    verbose_name = "group"
    verbose_name_plural = "groups"


class RoleAssignmentInline(MembershipInline):
    """Roles."""

    model = RoleAssignment
    formset = RoleAssignmentFormSet
    autocomplete_fields = ["role"]
    fields = ["role"]
    verbose_name = "direct role"
    verbose_name_plural = "direct roles"
