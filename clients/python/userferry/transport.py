"""Send requests to the API with an access token, and once more where that is safe."""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

Content = bytes | Path
JSON, FORM, BYTES = "application/json", "multipart/form-data", "application/octet-stream"
TRIES = 3


@dataclass(frozen=True)
class Parameter:
    """A parameter: the argument's name, its own, where it stands, its type, and what it is."""

    argument: str
    name: str
    place: str
    type: str
    description: str


@dataclass(frozen=True)
class Operation:
    """An operation: its name, its command, and what its request is made of."""

    name: str
    command: tuple[str, str]
    method: str
    path: str
    parameters: list[Parameter]
    media: list[str]
    summary: str


class ApiError(Exception):
    """A request was refused: `problem` is what the API said (RFC 9457)."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code', '')}: {problem.get('detail', '')}")
        self.status, self.problem = status, problem


class Transport:
    """A connection to one installation, with a token or the id and secret of an API client."""

    def __init__(
        self,
        url: str,
        *,
        token: str = "",
        client_id: str = "",
        client_secret: str = "",
        timeout: float = 60,
    ) -> None:
        self.url, self.timeout = url.rstrip("/"), timeout
        self._token, self._credentials = token, f"{client_id}:{client_secret}"

    def call(self, operation: Operation, **given: Any) -> Any:
        """Return what an operation answers: JSON, other bytes, or None. Raises ApiError."""
        placed = [
            (each, given[each.argument])
            for each in operation.parameters
            if given.get(each.argument) is not None
        ]
        path = operation.path
        for each, value in placed:
            if each.place == "path":
                path = path.replace(f"{{{each.name}}}", quote(str(value)))
        query = urlencode(
            [(each.name, _write(value)) for each, value in placed if each.place == "query"],
            doseq=True,
        )
        headers = {each.name: str(value) for each, value in placed if each.place == "header"}
        headers["Authorization"] = f"Bearer {self._find_token()}"
        content, kind = _encode(operation, given)
        if kind:
            headers["Content-Type"] = kind
        url = f"{self.url}{path}{'?' if query else ''}{query}"
        # A request with a key is done once, however often it is sent.
        is_safe = operation.method in {"GET", "HEAD"} or bool(given.get("idempotency_key"))
        return self._send(Request(url, content, headers, method=operation.method), is_safe)  # noqa: S310

    def pages(self, list_: Callable[..., Any], name: str, **given: Any) -> Iterator[Any]:
        """Yield each entry of a list, page by page: `client.pages(client.list_users, "users")`."""
        after = None
        while True:
            page = list_(after=after, **given)
            yield from page[name]
            after = page["next"]
            if after is None:
                return

    def _send(self, request: Request, is_safe: bool) -> Any:
        for attempt in range(1, TRIES + 1):
            try:
                with urlopen(request, timeout=self.timeout) as response:  # noqa: S310
                    body = response.read()
                    is_json = "json" in response.headers.get("Content-Type", "")
                    return (json.loads(body) if is_json else body) if body else None
            except HTTPError as error:
                seconds = error.headers.get("Retry-After", "")
                if is_safe and seconds.isdecimal() and attempt < TRIES:
                    time.sleep(min(int(seconds), 60))
                    continue
                raise ApiError(error.code, _read_problem(error)) from None
        raise AssertionError

    def _find_token(self) -> str:
        if not self._token:
            credentials = base64.b64encode(self._credentials.encode()).decode()
            headers = {"Authorization": f"Basic {credentials}"}
            content = urlencode({"grant_type": "client_credentials"}).encode()
            request = Request(f"{self.url}/api/token", content, headers)  # noqa: S310
            self._token = self._send(request, is_safe=True)["access_token"]
        return self._token


def _write(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value


def _encode(operation: Operation, given: dict[str, Any]) -> tuple[bytes | None, str]:
    """Return the body of a request and its media type; nothing without one."""
    if FORM in operation.media:
        return _encode_form(given["file"], given.get("options"))
    if BYTES in operation.media:
        return _read(given["content"]), BYTES
    if given.get("body") is None:
        return None, ""
    return json.dumps(given["body"]).encode(), JSON


def _encode_form(file: Content, options: Any) -> tuple[bytes, str]:
    name = file.name if isinstance(file, Path) else "upload"
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{quote(name)}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n".encode()
        + _read(file)
    ]
    if options is not None:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="options"\r\n\r\n'
        parts.append(head.encode() + json.dumps(options).encode())
    return b"\r\n".join([*parts, f"--{boundary}--\r\n".encode()]), f"{FORM}; boundary={boundary}"


def _read(content: Content) -> bytes:
    return content.read_bytes() if isinstance(content, Path) else content


def _read_problem(error: HTTPError) -> dict[str, Any]:
    try:
        problem = json.loads(error.read())
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}
