"""The site over HTTPS within the test process, as clients of Auth0 want it."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread

from importer_site.local_run.certificates import Certificates, prepare_certificates

HOST = "localhost"


class SecureServerThread(LiveServerThread):
    """Django's server of tests, with the certificates of a local run."""

    def __init__(self, folder: Path) -> None:
        super().__init__(HOST, StaticFilesHandler)
        self.certificates: Certificates = prepare_certificates(folder, [HOST])

    @property
    def domain(self) -> str:
        return f"{HOST}:{self.port}"

    def _create_server(self, connections_override: Any = None) -> Any:
        server = super()._create_server(connections_override)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificates.certificate, self.certificates.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.base_environ["HTTPS"] = "on"
        # Whoever ends the server waits for them, and for the end of their database connections.
        server.daemon_threads = False
        return server
