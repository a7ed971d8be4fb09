import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.db.models import QuerySet

from accounts.models import User

pytestmark = pytest.mark.django_db


def explain_with_indexes_only(users: QuerySet[User]) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    return users.explain()


def test_username_in_other_case_is_refused_by_the_database(make_user):
    make_user(username="Ada")
    with pytest.raises(IntegrityError, match="user_username_unique"):
        make_user(username="aDA")


def test_email_of_another_user_is_refused_by_the_database(make_user):
    make_user(email="ada@example.com")
    with pytest.raises(IntegrityError, match="user_email_unique"):
        make_user(email="Ada@Example.com")


def test_email_in_upper_case_is_refused_by_the_database(make_user):
    user = make_user()
    with pytest.raises(IntegrityError, match="user_email_lower_case"):
        User.objects.filter(pk=user.pk).update(email="Ada@example.com")


def test_phone_of_another_user_is_refused_by_the_database(make_user):
    make_user(phone="+441632960001")
    with pytest.raises(IntegrityError, match="user_phone_unique"):
        make_user(phone="+44 1632 960-001")


def test_subject_id_in_other_case_is_another_user(make_user):
    make_user(subject_id="auth0|A")
    make_user(subject_id="auth0|a")
    assert User.objects.count() == 2


def test_absent_identifiers_do_not_clash(make_user):
    make_user(username="", email="", phone="")
    make_user(username=None, email=None, phone=None)
    assert User.objects.filter(username=None, email=None, phone=None).count() == 2


def test_subject_id_keeps_its_unicode_form_when_validated(make_user):
    decomposed = "e\u0301"
    user = make_user(subject_id=decomposed)
    user.clean()
    assert user.subject_id == decomposed


def test_username_clash_is_explained_by_validation(make_user):
    make_user(username="Ada")
    with pytest.raises(ValidationError, match="User name already exists"):
        User(username="ADA").validate_constraints()


@pytest.mark.parametrize(
    ("lookup", "index"),
    [
        pytest.param({"username__iexact": "Ada"}, "user_username_unique", id="username"),
        pytest.param({"username__istartswith": "Ad"}, "user_username_unique", id="username starts"),
        pytest.param({"email": "ada@example.com"}, "user_email_unique", id="email"),
        pytest.param({"email__startswith": "ada"}, "user_email_unique", id="email starts"),
        pytest.param(
            {"subject_id__startswith": "a"}, "user_subject_id_unique", id="subject starts"
        ),
        pytest.param({"phone__startswith": "+44"}, "user_phone_unique", id="phone starts"),
    ],
)
def test_look_up_by_identifier_uses_its_index(lookup, index):
    assert index in explain_with_indexes_only(User.objects.filter(**lookup))


def test_effective_roles_are_those_given_directly_and_through_groups_once(
    make_user, make_role, make_group
):
    user, direct, through_group, both = make_user(), *map(make_role, "abc")
    user.roles.add(direct, both)
    user.groups.add(make_group("staff", through_group, both))
    assert list(user.effective_roles) == [direct, through_group, both]


def test_roles_of_other_users_are_not_effective(make_user, make_role, make_group):
    other = make_user()
    other.roles.add(make_role("a"))
    other.groups.add(make_group("staff", make_role("b")))
    assert not make_user().effective_roles


def test_right_password_in_a_foreign_hash_is_hashed_anew(make_user, foreign_hash, quick_sign_in):
    user = make_user()
    User.objects.filter(pk=user.pk).update(password=foreign_hash.stored)
    user.refresh_from_db()
    assert user.check_password(foreign_hash.password)
    user.refresh_from_db()
    assert user.password.startswith("argon2$argon2id$")


def test_hashing_anew_is_no_change_of_password(make_user, foreign_hash, quick_sign_in):
    user = make_user()
    User.objects.filter(pk=user.pk).update(password=foreign_hash.stored, password_changed_at=None)
    user.refresh_from_db()
    user.check_password(foreign_hash.password)
    user.refresh_from_db()
    assert user.password_changed_at is None


def test_setting_a_password_ends_its_expiry(make_user, quick_sign_in):
    user = make_user()
    user.password_expires_at = user.created_at
    user.set_password("another horse battery")
    assert user.password_expires_at is None
