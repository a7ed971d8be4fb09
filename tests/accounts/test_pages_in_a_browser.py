"""The pages in a real browser: within the content policy, and no wider than a small screen."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.authenticators import totp
from accounts.models import AttributeDefinition

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FOR_STRANGERS = [
    "/accounts/login/",
    "/accounts/login/code/",
    "/accounts/signup/",
    "/accounts/password/reset/",
]
FOR_USERS = ["/", "/accounts/email/", "/accounts/password/change/", "/accounts/2fa/"]
FOR_ADMINS = [
    "/admin/",
    "/admin/accounts/",
    "/admin/accounts/user/",
    "/admin/accounts/user/add/",
    "/admin/accounts/user/{pk}/change/",
    "/admin/accounts/user/{pk}/password/",
    "/admin/accounts/user/{pk}/sign-in/",
    "/admin/accounts/user/{pk}/history/",
    "/admin/accounts/user/{other}/delete/",
    "/admin/accounts/user/export/",
    "/admin/accounts/role/add/",
    "/admin/accounts/role/import/",
    "/admin/accounts/group/",
    "/admin/accounts/attributedefinition/add/",
]


@pytest.fixture
def small_page(page):
    page.set_viewport_size({"width": 360, "height": 740})
    return page


@pytest.fixture
def signed_in_page(small_page, live_server, superuser, make_user):
    client = Client()
    client.force_login(superuser)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    small_page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )
    return small_page


def measure_overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


@pytest.mark.parametrize("path", FOR_STRANGERS)
def test_page_for_strangers_fits_a_small_screen(small_page, live_server, path):
    small_page.goto(live_server.url + path)
    assert measure_overflow(small_page) <= 0


@pytest.mark.parametrize("path", FOR_USERS + FOR_ADMINS)
def test_page_fits_a_small_screen(signed_in_page, live_server, superuser, make_user, path):
    url = live_server.url + path.format(pk=superuser.pk, other=make_user().pk)
    assert signed_in_page.goto(url).status == 200
    assert measure_overflow(signed_in_page) <= 0


@pytest.mark.parametrize("path", ["user/", "attributedefinition/"])
def test_rows_of_a_list_are_whole_cards_on_a_small_screen(
    signed_in_page, live_server, make_user, path
):
    AttributeDefinition.objects.create(name="badge", label="Number of the badge at the gate")
    make_user(email="somebody.with.a.long.name@department.example.com")
    signed_in_page.goto(f"{live_server.url}/admin/accounts/{path}")
    frame = signed_in_page.locator(".results")
    assert frame.evaluate("each => each.scrollWidth - each.clientWidth") == 0
    signed_in_page.get_by_label("Select all objects on this page for an action").check()
    boxes = signed_in_page.locator("td .action-select")
    assert [box.is_checked() for box in boxes.all()] == [True] * boxes.count()
    signed_in_page.keyboard.press("Tab")
    assert signed_in_page.locator(":focus").is_visible()


def test_shortcuts_of_a_date_stand_beside_its_field_on_a_small_screen(
    signed_in_page, live_server, make_user
):
    signed_in_page.goto(f"{live_server.url}/admin/accounts/user/{make_user().pk}/change/")
    field = signed_in_page.locator(".vDateField").bounding_box()
    shortcuts = signed_in_page.locator(".datetimeshortcuts").first.bounding_box()
    assert field["y"] < shortcuts["y"] + shortcuts["height"] / 2 < field["y"] + field["height"]
    assert shortcuts["x"] >= field["x"] + field["width"]


def test_page_of_the_second_step_works_within_the_policy(
    small_page, live_server, make_user, quick_sign_in
):
    user = make_user(username="ada", password="correct horse battery")
    user.authenticator_set.create(type="totp", data=totp.build_data("JBSWY3DPEHPK3PXP"))
    small_page.goto(f"{live_server.url}/accounts/login/")
    small_page.fill("[name=login]", "ada")
    small_page.fill("[name=password]", "correct horse battery")
    small_page.click("button[type=submit]")
    assert "Multi-factor authentication" in small_page.inner_text("h1")
    assert measure_overflow(small_page) <= 0
