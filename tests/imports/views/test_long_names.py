"""Long names break after their signs, and stay as safe as they were."""

import pytest
from django.test import Client

from accounts.models import User
from imports.models import Notification
from imports.templatetags.breaking import breakable
from tests.imports.conftest import MakeJob, to_csv
from tests.imports.views.corrections.test_correction_pages import show

NAME = "export_of_the_customer_directory.csv"
BROKEN = "export_<wbr>of_<wbr>the_<wbr>customer_<wbr>directory.<wbr>csv"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (NAME, BROKEN),
        ("first.last@office.example.org", "first.<wbr>last@<wbr>office.<wbr>example.<wbr>org"),
        ("ada@example.org", "ada@example.org"),
        ("Two words. And more of them, all short.", "Two words. And more of them, all short."),
        ("<script>alert(document.cookie)</script>",
         "&lt;script&gt;alert(document.<wbr>cookie)&lt;/<wbr>script&gt;"),
    ],
)  # fmt: skip
def test_long_word_breaks_after_its_signs_and_is_escaped(text: str, expected: str) -> None:
    assert breakable(text) == expected


def test_file_name_in_a_heading_can_break(admin: Client, run_job: MakeJob) -> None:
    job = run_job(to_csv(["id"], [["1"]]), name=NAME)

    assert f"<h1>#{job.pk} {BROKEN}</h1>" in show(admin, "results", job.pk)


def test_address_in_the_list_of_notifications_can_break(admin: Client, run_job: MakeJob) -> None:
    run_job(to_csv(["id"], [["1"]]), name=NAME)

    assert Notification.objects.exists()
    page = admin.get("/admin/imports/notification/").content.decode()
    assert "operator@<wbr>example.<wbr>com" in page
    assert BROKEN in page


def test_address_in_the_list_of_users_can_break(admin: Client) -> None:
    User.objects.create_user(email="o'leary@office.example.org")
    page = admin.get("/admin/accounts/user/").content.decode()
    assert "o&#x27;leary@<wbr>office.<wbr>example.<wbr>org</td>" in page
