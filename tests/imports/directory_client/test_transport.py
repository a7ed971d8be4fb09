"""Requests over HTTP: where they may go, how long and how much, and what is noted of them."""

import time
from pathlib import Path
from typing import Any

import pytest

from imports.directory_client.contract import Connection, DirectoryError, NotAllowed, Verdict
from imports.directory_client.kinds.http_directory import HttpDirectoryClient
from imports.directory_client.masking import MASK, mask_value
from imports.directory_client.outbound import check_url
from imports.directory_client.registry import make_client
from imports.directory_client.transport import Transport
from tests.imports.directory_client.answering import Asked, Given, answering
from tests.imports.directory_client.certificates import make_certificates
from tests.imports.directory_client.conftest import PASSWORD, TOKEN, Reference

HTTP = ("https", "http")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://other.example", "LEGACY_DIRECTORY_HOSTS"),
        ("https://old.example.com.evil.example", "LEGACY_DIRECTORY_HOSTS"),
        ("https://old.example.com:8443", "LEGACY_DIRECTORY_HOSTS"),
        ("https://169.254.169.254/latest", "LEGACY_DIRECTORY_HOSTS"),
        ("http://old.example.com", "LEGACY_DIRECTORY_HOSTS"),
        ("http://any.example.org", "would not be encrypted"),
        ("file:///etc/passwd", "begin with"),
        ("https://user@old.example.com", "must not contain a user name"),
        ("https://[", "not a URL"),
        ("https://old.example.com:port", "not a URL"),
        ("", "begin with"),
    ],
)
def test_address_that_is_not_allowed_is_refused(settings: Any, url: str, words: str) -> None:
    settings.LEGACY_DIRECTORY_HOSTS = ["old.example.com:443", "*.example.org"]

    with pytest.raises(NotAllowed, match=words):
        check_url(url, schemes=HTTP)


@pytest.mark.parametrize(
    "url",
    ["https://old.example.com/api", "https://OLD.example.com", "https://a.b.example.org:8443"],
)
def test_address_on_the_list_is_allowed(settings: Any, url: str) -> None:
    settings.LEGACY_DIRECTORY_HOSTS = ["old.example.com:443", "*.example.org"]

    check_url(url, schemes=HTTP)


def test_nothing_is_allowed_unless_it_is_listed(settings: Any) -> None:
    settings.LEGACY_DIRECTORY_HOSTS = []

    with pytest.raises(NotAllowed):
        check_url("http://127.0.0.1:8000", schemes=HTTP)


def test_redirect_is_not_followed() -> None:
    def respond(asked: Asked) -> Given:
        return Given(302, {}, {"Location": "https://evil.example/verify"})

    with answering(respond) as server, pytest.raises(DirectoryError, match="redirect"):
        Transport(2).send("POST", server.url, json_body={"password": PASSWORD})
    assert len(server.asked) == 1


def test_answer_that_never_ends_is_given_up() -> None:
    with (
        answering(lambda asked: Given(200, b"x" * (3 << 20))) as server,
        pytest.raises(DirectoryError, match="larger than 1 MB"),
    ):
        Transport(5).send("GET", server.url)


def test_answer_that_takes_too_long_is_given_up() -> None:
    def respond(asked: Asked) -> Given:
        time.sleep(1)
        return Given()

    with answering(respond) as server, pytest.raises(DirectoryError, match=r"within 0\.2"):
        Transport(0.2).send("GET", server.url)
    # Not sent again: the time is up.
    assert len(server.asked) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b'{"answer": ', b"[" * 100_000])
def test_answer_that_is_no_json_object_is_an_error(body: bytes) -> None:
    with answering(lambda asked: Given(200, body)) as server:
        client = make_client(Connection(kind="http", url=server.url, secret=TOKEN))
        with pytest.raises(DirectoryError):
            client.verify("ada", PASSWORD)


