"""A small OpenID provider on this machine, strict about everything a client has to get right."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "userferry", "the client's secret"


class WrongPassword(Exception):
    """The provider refuses the user's password."""


class OpenIDProvider(ThreadingHTTPServer):
    """Signs in whoever `claims` describes, without asking (OpenID Connect Core §3.1)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims: dict[str, object] = {"sub": "nobody"}
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, dict[str, object]] = {}
        # For the password grant (RFC 6749 §4.3), by user name.
        self.passwords: dict[str, str] = {}
        self.has_userinfo = True

    def configuration(self) -> dict[str, object]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            **({"userinfo_endpoint": f"{self.issuer}/userinfo"} if self.has_userinfo else {}),
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Return where to send the browser back to, with a code."""
        assert asked["client_id"] == CLIENT_ID
        assert asked["response_type"] == "code"
        assert "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def list_keys(self) -> dict[str, object]:
        """Return the public key as a set (RFC 7517 §5)."""
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**key, "kid": "1", "use": "sig", "alg": "RS256"}]}

    def exchange(self, sent: dict[str, str]) -> dict[str, object]:
        """Return the tokens for a code, which works once and for its client only, or a password.

        Raises WrongPassword.
        """
        if sent["grant_type"] == "password":
            assert (sent["client_id"], sent["client_secret"]) == (CLIENT_ID, CLIENT_SECRET)
            if self.passwords.get(sent["username"]) != sent["password"]:
                raise WrongPassword
            return self.make_tokens()
        asked = self.codes.pop(sent["code"])
        digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
        assert (sent["client_id"], sent["client_secret"]) == (CLIENT_ID, CLIENT_SECRET)
        assert sent["redirect_uri"] == asked["redirect_uri"]
        return self.make_tokens()

    def make_tokens(self) -> dict[str, object]:
        token = secrets.token_urlsafe()
        self.tokens[token] = dict(self.claims)
        now = int(time.time())
        about = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 60, **self.claims}
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": 60,
            "id_token": jwt.encode(about, self.key, algorithm="RS256", headers={"kid": "1"}),
        }


class Answers(BaseHTTPRequestHandler):
    """The provider's pages; what is asked wrongly is answered with status 400."""

    server: OpenIDProvider

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/.well-known/openid-configuration":
            self.answer(self.server.configuration())
        elif url.path == "/keys":
            self.answer(self.server.list_keys())
        elif url.path == "/userinfo":
            token = self.headers["Authorization"].removeprefix("Bearer ")
            self.answer(self.server.tokens[token])
        elif url.path == "/authorize":
            try:
                location = self.server.authorize(read_parameters(url.query))
            except (AssertionError, KeyError):
                self.send_error(400)
                return
            self.send_response(302)
            self.send_header("Location", location)
            self.end_headers()
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        try:
            self.answer(self.server.exchange(read_parameters(body)))
        except WrongPassword:
            self.answer({"error": "invalid_grant"}, status=400)
        except (AssertionError, KeyError):
            self.send_error(400)

    def answer(self, content: dict[str, object], status: int = 200) -> None:
        encoded = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(encoded)))
        self.end_headers()
        self.wfile.write(encoded)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def read_parameters(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


@contextmanager
def running_provider() -> Iterator[OpenIDProvider]:
    with OpenIDProvider() as provider:
        thread = threading.Thread(target=provider.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield provider
        finally:
            provider.shutdown()
            thread.join()
