"""The certificates of a local run over HTTPS."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path

import pytest

from importer_site.local_run.certificates import Certificates, prepare_certificates

NAMES = ("localhost", "127.0.0.1", "::1")


def shake_hands(files: Certificates, name: str) -> None:
    """Have a client that trusts the authority alone meet a server under a name."""
    server_context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_context.load_cert_chain(files.certificate, files.key)
    client_context = ssl.create_default_context(cafile=files.authority)
    client_context.verify_flags |= ssl.VERIFY_X509_STRICT
    ours, theirs = socket.socketpair()

    def serve() -> None:
        try:
            server_context.wrap_socket(theirs, server_side=True).close()
        except (ssl.SSLError, OSError):
            theirs.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        client_context.wrap_socket(ours, server_hostname=name).close()
    finally:
        ours.close()
        thread.join()


@pytest.mark.parametrize("name", NAMES)
def test_a_client_that_trusts_the_authority_meets_the_site(tmp_path: Path, name: str) -> None:
    shake_hands(prepare_certificates(tmp_path / "https", NAMES), name)


def test_the_site_is_not_another_one(tmp_path: Path) -> None:
    files = prepare_certificates(tmp_path / "https", NAMES)

    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(files, "ferry.example")


def test_certificates_are_kept_until_another_name_is_wanted(tmp_path: Path) -> None:
    files = prepare_certificates(tmp_path / "https", NAMES)
    first = files.certificate.read_bytes()

    prepare_certificates(tmp_path / "https", NAMES[:1])
    assert files.certificate.read_bytes() == first

    prepare_certificates(tmp_path / "https", [*NAMES, "ferry.example"])
    shake_hands(files, "ferry.example")


def test_a_broken_file_is_replaced_and_the_key_is_private(tmp_path: Path) -> None:
    files = prepare_certificates(tmp_path / "https", NAMES)
    files.key.write_text("broken")

    prepare_certificates(tmp_path / "https", NAMES)

    shake_hands(files, "localhost")
    assert files.key.stat().st_mode & 0o077 == 0
    assert {path.name for path in (tmp_path / "https").iterdir()} == {
        *("ca.pem", "site.pem", "site.key")
    }