@pytest.mark.parametrize(
    "body",
    [
        {"answer": "yes"},
        {"answer": ["migrate"]},
        {"answer": "found", "profile": {"subject_id": "1"}},
        {"answer": "migrate"},
        {"answer": "migrate", "profile": []},
        {"answer": "migrate", "profile": "ada"},
        {},
    ],
    ids=str,
)
def test_answer_outside_the_contract_is_an_error(body: dict[str, Any]) -> None:
    with answering(lambda asked: Given(200, body)) as server:
        client = make_client(Connection(kind="http", url=server.url, secret=TOKEN))
        with pytest.raises(DirectoryError):
            client.verify("ada", PASSWORD)


def test_message_for_the_user_is_one_short_line() -> None:
    body = {"answer": "blocked", "message": "Closed.\n\r" + "x" * 5000}
    with answering(lambda asked: Given(200, body)) as server:
        client = make_client(Connection(kind="http", url=server.url, secret=TOKEN))
        message = client.verify("ada", PASSWORD).message

    assert len(message) == 300
    assert "\n" not in message


def test_certificate_is_verified(tmp_path: Path, settings: Any) -> None:
    certificates = make_certificates(tmp_path)
    body = {"answer": "unknown_user"}
    with answering(lambda asked: Given(200, body), certificates) as server:
        connection = Connection(kind="http", url=server.url, secret=TOKEN)
        with pytest.raises(DirectoryError, match="certificate"):
            make_client(connection).verify("ada", PASSWORD)
        settings.LEGACY_DIRECTORY_CA_FILE = str(certificates.authority)
        assert make_client(connection).verify("ada", PASSWORD).verdict is Verdict.UNKNOWN_USER
    assert len(server.asked) == 1


def test_certificate_of_another_host_is_refused(tmp_path: Path, settings: Any) -> None:
    certificates = make_certificates(tmp_path, "old.example.com")
    settings.LEGACY_DIRECTORY_CA_FILE = str(certificates.authority)
    with (
        answering(lambda asked: Given(), certificates) as server,
        pytest.raises(DirectoryError, match="certificate"),
    ):
        Transport(2).send("GET", server.url)
    assert server.asked == []


def test_client_credentials_get_a_token_once_and_anew_when_it_is_refused(
    reference: Reference,
) -> None:
    reference.add("ada")
    connection = Connection(
        kind="http",
        url=reference.url,
        token_url=f"{reference.url}/token",
        client_id="userferry",
        secret=TOKEN,
    )
    for _ in range(3):
        assert make_client(connection).verify("ada", PASSWORD).verdict is Verdict.MIGRATE
    assert reference.requests.count("/token") == 1

    reference.app.given_tokens.clear()
    assert make_client(connection).verify("ada", PASSWORD).verdict is Verdict.MIGRATE
    assert reference.requests.count("/token") == 2


def test_wrong_bearer_token_is_told(reference: Reference) -> None:
    with pytest.raises(DirectoryError, match="refuses Userferry's token"):
        make_client(Connection(kind="http", url=reference.url, secret="wrong")).verify("a", "b")


def test_exchange_is_noted_with_every_secret_masked(reference: Reference) -> None:
    reference.add("ada")
    client = HttpDirectoryClient(Connection(kind="http", url=reference.url, secret=TOKEN))
    client.verify("ada", PASSWORD)

    exchange = client.exchanges[0]
    assert "POST" in exchange.request
    assert f"authorization: {MASK}" in exchange.request
    assert "old-ada" in exchange.response
    assert PASSWORD not in exchange.request + exchange.response
    assert TOKEN not in exchange.request + exchange.response


def test_secret_is_masked_wherever_a_directory_repeats_it() -> None:
    def respond(asked: Asked) -> Given:
        return Given(200, {"answer": "refused", "detail": f"“{asked.json['password']}” is wrong"})

    with answering(respond) as server:
        client = make_client(Connection(kind="http", url=server.url, secret=TOKEN))
        client.verify("ada", 'quo"ted-\\pass')

    assert "quo" not in client.exchanges[0].response


def test_secret_names_are_masked_at_any_depth() -> None:
    given = {"user": {"passwordHash": "x", "keys": [{"api_key": "y"}]}, "token_type": "Bearer"}

    assert mask_value(given) == {
        "user": {"passwordHash": MASK, "keys": [{"api_key": MASK}]},
        "token_type": "Bearer",
    }
