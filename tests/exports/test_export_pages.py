"""The pages of exports: who may open them, what they count, and what a download takes."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from exports.models import Export, ExportState
from exports.urls import urlpatterns
from tests.exports.exporting import get_latest
from tests.imports.views.conftest import SignIn

VIEW_USER, CREDENTIALS = "accounts.view_user", "accounts.export_credentials"
VIEW_EXPORT = "exports.view_export"
# Name, method, what is sent, and the permissions that it takes.
MATRIX = [
    ("list", "get", {}, [VIEW_USER]),
    ("new", "get", {}, [VIEW_USER]),
    ("download", "post", {}, [VIEW_USER]),
    ("download", "post", {"with_credentials": "on"}, [VIEW_USER, CREDENTIALS]),
]
NDJSON = {"form": "native:ndjson"}


def test_every_url_is_in_the_matrix() -> None:
    assert {pattern.name for pattern in urlpatterns} == {name for name, *_ in MATRIX}


@pytest.mark.parametrize(("name", "method", "sent", "taken"), MATRIX)
def test_pages_are_for_staff_with_the_permissions(
    client: Client,
    sign_in: SignIn,
    name: str,
    method: str,
    sent: dict[str, str],
    taken: list[str],
) -> None:
    url, data = reverse(f"exports:{name}"), {**NDJSON, **sent}
    everything = {VIEW_USER, CREDENTIALS, VIEW_EXPORT}

    assert getattr(client, method)(url, data)["Location"].startswith(reverse("account_login"))
    for lacking in taken:
        refused = getattr(sign_in(*everything - {lacking}), method)(url, data)
        assert (refused.status_code, lacking in refused.content.decode()) == (403, True)
    others = sign_in(*everything, is_staff=False)
    assert getattr(others, method)(url, data).status_code == 403
    assert getattr(sign_in(*taken), method)(url, data).status_code in {200, 302}


def test_nothing_is_exported_by_following_a_link(admin: Client) -> None:
    assert admin.get(reverse("exports:download"), NDJSON).status_code == 405


def test_users_are_counted_then_downloaded(admin: Client) -> None:
    User.objects.create_user(subject_id="a", source="hr")
    User.objects.create_user(subject_id="b")
    chosen = {**NDJSON, "source": "hr"}

    page = admin.get(reverse("exports:new"), chosen).content.decode()
    answer = admin.post(reverse("exports:download"), chosen)

    assert "1 user is exported." in page
    content = b"".join(answer.streaming_content)
    assert content.count(b"\n") == 1
    assert b'"subject_id":"a"' in content
    assert answer["Content-Disposition"].endswith('.ndjson"')
    assert answer["Cache-Control"] == "no-store"
    assert get_latest().state == ExportState.COMPLETE


def test_the_page_says_who_is_excluded(admin: Client) -> None:
    page = admin.get(reverse("exports:new"), NDJSON).content.decode()

    assert "1 administrators excluded" in page
    assert "Nobody fits" in page


def test_a_group_that_does_not_exist_is_told(admin: Client) -> None:
    chosen = {**NDJSON, "group": "nobody"}
    told = "There is no group “nobody”."

    assert told in admin.get(reverse("exports:new"), chosen).content.decode()
    answer = admin.post(reverse("exports:download"), chosen, follow=True)
    assert told in answer.content.decode()


def test_credentials_take_a_recent_sign_in(sign_in: SignIn) -> None:
    client = sign_in(VIEW_USER, CREDENTIALS)
    user = User.objects.get(pk=client.session["_auth_user_id"])
    user.set_password("the password of the clerk")
    user.save()
    client.force_login(user)
    chosen = {**NDJSON, "with_credentials": "on"}

    asked = client.post(reverse("exports:download"), chosen)
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert not Export.objects.exists()
    confirmed = client.post(asked["Location"], {"password": "the password of the clerk"})

    assert "with_credentials=on" in confirmed["Location"]
    answer = client.post(reverse("exports:download"), chosen)
    assert b"".join(answer.streaming_content) == b""
    assert get_latest().with_credentials


def test_whoever_has_no_password_here_signs_in_again(sign_in: SignIn) -> None:
    client = sign_in(VIEW_USER, CREDENTIALS)

    answer = client.post(
        reverse("exports:download"), {**NDJSON, "with_credentials": "on"}, follow=True
    )

    assert "sign in again" in answer.content.decode()
    assert not Export.objects.exists()


def test_exports_of_others_take_a_permission(admin: Client, sign_in: SignIn) -> None:
    b"".join(admin.post(reverse("exports:download"), NDJSON).streaming_content)
    url, name = reverse("exports:list"), b"operator@example.com"

    assert name in sign_in(VIEW_USER, VIEW_EXPORT).get(url).content
    assert name not in sign_in(VIEW_USER).get(url).content


def test_earlier_exports_are_on_further_pages(admin: Client, operator: User) -> None:
    Export.objects.bulk_create(
        Export(target="native", shape="ndjson", channel="api", actor=operator, taker=f"no {n}")
        for n in range(51)
    )
    url = reverse("exports:list")

    first = admin.get(url).content.decode()
    last = admin.get(url, {"before": Export.objects.order_by("pk")[1].pk}).content.decode()

    assert "no 50" in first
    assert "Earlier exports" in first
    assert "no 0" in last
    assert "no 1<" not in last
    assert admin.get(url, {"before": "9" * 30}).status_code == 200


def test_the_list_of_the_admin_leads_to_the_page(admin: Client) -> None:
    answer = admin.get(reverse("admin:exports_export_changelist"))

    assert answer["Location"] == reverse("exports:list")
