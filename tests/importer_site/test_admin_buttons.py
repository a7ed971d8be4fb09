"""Every page and action of the admin that takes a POST says why it may, as the pages of jobs do."""

from collections.abc import Iterator

from django.contrib import admin
from django.test import RequestFactory
from django.urls import URLPattern

from accounts.admin.transfer import ConfirmShownForm, ImportsAndExports
from accounts.models import User

OURS = {"accounts", "imports"}
FORMS = {"changelist", "add", "history", "delete", "change"}
# The pages beside Django's forms of one object, which store what was typed.
PAGES = {
    **dict.fromkeys(["role_import", "group_import", "attributedefinition_import"], "shows"),
    **dict.fromkeys(
        ["role_process_import", "group_process_import", "attributedefinition_process_import"],
        "carries a digest of the preview",
    ),
    **dict.fromkeys(
        ["role_export", "group_export", "attributedefinition_export", "user_export"],
        "changes nothing",
    ),
    "user_sign_in": "shows",
}
ACTIONS = {
    "delete_selected": "names what it deletes on a page of its own",
    "export_admin_action": "changes nothing",
    "test": "sends a test message",
    "resend": "sends the same message again",
}


def list_pages() -> Iterator[str]:
    """Yield the names of the pages of our models, without the name of the app."""
    for model, model_admin in admin.site._registry.items():
        label, name = model._meta.app_label, model._meta.model_name
        for pattern in model_admin.get_urls():
            if label in OURS and isinstance(pattern, URLPattern) and pattern.name:
                page = pattern.name.removeprefix(f"{label}_{name}_")
                if page not in FORMS:
                    yield pattern.name.removeprefix(f"{label}_")


def test_every_page_of_the_admin_beside_its_forms_is_in_the_table() -> None:
    assert set(list_pages()) - {"auth_user_password_change"} == set(PAGES)


def test_every_action_of_the_admin_is_in_the_table(db: None) -> None:
    request = RequestFactory().get("/")
    request.user = User(is_active=True, is_staff=True, is_superuser=True)
    admins = [each for model, each in admin.site._registry.items() if model._meta.app_label in OURS]

    assert {name for each in admins for name in each.get_actions(request)} <= set(ACTIONS)


def test_every_import_of_the_admin_is_confirmed_with_a_digest() -> None:
    importing = [each for each in admin.site._registry.values() if hasattr(each, "process_import")]

    assert importing
    for each in importing:
        assert isinstance(each, ImportsAndExports)
        assert each.confirm_form_class is ConfirmShownForm
        assert not each.is_skip_import_confirm_enabled()
