"""How tests sign in as users who were imported."""

from django.test import Client


def sign_in(number: int, password: str) -> Client:
    """Sign in as one of the users, each from a network address of their own."""
    client = Client(REMOTE_ADDR=f"10.0.{number // 250}.{number % 250 + 1}")
    client.post("/accounts/login/", {"login": f"USER{number}", "password": password})
    return client


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
