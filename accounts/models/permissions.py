"""What Django and its admin ask about permissions; the roles answer, through the backend."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import auth


def list_backends() -> list[Any]:
    return auth.get_backends()


class RolePermissionsMixin:
    """The permission interface of Django's PermissionsMixin without its own groups."""

    is_active: Any
    is_superuser: Any

    def get_all_permissions(self, obj: Any = None) -> set[str]:
        permissions: set[str] = set()
        for backend in list_backends():
            permissions |= backend.get_all_permissions(self, obj)
        return permissions

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        if self.is_active and self.is_superuser:
            return True
        return any(backend.has_perm(self, perm, obj) for backend in list_backends())

    def has_perms(self, perms: Iterable[str], obj: Any = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        if self.is_active and self.is_superuser:
            return True
        return any(backend.has_module_perms(self, app_label) for backend in list_backends())
