"""How the users of a source get on: the counts, the verdict, the lists of people."""

from datetime import timedelta

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from imports.models import SourceDay
from imports.services.sources.progress import count_sources
from imports.views.sources.sources import judge

pytestmark = pytest.mark.django_db
BCRYPT = "bcrypt$$2b$04$" + "a" * 53


def make_user(number: int, **fields: object) -> User:
    values = {"email": f"u{number}@example.com", "password": BCRYPT, "source": "old"}
    return User.objects.create(subject_id=f"s{number}", **{**values, **fields})


@pytest.fixture
def people() -> None:
    """One of each kind: foreign, upgraded and back, without password, with no way in."""
    make_user(1)
    make_user(
        2, password="argon2$argon2id$v=19$m=1,t=1,p=1$c2FsdA$aGFzaA", last_login=timezone.now()
    )
    make_user(3, password="!")
    make_user(4, password="!", email=None, username="locked")
    linked = make_user(5, password="!", email=None, username="linked")
    SocialAccount.objects.create(user=linked, provider="google", uid="g5")
    User.objects.create(subject_id="own", password=BCRYPT)


def test_counts_of_a_source_add_up(people: None) -> None:
    [counted] = count_sources()

    assert (counted.source, counted.users, counted.returned) == ("old", 5, 1)
    assert (counted.current, counted.foreign, counted.without_password) == (1, 1, 3)
    assert counted.locked_out == 1
    assert counted.formats == {"bcrypt": 1}


def test_counting_again_on_the_same_day_replaces_the_count(people: None) -> None:
    count_sources()
    make_user(6)
    count_sources()

    assert SourceDay.objects.get().users == 6


def test_source_whose_users_are_all_gone_is_counted_as_nobody(people: None) -> None:
    count_sources()
    User.objects.filter(source="old").delete()
    count_sources()

    assert SourceDay.objects.get().users == 0


@pytest.mark.parametrize(
    ("without_password", "locked_out", "answer"),
    [(0, 0, "Yes"), (3, 0, "After invitations"), (3, 1, "Not yet")],
)
def test_verdict_goes_by_who_could_not_sign_in(
    without_password: int, locked_out: int, answer: str
) -> None:
    day = SourceDay(without_password=without_password, locked_out=locked_out)

    assert judge(day).answer == answer


def test_page_of_a_source_shows_chart_and_forecast(admin: Client, people: None) -> None:
    count_sources()
    SourceDay.objects.create(
        source="old",
        day=timezone.now().date() - timedelta(days=7),
        users=5,
        returned=0,
        current=0,
        foreign=2,
        without_password=3,
        locked_out=1,
        counted_at=timezone.now(),
    )
    page = admin.get(reverse("imports:source"), {"source": "old"}).content.decode()

    assert "<polyline" in page
    assert "At the rate of the last two weeks" in page
    assert "Not yet" in page


def test_page_of_a_source_on_its_first_day_has_no_chart(admin: Client, people: None) -> None:
    count_sources()
    page = admin.get(reverse("imports:source"), {"source": "old"}).content.decode()

    assert "<polyline" not in page
    assert "The chart starts tomorrow" in page


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("never", {"s1", "s3", "s4", "s5"}),
        ("foreign", {"s1"}),
        ("passwordless", {"s3", "s4", "s5"}),
        ("locked-out", {"s4"}),
    ],
)
def test_list_of_follow_ups_has_those_it_is_about(
    admin: Client, people: None, kind: str, expected: set[str]
) -> None:
    count_sources()
    response = admin.get(reverse("imports:export_follow_ups"), {"source": "old", "kind": kind})
    lines = b"".join(response.streaming_content).decode().splitlines()

    assert {line.split(",")[0] for line in lines[1:]} == expected


def test_export_neutralises_formulas(admin: Client) -> None:
    make_user(1, username="=HYPERLINK(1)")
    count_sources()
    response = admin.get(reverse("imports:export_follow_ups"), {"source": "old"})

    assert "'=HYPERLINK(1)" in b"".join(response.streaming_content).decode()


def test_follow_ups_page_goes_on_after_the_last_one_shown(admin: Client) -> None:
    for number in range(51):
        make_user(number)
    count_sources()
    first = admin.get(reverse("imports:follow_ups"), {"source": "old"})
    last_shown = first.context["users"][-1].pk
    second = admin.get(reverse("imports:follow_ups"), {"source": "old", "after": last_shown})

    assert len(first.context["users"]) == 50
    assert [user.subject_id for user in second.context["users"]] == ["s50"]


def test_source_without_counted_users_leads_to_the_list_with_the_reason(admin: Client) -> None:
    response = admin.get(reverse("imports:source"), {"source": "new"}, follow=True)

    assert response.redirect_chain == [(reverse("imports:sources"), 302)]
    assert "No users of “new” have been counted yet." in response.content.decode()


@pytest.mark.parametrize("name", ["follow_ups", "export_follow_ups"])
def test_unknown_source_is_not_found(admin: Client, name: str) -> None:
    assert admin.get(reverse(f"imports:{name}"), {"source": "nobody"}).status_code == 404


def test_sources_page_without_any_says_what_it_is_for(admin: Client) -> None:
    assert "No imported users yet" in admin.get(reverse("imports:sources")).content.decode()


@pytest.mark.parametrize("name", ["imports:sources", "imports:job_list", "directories:list"])
def test_sidebar_marks_the_one_list_that_a_page_is_about(admin: Client, name: str) -> None:
    page = admin.get(reverse(name)).content.decode()

    assert page.count(' aria-current="page">') == 2  # the other is the end of the breadcrumbs
    assert f'<a href="{reverse(name)}" aria-current="page">' in page


def test_count_now_counts_and_returns_to_the_page(admin: Client, people: None) -> None:
    response = admin.post(reverse("imports:count_sources"), {"source": "old"}, follow=True)

    assert "All users counted." in response.content.decode()
    assert response.redirect_chain[-1][0].endswith("?source=old")
