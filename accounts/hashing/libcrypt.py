"""The system's libcrypt, for functions that no Python library computes: yescrypt and others.

Only libxcrypt, the libcrypt of Linux distributions with glibc, has `crypt_ra`, which can be called
from several threads at once. musl and macOS have neither it nor yescrypt.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from functools import cache

from accounts.hashing.errors import HashUnavailableError

# From libxcrypt's own test/ka-table.inc.
KNOWN_SECRET = b"chocolate"
KNOWN_TEXT = b"$y$j85$.......$wgh3g27cjnpTJqhliv85LcePfmIHFOAs91nGVRBQsG2"


def compute_crypt(secret: bytes, text: str) -> bytes | None:
    """Return what crypt(3) makes of a password with the settings of a text; None if it refuses.

    Raise HashUnavailableError where this system has no libxcrypt.
    """
    library = require_libcrypt()
    if b"\0" in secret:
        return None
    return _call(library, secret, text.encode())


def require_libcrypt() -> ctypes.CDLL:
    """Return libxcrypt. Raise HashUnavailableError where this system has none."""
    library = find_libcrypt()
    if library is None:
        raise HashUnavailableError(
            "this function is computed by libcrypt of libxcrypt 4.4 or later, which this system"
            " lacks: install it on the workers and web servers (libcrypt1 on Debian and Ubuntu,"
            " libxcrypt on Fedora and Arch; Alpine and macOS have none)"
        )
    return library


@cache
def find_libcrypt() -> ctypes.CDLL | None:
    """Return the system's libcrypt if it can be called safely and knows yescrypt."""
    for name in (ctypes.util.find_library("crypt"), "libcrypt.so.1", "libcrypt.so.2"):
        library = _load(name) if name else None
        if library is not None and _call(library, KNOWN_SECRET, KNOWN_TEXT) == KNOWN_TEXT:
            return library
    return None


def _load(name: str) -> ctypes.CDLL | None:
    try:
        library = ctypes.CDLL(name)
        library.crypt_ra.restype = ctypes.c_char_p
    except (OSError, AttributeError):
        return None
    library.crypt_ra.argtypes = (
        ctypes.c_char_p,
        ctypes.c_char_p,
        ctypes.POINTER(ctypes.c_void_p),
        ctypes.POINTER(ctypes.c_int),
    )
    return library


def _call(library: ctypes.CDLL, secret: bytes, setting: bytes) -> bytes | None:
    # crypt_ra allocates its working memory, of which the caller has to dispose.
    memory, size = ctypes.c_void_p(), ctypes.c_int(0)
    try:
        result: bytes | None = library.crypt_ra(
            secret, setting, ctypes.byref(memory), ctypes.byref(size)
        )
        return result
    finally:
        _free(memory)


def _free(memory: ctypes.c_void_p) -> None:
    free = ctypes.CDLL(None).free
    free.argtypes, free.restype = (ctypes.c_void_p,), None
    free(memory)
