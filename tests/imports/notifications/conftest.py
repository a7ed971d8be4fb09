"""A real receiver of webhooks, and notifications delivered in the test's own process."""

import base64
import hashlib
import hmac
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pytest_django.fixtures import Settings

from imports.models import Webhook
from imports.notifications.webhooks import give_secret


@dataclass
class Receiver:
    """What was posted, newest last; it answers with `status`."""

    url: str = ""
    status: int = 204
    messages: list[tuple[dict[str, str], str]] = field(default_factory=list)


def make_signature(headers: dict[str, str], body: str, secret: str) -> str:
    """Return the signature that a message has to have, as Standard Webhooks 1.0 says."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{body}".encode()
    return f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            found.messages.append((headers, body))
            self.send_response(found.status)
            if 300 <= found.status < 400:
                self.send_header("location", f"{found.url}elsewhere")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def webhook(receiver: Receiver, settings: Settings, db: None) -> tuple[Webhook, str]:
    """A webhook to the receiver, and the secret its receiver was given."""
    settings.WEBHOOK_HOSTS = [*settings.WEBHOOK_HOSTS, "127.0.0.1"]
    made = Webhook(name="Tickets", url=receiver.url)
    secret = give_secret(made)
    made.save()
    return made, secret
