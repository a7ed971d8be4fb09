"""A client of the Userferry API, with nothing but the standard library.

from userferry import Client

client = Client("https://userferry.example.com", client_id="…", client_secret="…")
for user in client.pages(client.list_users, "users"):
    print(user["email"])
"""

from userferry.api import Client
from userferry.transport import ApiError

__all__ = ["ApiError", "Client"]
