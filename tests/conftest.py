"""What every test can use: the site where it needs one, and a real browser."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as examples

from tests.each_case import pytest_generate_tests, pytest_pyfunc_call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Page

# Of them pytest makes hooks.
__all__ = ["pytest_generate_tests", "pytest_pyfunc_call"]

TESTS = Path(__file__).parent
# Their tests use neither Django's settings nor a server, which take seconds to start.
PURE = (TESTS / "accounts" / "hashing", TESTS / "cases", TESTS / "imports" / "core")

# No test judges how fast a busy machine is, nor how fast it draws examples.
PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
examples.register_profile("ordinary", max_examples=30, **PATIENT)
examples.register_profile("long", max_examples=200, **PATIENT)

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


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    parser.addoption("--long", action="store_true", help="run the tests marked `long`, too")
    parser.addoption("--lab", action="store_true", help="run the tests marked `lab`, too")
    parser.addoption("--screenshots", metavar="FOLDER", help="keep pictures of every page there")
    # The one moment between the command line and the other conftest files, which import models.
    config = pluginmanager.get_plugin("pytestconfig")
    if not are_pure(config.known_args_namespace.file_or_dir):
        pluginmanager.import_plugin("tests.whole_site")


def are_pure(arguments: list[str]) -> bool:
    """Return whether the arguments choose tests, and pure ones only."""
    paths = [Path(argument.partition("::")[0]).resolve() for argument in arguments]
    return bool(paths) and all(
        any(path.is_relative_to(folder) for folder in PURE) for path in paths
    )


def pytest_configure(config: pytest.Config) -> None:
    examples.load_profile("long" if config.getoption("--long") else "ordinary")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for name in ("long", "lab"):
        if not config.getoption(f"--{name}"):
            skip = pytest.mark.skip(reason=f"{name}: enable with --{name}")
            for item in items:
                if item.get_closest_marker(name):
                    item.add_marker(skip)


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
    from playwright.sync_api import sync_playwright

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
