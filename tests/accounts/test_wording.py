"""allauth's pages speak as the rest of the site does: in sentences, not in Titles."""

import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.accounts.conftest import PASSWORD, MakeUser

CATALOGUE = Path(settings.LOCALE_PATHS[0]) / "en_GB" / "LC_MESSAGES"
PAIR = re.compile(r'^msgid "(.+)"\nmsgstr "(.+)"$', re.MULTILINE)
WORDS = re.compile(r"<(?:title|h1|h2|label|button)\b[^>]*>\s*([^<]*?)\s*</")
TITLE_CASE = re.compile(r"[a-z\d)] (?!QR\b|Userferry\b)[A-Z]|\bEmail\b")
PAGES = [
    "/accounts/email/",
    "/accounts/logout/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/reauthenticate/",
]
PAGES_FOR_ALL = [
    "/accounts/login/",
    "/accounts/login/code/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-abc/",
    "/accounts/confirm-email/abc/",
    "/accounts/inactive/",
    "/accounts/3rdparty/login/cancelled/",
    "/accounts/3rdparty/login/error/",
]


def unescape(text: str) -> str:
    return text.replace('\\"', '"').replace("\\n", "\n")


def find_titles(client: Client, address: str) -> list[str]:
    """Return the headings, labels and buttons of a page that are written as titles."""
    response = client.get(address, follow=True)
    found = WORDS.findall(response.content.decode())
    assert found
    return [words for words in found if TITLE_CASE.search(words.partition(" | ")[0])]


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES_FOR_ALL)
def test_page_for_everybody_is_written_in_sentences(client: Client, address: str) -> None:
    assert find_titles(client, address) == []


@pytest.mark.usefixtures("quick_sign_in")
@pytest.mark.parametrize("address", PAGES)
def test_page_of_an_account_is_written_in_sentences(
    client: Client, make_user: MakeUser, address: str
) -> None:
    client.force_login(make_user(password=PASSWORD))
    # Else some pages ask for the password first.
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    assert client.get(address).status_code == 200
    assert find_titles(client, address) == []


def test_compiled_catalogue_is_that_of_the_sources() -> None:
    with (CATALOGUE / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    written = PAIR.findall((CATALOGUE / "django.po").read_text())

    assert written
    assert all(compiled.gettext(unescape(said)) == unescape(ours) for said, ours in written)
