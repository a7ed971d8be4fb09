"""Send HTTP requests to a directory: bounded in time, size and number, and without redirects."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from django.conf import settings

from imports.directory_client.contract import DirectoryError, Exchange
from imports.directory_client.masking import MASK, mask_body, mask_secrets
from imports.directory_client.outbound import check_url
from imports.directory_client.parsing import parse_json

ANSWER_BYTES = 1 << 20
PORTION = 16 << 10
# Of the same request: asking for a password's verification twice does no harm.
ATTEMPTS = 2
# Somebody in between, such as a load balancer, says that the system itself did not get to answer.
PASSING = frozenset({502, 503, 504})
SHOWN_HEADERS = ("content-type", "retry-after", "www-authenticate", "x-okta-request-id", "location")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer over HTTP, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> dict[str, Any]:
        """Return the JSON object of the body, or raise DirectoryError."""
        try:
            found = parse_json(self.body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise DirectoryError(f"The answer (status {self.status}) is not a JSON object.")
        return found


class Transport:
    """One conversation with a directory; `secrets` are masked in what is noted of it."""

    def __init__(self, timeout: float, secrets: Iterable[str] = ()) -> None:
        self.exchanges: list[Exchange] = []
        self.secrets = [secret for secret in secrets if secret]
        self._timeout = timeout
        self._session = requests.Session()
        # No proxies, .netrc or certificates of the environment: only what the settings say.
        self._session.trust_env = False
        self._session.verify = settings.LEGACY_DIRECTORY_CA_FILE or True

    def send(
        self,
        method: str,
        url: str,
        *,
        json_body: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        content_type: str = "application/json",
    ) -> Reply:
        """Return the answer, whatever its status; raise DirectoryError when there is none.

        Asks again once, when the connection failed or a gateway answered in its place, and only
        while the time is not up.
        """
        check_url(url, schemes=("https", "http"))
        data: Any = form
        sent_headers = {"accept": "application/json", "user-agent": "Userferry", **(headers or {})}
        if json_body is not None:
            data = json.dumps(json_body).encode()
            sent_headers["content-type"] = content_type
        request = self._session.prepare_request(
            requests.Request(method, url, data=data, headers=sent_headers, auth=auth)
        )
        deadline = time.monotonic() + self._timeout
        for attempt in range(1, ATTEMPTS + 1):
            is_last = attempt == ATTEMPTS
            try:
                reply = self._exchange(request, deadline)
            except requests.ConnectionError as error:
                if is_last or time.monotonic() >= deadline:
                    raise DirectoryError(_explain(error)) from None
            else:
                if is_last or reply.status not in PASSING or time.monotonic() >= deadline:
                    return reply
        raise AssertionError("The last attempt returns or raises.")

    def _exchange(self, request: requests.PreparedRequest, deadline: float) -> Reply:
        started = time.monotonic()
        remaining = max(deadline - started, 0.05)
        try:
            with self._session.send(
                request, timeout=remaining, allow_redirects=False, stream=True
            ) as response:
                reply = Reply(response.status_code, response.headers, _read(response, deadline))
        except requests.Timeout:
            self._note(request, "no response in time", started)
            raise DirectoryError(f"No response within {self._timeout:g} seconds.") from None
        except requests.ConnectionError as error:
            self._note(request, _explain(error), started)
            raise
        except requests.RequestException as error:
            self._note(request, type(error).__name__, started)
            raise DirectoryError(f"The request failed ({type(error).__name__}).") from None
        except DirectoryError as error:
            self._note(request, str(error), started)
            raise
        self._note(request, self._describe(reply), started)
        if 300 <= reply.status < 400:
            raise DirectoryError(
                f"The directory answered with a redirect ({reply.status}), which is not followed:"
                " set the address it leads to, if that is the directory's own."
            )
        return reply

    def _note(self, request: requests.PreparedRequest, response: str, started: float) -> None:
        headers = {name.lower(): str(value) for name, value in request.headers.items()}
        shown = {
            name: MASK if name == "authorization" else value
            for name, value in sorted(headers.items())
        }
        text = "\n".join(
            [f"{request.method} {request.url}", *(f"{name}: {shown[name]}" for name in shown)]
        )
        if isinstance(request.body, str | bytes) and request.body:
            body = request.body.encode() if isinstance(request.body, str) else request.body
            text += f"\n\n{mask_body(body, headers.get('content-type', ''))}"
        self.exchanges.append(
            Exchange(
                request=mask_secrets(text, self.secrets),
                response=mask_secrets(response, self.secrets),
                milliseconds=round((time.monotonic() - started) * 1000),
            )
        )

    def _describe(self, reply: Reply) -> str:
        lines = [f"HTTP {reply.status}"]
        lines += [
            f"{name}: {reply.headers[name]}" for name in SHOWN_HEADERS if name in reply.headers
        ]
        body = mask_body(reply.body, reply.headers.get("content-type", ""))
        return "\n".join(lines) + (f"\n\n{body}" if body else "")


def _read(response: requests.Response, deadline: float) -> bytes:
    """Read the body in portions: neither its size nor a slow trickle may go on for ever."""
    found = bytearray()
    for portion in response.iter_content(PORTION):
        found += portion
        if len(found) > ANSWER_BYTES:
            raise DirectoryError(f"The answer is larger than {ANSWER_BYTES >> 20} MB.")
        if time.monotonic() > deadline:
            raise requests.Timeout
    return bytes(found)


def _explain(error: requests.RequestException) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return (
            "The TLS certificate of the directory was not accepted. For one of your own authority,"
            " name its file in LEGACY_DIRECTORY_CA_FILE."
        )
    return "The directory cannot be reached: the connection was refused or broke."
