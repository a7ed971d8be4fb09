"""Which URLs users may be sent to, and which an administrator may register."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import SplitResult, urlsplit

LOOPBACK = {"127.0.0.1", "::1"}
NOT_FOR_PUBLIC = "Use https; http is for 127.0.0.1, [::1] and localhost only."


def list_lines(text: str) -> list[str]:
    return [line for line in map(str.strip, text.splitlines()) if line]


def allows(registered: Sequence[str], uri: str, *, any_port: bool) -> bool:
    """Return whether a URL is one of those registered, character by character (RFC 9700, 4.1.3).

    With `any_port`, the port of a loopback address is up to the application (RFC 8252, 7.3).
    """
    if uri in registered:
        return True
    return any_port and any(_differ_by_port(each, uri) for each in registered)


def _differ_by_port(registered: str, uri: str) -> bool:
    ours, given = _split(registered), _split(uri)
    if ours is None or given is None or ours.scheme != "http" or ours.hostname not in LOOPBACK:
        return False
    return "@" not in given.netloc and (given.scheme, given.hostname, *given[2:]) == (
        ours.scheme,
        ours.hostname,
        *ours[2:],
    )


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return None
    return parts


def list_origins(uris: Iterable[str]) -> list[str]:
    """Return scheme and host of each URL once, as CORS and content policies write them."""
    return list(dict.fromkeys(filter(None, map(find_origin, uris))))


def find_origin(uri: str) -> str:
    """Return scheme and host of a URL; of a native application's, its scheme and a colon."""
    parts = _split(uri)
    if parts is None or not parts.scheme:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"


def find_fault(uri: str, *, is_public: bool) -> str:
    """Return what speaks against registering a URL; empty if nothing does.

    Native applications have a scheme of their own with a dot in it (RFC 8252, 7.1).
    """
    parts = _split(uri)
    if parts is None or not uri.isascii() or any(char in uri for char in " \t*\\\"'<>"):
        return "This is not a URL that users can be sent to."
    if "#" in uri:
        return "A URL with a fragment (#) is not allowed."
    if "@" in parts.netloc:
        return "A URL with a user name is not allowed."
    if parts.scheme in {"http", "https"}:
        if not parts.hostname:
            return "Enter the whole URL, such as https://app.example.com/callback."
        is_local = parts.hostname in LOOPBACK | {"localhost"}
        return NOT_FOR_PUBLIC if parts.scheme == "http" and is_public and not is_local else ""
    if "." in parts.scheme and is_public:
        return ""
    return "Enter the whole URL, such as https://app.example.com/callback."
