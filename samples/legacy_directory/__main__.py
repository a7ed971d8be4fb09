"""Run the reference directory: python -m samples.legacy_directory [--port 8100]."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import uvicorn

from samples.legacy_directory.app import CLIENT_ID, LegacyDirectory
from samples.legacy_directory.store import UserStore

TOKEN = "reference-directory-token"  # noqa: S105 - of made-up users, on this machine


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument(
        "--database", type=Path, default=Path(".userferry/legacy_directory.sqlite3")
    )
    options = parser.parse_args()
    token = os.environ.get("LEGACY_DIRECTORY_TOKEN", TOKEN)
    is_new = not options.database.exists()
    store = UserStore(options.database)
    if is_new:
        store.add_sample()
    address = f"http://{options.host}:{options.port}"
    sys.stdout.write(
        f"Address {address}, bearer token {token} (or client id {CLIENT_ID} with that as secret"
        f" at {address}/token).\nUsers: samples/README.md. Migrated so far:"
        f" {store.count_migrated()}.\n"
    )
    sys.stdout.flush()
    uvicorn.run(
        LegacyDirectory(store, token),
        host=options.host,
        port=options.port,
        ws="none",
        lifespan="off",
    )


if __name__ == "__main__":
    main()
