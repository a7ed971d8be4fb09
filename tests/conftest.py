"""What every test can use: real servers, its own databases on them, and a real browser."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from urllib.parse import urlsplit

from importer_site import embedded

# Before anything reads the settings: they need the addresses of the servers.
embedded.acquire(make_keys=True)
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
from hypothesis import HealthCheck  # noqa: E402
from hypothesis import settings as examples  # noqa: E402
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright  # noqa: E402

# No test judges how fast a busy machine is, nor how fast it draws examples.
examples.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
if not os.environ.get("CI"):
    examples.load_profile("patient")

# A shell that runs the tests in the background has them ignore Ctrl-C, and so all that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_MACOS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
CHROMIUM_ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
REPORT_CSP_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => console.error(
  `CSP violation: ${event.violatedDirective} blocked ${event.blockedURI || "inline code"}`));
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the tests marked `long`, too")
    parser.addoption("--screenshots", metavar="FOLDER", help="keep pictures of every page there")


def pytest_unconfigure() -> None:
    embedded.release()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--long"):
        skip = pytest.mark.skip(reason="long: enable with --long")
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(skip)


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


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Forget rate limits and queued tasks of the test before."""
    cache.clear()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; a machine without one skips its tests, except in CI."""
    named = os.environ.get("CHROMIUM")
    found = [named] if named else [which(name) for name in CHROMIUM_NAMES]
    found += [path for path in CHROMIUM_MACOS if Path(path).exists()]
    path = next(filter(None, found), None)
    if path is None:
        reason = "no Chromium on the PATH: install one, or name it in CHROMIUM"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return path


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    # Playwright's event loop runs in the thread of the tests, and Django takes that for async code.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        instance = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        yield instance
        instance.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a fresh browser profile; what the browser complains about fails the test."""
    complaints: list[str] = []

    def note_console(message: ConsoleMessage) -> None:
        # An error status of the page itself is up to the test, one of a part of it is a mistake.
        is_own_status = (
            "Failed to load resource" in message.text
            and message.page is not None
            and message.location["url"] == message.page.url
        )
        if message.type == "error" and not is_own_status:
            complaints.append(f"{message.text} ({message.location['url']})")

    with browser.new_context() as context:
        context.add_init_script(REPORT_CSP_VIOLATIONS)
        context.on("console", note_console)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        yield context.new_page()
    assert not complaints, "the browser complained:\n" + "\n".join(complaints)
