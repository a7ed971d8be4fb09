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


def test_present_stored_hash_of_any_vector_encodes_to_the_same_text(vectors):
    stored = [text for text in map(encode_vector, vectors) if text != "refused"]

    for text in stored:
        shown = hashing.present(text)
        settled, params = hashing.settle_format(shown.value, shown.format_id, shown.params)
        assert hashing.encode(settled, shown.value, params) == text
    assert len(stored) > 1000


def test_present_what_no_format_reads_is_nothing():
    assert hashing.present("!") is None
    assert hashing.present("unknown$hash") is None
    assert hashing.present("digest$nonsense=1$5f4dcc3b5aa765d61d8327deb882cf99") is None


def test_check_password_known_hash_of_each_format_goes_through_django(matching):
    stored = encode_vector(matching)
    assert check_password(matching.password, stored)
    assert not check_password("another password", stored)
