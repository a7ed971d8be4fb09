"""The pages of the sample application: who you are, and buttons to sign in and out."""

from __future__ import annotations

import html
import json
import secrets
from collections.abc import Callable, Iterable
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from authlib.integrations.base_client.errors import OAuthError

from samples.openid_application.provider import Provider

StartResponse = Callable[[str, list[tuple[str, str]]], object]
Answer = tuple[str, list[tuple[str, str]], str]
COOKIE = "sample_session"
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Sample application</title>
<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width, initial-scale=1">
<style>body {{ font: 1rem/1.5 system-ui; max-width: 40rem; margin: 2rem auto; padding: 0 1rem }}
pre {{ overflow: auto; padding: 1rem; background: #f2f2f2 }}</style></head>
<body><h1>Sample application</h1>{body}</body></html>"""


class Application:
    """A WSGI application. Sessions are in memory: it is a sample."""

    provider: Provider
    base: str

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, Any]] = {}

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        name, session = self._find_session(environ.get("HTTP_COOKIE", ""))
        status, headers, body = self._answer(environ["PATH_INFO"], environ["QUERY_STRING"], session)
        cookie = f"{COOKIE}={name}; Path=/; HttpOnly; SameSite=Lax"
        start_response(
            status,
            [("Content-Type", "text/html; charset=utf-8"), ("Set-Cookie", cookie), *headers],
        )
        return [PAGE.format(body=body).encode()]

    def _find_session(self, cookies: str) -> tuple[str, dict[str, Any]]:
        known = SimpleCookie(cookies).get(COOKIE)
        name = known.value if known and known.value in self.sessions else secrets.token_urlsafe()
        return name, self.sessions.setdefault(name, {})

    def _answer(self, path: str, written: str, session: dict[str, Any]) -> Answer:
        query = {name: values[0] for name, values in parse_qs(written).items()}
        match path:
            case "/":
                return "200 OK", [], show_home(session)
            case "/sign-in":
                url, session["asked"] = self.provider.begin(**query)
                return redirect_to(url)
            case "/callback":
                return self._finish(f"{self.base}{path}?{written}", query, session)
            case "/sign-out" if "tokens" in session:
                url = self.provider.find_logout_url(session["tokens"], f"{self.base}/")
                session.clear()
                return redirect_to(url)
        return "404 Not Found", [], '<p>Nothing is here. <a href="/">Go to the start</a>.</p>'

    def _finish(self, url: str, query: dict[str, str], session: dict[str, Any]) -> Answer:
        """Take the user in, or say what the provider answered instead."""
        if "error" in query:
            words = f"{query['error']}: {query.get('error_description', '')}"
            return "403 Forbidden", [], show_error(words)
        asked = session.pop("asked", None)
        if asked is None or query.get("iss", self.provider.issuer) != self.provider.issuer:
            return "400 Bad Request", [], show_error("Nobody asked for this sign-in.")
        try:
            session["tokens"], session["claims"] = self.provider.finish(url, asked)
            session["info"] = self.provider.fetch_user_info(session["tokens"])
        except OAuthError as error:
            return "403 Forbidden", [], show_error(f"{error.error}: {error.description}")
        return redirect_to(f"{self.base}/")


def redirect_to(url: str) -> Answer:
    return "302 Found", [("Location", url)], ""


def show_home(session: dict[str, Any]) -> str:
    if "claims" not in session:
        return '<p>You are not signed in.</p><p><a href="/sign-in">Sign in</a></p>'
    claims = html.escape(json.dumps(session["claims"], indent=2))
    info = html.escape(json.dumps(session["info"], indent=2))
    name = html.escape(session["info"].get("name") or session["claims"]["sub"])
    return (
        f"<p>You are signed in as <strong>{name}</strong>.</p>"
        '<p><a href="/sign-out">Sign out</a></p>'
        '<p><a href="/sign-in?prompt=login">Sign in again</a></p>'
        f"<h2>ID token</h2><pre>{claims}</pre><h2>User info</h2><pre>{info}</pre>"
    )


def show_error(words: str) -> str:
    return f'<p>{html.escape(words)}</p><p><a href="/sign-in">Try again</a></p>'
