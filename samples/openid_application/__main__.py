"""Run the sample application: python -m samples.openid_application --help."""

from __future__ import annotations

import argparse
import sys
from wsgiref.simple_server import WSGIServer, make_server

from samples.openid_application.app import Application
from samples.openid_application.provider import Provider


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--issuer", required=True, help="such as http://127.0.0.1:8000")
    parser.add_argument("--client-id", required=True)
    parser.add_argument("--client-secret", default="", help="none of a public application")
    parser.add_argument("--scope", default="openid profile email groups roles")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8200)
    options = parser.parse_args()
    server = serve(
        options.issuer,
        options.client_id,
        options.client_secret,
        scope=options.scope,
        host=options.host,
        port=options.port,
    )
    sys.stdout.write(f"Open http://{options.host}:{server.server_port}/ in a browser.\n")
    sys.stdout.flush()
    server.serve_forever()


def serve(
    issuer: str,
    client_id: str,
    client_secret: str,
    *,
    scope: str = "openid profile email groups roles",
    host: str = "127.0.0.1",
    port: int = 0,
) -> WSGIServer:
    """Return a server of the application, on a free port if `port` is 0."""
    application = Application()
    server = make_server(host, port, application)
    base = f"http://{host}:{server.server_port}"
    application.provider = Provider(issuer, client_id, client_secret, f"{base}/callback", scope)
    application.base = base
    return server


if __name__ == "__main__":
    main()
