"""Every known answer through the pure functions, and one of each format through Django."""

from django.contrib.auth.hashers import check_password

from accounts import hashing


def encode_vector(vector):
    """Return the stored string, or one that nothing matches when the hash is refused."""
    try:
        return hashing.encode(vector.format_id, vector.value, vector.params)
    except hashing.HashError:
        return "refused"


def test_verify_known_hash_gives_known_answer(vector):
    assert hashing.verify(encode_vector(vector), vector.password) is vector.expected


def test_check_password_known_hash_of_each_format_goes_through_django(matching):
    stored = encode_vector(matching)
    assert check_password(matching.password, stored)
    assert not check_password("another password", stored)
