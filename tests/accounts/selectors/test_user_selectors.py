import pytest
from allauth.account.models import EmailAddress

from accounts.admin.pagination import EstimatingPaginator
from accounts.models import User
from accounts.selectors import users


@pytest.fixture
def ada(make_user):
    user = make_user(
        subject_id="auth0|Ada", username="Ada.L", email="ada@example.com", phone="+441632960001"
    )
    EmailAddress.objects.create(user=user, email="countess@example.com")
    make_user()
    return user


@pytest.mark.parametrize(
    "term",
    ["auth0|A", "ada.l", "ADA@EX", "+44 1632-96", "Countess@example.com", "  ada@example.com "],
)
def test_beginning_of_an_identifier_finds_the_user(ada, term):
    assert list(users.search_users(User.objects.all(), term)) == [ada]


@pytest.mark.parametrize("term", ["auth0|a", "example.com", "%", "--"])
def test_anything_else_finds_nobody(ada, term):
    assert not users.search_users(User.objects.all(), term)


def test_list_is_counted_exactly_up_to_the_limit(ada):
    paginator = EstimatingPaginator(User.objects.order_by("pk"), 50)
    assert (paginator.count, paginator.is_estimated) == (2, False)


def test_list_beyond_the_limit_is_not_counted_to_the_end(ada, monkeypatch):
    monkeypatch.setattr("accounts.admin.pagination.COUNT_LIMIT", 1)
    paginator = EstimatingPaginator(User.objects.filter(is_active=True).order_by("pk"), 50)
    assert (paginator.count, paginator.is_estimated) == (1, True)


def test_whole_table_beyond_the_limit_is_estimated(ada, monkeypatch):
    monkeypatch.setattr("accounts.admin.pagination.COUNT_LIMIT", 1)
    monkeypatch.setattr("accounts.admin.pagination.estimate_row_count", lambda table: 1_500_000)
    assert EstimatingPaginator(User.objects.order_by("pk"), 50).count == 1_500_000
