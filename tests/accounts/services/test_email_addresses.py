from allauth.account.models import EmailAddress

from accounts.services import email_addresses


def list_addresses(user):
    rows = EmailAddress.objects.filter(user=user).order_by("email")
    return [(row.email, row.primary, row.verified) for row in rows]


def test_new_main_address_replaces_the_previous_one(make_user):
    user = make_user(email="new@example.com")
    EmailAddress.objects.create(user=user, email="old@example.com", primary=True, verified=True)
    email_addresses.set_main_address(user, "old@example.com", verified=False)
    assert list_addresses(user) == [("new@example.com", True, False)]


def test_further_address_stays_beside_the_main_one(make_user):
    user = make_user(email="main@example.com")
    EmailAddress.objects.create(user=user, email="b@example.com", primary=True, verified=True)
    email_addresses.set_main_address(user, None, verified=True)
    assert list_addresses(user) == [
        ("b@example.com", False, True),
        ("main@example.com", True, True),
    ]


def test_removed_address_no_longer_signs_in(make_user):
    user = make_user(email=None)
    EmailAddress.objects.create(user=user, email="old@example.com", primary=True)
    email_addresses.set_main_address(user, "old@example.com", verified=False)
    assert list_addresses(user) == []
