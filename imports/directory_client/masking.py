"""Make requests and responses showable: what is secret becomes a mask."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from imports.directory_client.parsing import parse_json

MASK = "••••••••"
BODY_LENGTH = 4000
SECRET_KEY = re.compile(
    r"passw|pwd|secret|token|hash|assertion|authorization|cookie|otp|recovery|credential|key$"
    r"|session|salt",
    re.IGNORECASE,
)
# Whether a password is right is no secret, nor how a token is to be used.
HARMLESS_KEY = re.compile(r"token_type|passwordchanged|password_?expires", re.IGNORECASE)


def mask_value(value: Any, name: str = "") -> Any:
    """Return a JSON value with everything under a secret name masked."""
    is_secret = SECRET_KEY.search(name) and not HARMLESS_KEY.fullmatch(name)
    if is_secret and not isinstance(value, bool | dict) and value not in (None, ""):
        return MASK
    if isinstance(value, Mapping):
        return {key: mask_value(item, str(key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [mask_value(item, name) for item in value]
    return value


def mask_body(body: bytes, content_type: str) -> str:
    """Return a request's or response's body as it may be shown: JSON and forms only."""
    if not body:
        return ""
    text = body.decode("utf-8", "replace")
    if "json" in content_type:
        try:
            shown = json.dumps(mask_value(parse_json(body)), indent=2, ensure_ascii=False)
        except ValueError:
            return f"({len(body)} bytes that are not JSON)"
    elif "x-www-form-urlencoded" in content_type:
        pairs = [(name, mask_value(value, name)) for name, value in parse_qsl(text)]
        shown = urlencode(pairs, safe=MASK + " @")
    else:
        return f"({len(body)} bytes of {content_type or 'an unnamed type'})"
    return shown[:BODY_LENGTH]


def mask_secrets(text: str, secrets: Iterable[str]) -> str:
    """Return the text without any of the secrets, wherever else they may turn up in it."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, MASK)
        escaped = json.dumps(secret)[1:-1]
        text = text.replace(escaped, MASK)
    return text
