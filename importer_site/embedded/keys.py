"""The secret keys of a local run: made once, kept in the data directory, readable by its owner."""

import base64
import json
import os
import secrets
from pathlib import Path


def make_keys() -> dict[str, str]:
    encryption_key = base64.b64encode(secrets.token_bytes(32)).decode()
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "USERFERRY_ENCRYPTION_KEYS": f"k1:{encryption_key}",
    }


def load_keys(path: Path) -> dict[str, str]:
    """Return the keys of a file, or none when there is no file."""
    try:
        keys: dict[str, str] = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    return keys


def ensure_keys(path: Path) -> dict[str, str]:
    """Return the keys of a file, made when it is missing; of two makers the first wins."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump(make_keys(), file, indent=2)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return load_keys(path)
