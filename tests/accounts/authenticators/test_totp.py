import base64

import pytest

from accounts.authenticators import totp

SEED = b"12345678901234567890"
# RFC 6238, appendix B: seconds, and the code with eight digits.
VECTORS = [
    (59, "SHA1", SEED, "94287082"),
    (59, "SHA256", SEED + b"123456789012", "46119246"),
    (59, "SHA512", (SEED * 4)[:64], "90693936"),
    (1111111109, "SHA1", SEED, "07081804"),
    (1111111109, "SHA256", SEED + b"123456789012", "68084774"),
    (20000000000, "SHA512", (SEED * 4)[:64], "47863826"),
]


@pytest.mark.parametrize(("now", "algorithm", "seed", "code"), VECTORS)
def test_code_of_the_standard_is_right(now, algorithm, seed, code):
    data = totp.build_data(base64.b32encode(seed).decode(), algorithm=algorithm, digits=8)
    assert totp.find_counter(data, code, now) == now // 30


def test_secret_is_stored_encrypted():
    assert "JBSWY3DPEHPK3PXP" not in str(totp.build_data("JBSWY3DPEHPK3PXP"))


@pytest.mark.parametrize(
    "written", ["jbsw y3dp-ehpk 3pxp", "JBSWY3DPEHPK3PXP", "JBSWY3DPEHPK3PXP=="]
)
def test_secret_is_read_however_it_is_written(written):
    parameters = totp.Parameters()
    code = totp.generate_code(base64.b32decode("JBSWY3DPEHPK3PXP"), 1000, parameters)
    assert totp.find_counter(totp.build_data(written), code, 30_000) == 1000


def test_unpadded_secret_is_padded():
    assert len(totp.pad_secret("A" * 26)) == 32


@pytest.mark.parametrize(
    ("seconds", "is_right"), [(-60, False), (-30, True), (30, True), (60, False)]
)
def test_code_is_right_one_period_early_or_late_and_no_more(seconds, is_right):
    data = totp.build_data("JBSWY3DPEHPK3PXP")
    code = totp.generate_code(base64.b32decode("JBSWY3DPEHPK3PXP"), 1000, totp.Parameters())
    assert (totp.find_counter(data, code, 30_000 + seconds) is not None) is is_right


def test_usual_parameters_are_stored_as_allauth_stores_them():
    assert set(totp.build_data("JBSWY3DPEHPK3PXP")) == {"secret"}


def test_code_in_other_digits_is_wrong_instead_of_an_error():
    assert totp.find_counter(totp.build_data("JBSWY3DPEHPK3PXP"), "١٢٣٤٥٦", 30_000) is None
