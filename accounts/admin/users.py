"""The admin of users: one page shows and changes one user as a whole."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse

from accounts.admin.memberships import GroupMembershipInline, RoleAssignmentInline
from accounts.admin.pagination import EstimatingPaginator
from accounts.admin.panels import build_panels
from accounts.admin.resources import UserResource
from accounts.admin.transfer import ExportsSafely
from accounts.admin.user_form import PhoneField, UserForm, build_user_form
from accounts.authority import OVERWRITE_CREDENTIALS, Act
from accounts.models import (
    AttributeDefinition,
    Group,
    GroupMembership,
    Role,
    RoleAssignment,
    User,
)
from accounts.permission_areas import describe_permission
from accounts.selectors.permissions import list_effective_roles
from accounts.selectors.sign_in import summarise_sign_in
from accounts.selectors.sign_in_answers import answer_sign_in_questions
from accounts.selectors.users import search_users
from accounts.services import attributes, email_addresses, grants
from accounts.sign_in.races import LooksAgain

# What codes and new passwords are sent to.
CREDENTIALS = ["email", "phone"]
POWERS = ["is_staff", "is_superuser"]
FIELDSETS: list[Any] = [
    (None, {"fields": ["subject_id", "username", "email", "email_verified", "phone"]}),
    (
        "Profile",
        {"fields": ["given_name", "family_name", "display_name", "locale", "zoneinfo", "picture"]},
    ),
    ("Access", {"fields": ["is_active", *POWERS, "password_expires_at"]}),
]


class MembershipFilter(admin.SimpleListFilter):
    """Narrows users to those of one group or role, by the index of the memberships."""

    choices_model: type[Group] | type[Role]
    through: type[Model]
    # Longer lists are searched on their own page.
    limit = 100

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            (str(each.pk), str(each)) for each in self.choices_model.objects.all()[: self.limit]
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        value = self.value()
        if value is None:
            return queryset
        if not value.isdigit():
            raise IncorrectLookupParameters
        members = self.through._default_manager.filter(**{f"{self.parameter_name}_id": int(value)})
        return queryset.filter(pk__in=members.values("user_id"))


class GroupFilter(MembershipFilter):
    title = "group"
    parameter_name = "group"
    choices_model = Group
    through = GroupMembership


class RoleFilter(MembershipFilter):
    title = "direct role"
    parameter_name = "role"
    choices_model = Role
    through = RoleAssignment


@admin.register(User)
class UserAdmin(LooksAgain, ExportsSafely, DjangoUserAdmin):
    """Users, whoever brought them in."""

    resource_classes = [UserResource]
    inlines = [GroupMembershipInline, RoleAssignmentInline]
    change_form_template = "admin/accounts/user/change_form.html"
    add_form_template = None
    fieldsets = FIELDSETS
    filter_horizontal = []

    list_display = ["__str__", "email", "subject_id", "is_active"]
    list_filter = ["is_active", "is_staff", GroupFilter, RoleFilter]
    ordering = ["-pk"]
    # Each of these has an index; sorting 1.5 million rows by another column has not.
    sortable_by = ["email", "subject_id"]
    list_per_page = 50
    paginator = EstimatingPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["subject_id"]  # shows the search box; `search_users` does the searching
    search_help_text = "Start of a subject id, e-mail address, user name or phone number"

    def get_urls(self) -> list[URLPattern]:
        answers = self.admin_site.admin_view(self.show_sign_in)
        own = path("<path:object_id>/sign-in/", answers, name="accounts_user_sign_in")
        return [own, *super().get_urls()]

    def show_sign_in(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say how the user would sign in."""
        user = self.get_object(request, unquote(object_id))
        if user is None:
            raise Http404
        if not self.has_view_permission(request, user):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": "Sign-in diagnosis",
            "breadcrumbs": [
                ("Users", reverse("admin:accounts_user_changelist")),
                (str(user), reverse("admin:accounts_user_change", args=[user.pk])),
            ],
            "original": user,
            "sections": answer_sign_in_questions(request, user),
        }
        return render(request, "admin/accounts/user/sign_in_answers.html", context)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        return search_users(queryset, search_term), False

    def get_export_queryset(self, request: HttpRequest) -> QuerySet[User]:
        users: QuerySet[User] = super().get_export_queryset(request)
        return users.prefetch_related("groups", "roles")

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and _may(Act.CHANGE, request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        is_oneself = obj is not None and obj.pk == request.user.pk
        return (
            super().has_delete_permission(request, obj)
            and _may(Act.DELETE, request, obj)
            and not is_oneself
        )

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 - Django's address names it so
        form_url: str = "",
    ) -> HttpResponse:
        if not _may(Act.OVERWRITE_CREDENTIALS, request, self.get_object(request, unquote(id))):
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        kept = [] if _may(Act.OVERWRITE_CREDENTIALS, request, obj) else CREDENTIALS
        return kept if request.user.is_superuser else [*kept, *POWERS]

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> list[Any]:
        # Those who may only look see the attributes among the panels.
        if not self.has_change_permission(request, obj):
            return self._list_without_form_fields()
        may_overwrite = _may(Act.OVERWRITE_CREDENTIALS, request, obj)
        fieldsets = FIELDSETS if may_overwrite else self._list_without_form_fields()
        definitions = AttributeDefinition.objects.all()
        if not definitions:
            return fieldsets
        fields = [f"attribute_{each.pk}" for each in definitions]
        return [*fieldsets, ("Attributes", {"fields": fields})]

    def _list_without_form_fields(self) -> list[Any]:
        return [(name, self._without_form_fields(options)) for name, options in FIELDSETS]

    def _without_form_fields(self, options: dict[str, Any]) -> dict[str, Any]:
        return {"fields": [name for name in options["fields"] if name != "email_verified"]}

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        kwargs["form"] = build_user_form(AttributeDefinition.objects.all())
        kwargs["field_classes"] = {
            "phone": PhoneField,
            "picture": partial(forms.URLField, assume_scheme="https"),
        }
        return super().get_form(request, obj, change=change, **kwargs)

    def get_inlines(self, request: HttpRequest, obj: User | None) -> list[Any]:
        return self.inlines if obj else []

    def save_model(self, request: HttpRequest, obj: User, form: UserForm, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        obj.save()
        # Whoever may not overwrite the address cannot edit it or mark it as verified here.
        if "email" in form.fields:
            self._save_address(obj, form)
        attributes.claim_unique_values(obj)

    def _save_address(self, obj: User, form: UserForm) -> None:
        email_addresses.set_main_address(
            obj, form.email_before, verified=form.cleaned_data["email_verified"]
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        user: User | None = context.get("original")
        if user is not None:
            context |= {
                "sign_in": summarise_sign_in(user),
                "may_overwrite_credentials": _may(Act.OVERWRITE_CREDENTIALS, request, user),
                "overwriting": OVERWRITE_CREDENTIALS,
                "overwriting_words": describe_permission(OVERWRITE_CREDENTIALS),
                "effective_roles": list_effective_roles(user),
                "undefined_attributes": attributes.list_undefined_attributes(user),
                "panels": build_panels(user),
            }
        return super().render_change_form(request, context, *args, **kwargs)


def _may(act: Act, request: HttpRequest, user: User | None) -> bool:
    """Return whether whoever is signed in may do this; of nobody in particular, they may."""
    return user is None or grants.find_refusal_of(request.user, act, user) is None  # type: ignore[arg-type]
