"""The servers, settings and applications of the site, and what keeps its tests apart.

Importing it starts them: `tests/conftest.py` does so, before it reads a test that needs them.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from importer_site import embedded

DATA_DIR = Path(__file__).resolve().parent.parent / ".userferry-tests"
# What makes the disk wait: the tests kill servers, but not the machine.
DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")


def start_servers() -> None:
    """Start what is not set up, in a folder of the tests' own, without waiting for the disk."""
    os.environ.setdefault("USERFERRY_DATA_DIR", str(DATA_DIR))
    is_given = bool(os.environ.get("DATABASE_URL"))
    embedded.acquire(make_keys=True)
    if not is_given:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            for name in DURABILITY:
                connection.execute(f"ALTER SYSTEM SET {name} = off")
            connection.execute("SELECT pg_reload_conf()")


# Before anything reads the settings: they need the addresses of the servers.
start_servers()
os.environ["DJANGO_SETTINGS_MODULE"] = "importer_site.settings"


def choose_redis_url(url: str, worker: str) -> str:
    """Give each test process a database of its own, and never number 0, where a local run works."""
    number = int(worker.removeprefix("gw")) + 2 if worker else 1
    return urlsplit(url)._replace(path=f"/{number}").geturl()


os.environ["REDIS_URL"] = choose_redis_url(
    os.environ["REDIS_URL"], os.environ.get("PYTEST_XDIST_WORKER", "")
)

import django  # noqa: E402

django.setup()
# Left in place, the parallel test processes would read the settings with this one's queue, before
# they come here to choose their own.
del os.environ["DJANGO_SETTINGS_MODULE"]

import pytest  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.test import override_settings  # noqa: E402

from accounts.passwords.profiles import PROFILES, CostProfile  # noqa: E402


def pytest_unconfigure() -> None:
    embedded.release()


@pytest.fixture(scope="session", autouse=True)
def _private_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep uploads out of the local run's data, and find static files without collecting them."""
    storages = {
        "default": {
            **settings.STORAGES["default"],
            "OPTIONS": {
                **settings.STORAGES["default"].get("OPTIONS", {}),
                "location": tmp_path_factory.mktemp("uploads"),
            },
        },
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    with override_settings(STORAGES=storages):
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> Iterator[None]:
    """Hash passwords, and the secrets of API clients, at the least cost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PROFILES, settings.PASSWORD_COST_PROFILE, CostProfile(8, 1, 1))
        yield


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Forget rate limits and queued tasks of the test before."""
    cache.clear()
