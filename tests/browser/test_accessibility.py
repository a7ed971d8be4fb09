"""Every page, light and dark, on a telephone and a wide screen: nothing serious for axe-core.

With `--screenshots FOLDER` pictures of them are kept, to be looked at; with `--long` of every page
at each width in either light.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import User
from imports.services import approvals, runs
from tests.browser import tour
from tests.browser.signing_in import PATIENCE
from tests.imports.conftest import MakeJob, drain

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
OPTIONS = {"runOnly": TAGS, "resultTypes": ["violations"]}
BAD = {"serious", "critical"}
# The question marks that Django's own widget for many choices puts beside its labels.
STOCK = {"exclude": [[".help-tooltip"]]}
SIZES = [
    (360, "light"),
    (1280, "dark"),
    (1920, "light"),
    pytest.param(360, "dark", marks=pytest.mark.long),
    pytest.param(1280, "light", marks=pytest.mark.long),
    pytest.param(1920, "dark", marks=pytest.mark.long),
]
of_each_size = pytest.mark.parametrize(("width", "scheme"), SIZES)

OpenWindow = Callable[..., Page]
FindFaults = Callable[[Page, tour.Addresses], list[str]]


@pytest.fixture
def open_window(
    browser: Browser, transactional_db: None, live_server: object, width: int, scheme: str
) -> Iterator[OpenWindow]:
    """Give a function that opens a browser window, of somebody who has just signed in if given."""
    contexts: list[BrowserContext] = []

    def open_one(user: User | None = None) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
        )
        context.set_default_timeout(PATIENCE)
        if user:
            session = _sign_in(user)
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()


def _sign_in(user: User) -> str:
    client = Client()
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session.save()
    return client.cookies["sessionid"].value


@pytest.fixture
def find_faults(pytestconfig: pytest.Config, width: int, scheme: str) -> FindFaults:
    """Give a function that returns what is wrong with pages, all in them opened, a line each."""
    folder = pytestconfig.getoption("--screenshots")

    def find(page: Page, addresses: tour.Addresses) -> list[str]:
        faults = []
        for name, address in addresses.items():
            faults += [f"{name} ({address}): {fault}" for fault in _find_faults(page, address)]
            if folder:
                path = Path(folder) / f"{name}-{width}-{scheme}.png"
                page.screenshot(path=path, full_page=True)
        return faults

    return find


def _find_faults(page: Page, address: str) -> Iterator[str]:
    response = page.goto(address)
    if response is None or not (response.ok or address == tour.NOT_FOUND):
        yield "it does not open"
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        yield "it is wider than its window"
    for violation in Axe().run(page, STOCK, OPTIONS).response["violations"]:
        if violation["impact"] in BAD:
            places = ", ".join(str(node["target"][0]) for node in violation["nodes"][:3])
            yield f"{violation['id']} ({violation['impact']}) at {places}"


@pytest.mark.browser
@of_each_size
def test_pages_for_staff_are_accessible(
    open_window: OpenWindow,
    find_faults: FindFaults,
    operator: User,
    make_job: MakeJob,
    run_job: MakeJob,
) -> None:
    jobs = tour.make_jobs(operator, make_job, run_job)
    addresses = tour.list_own_pages(jobs, operator) | tour.list_admin_pages()
    faults = find_faults(open_window(operator), addresses | tour.list_account_pages())

    assert not faults, "\n".join(faults)


@pytest.mark.browser
@of_each_size
def test_pages_of_an_empty_site_are_accessible(
    open_window: OpenWindow, find_faults: FindFaults, operator: User
) -> None:
    faults = find_faults(open_window(operator), tour.list_empty_pages())

    assert not faults, "\n".join(faults)


@pytest.mark.browser
@of_each_size
def test_pages_of_a_plan_are_accessible_before_and_after_its_approval(
    open_window: OpenWindow,
    find_faults: FindFaults,
    operator: User,
    make_job: MakeJob,
    settings: object,
) -> None:
    settings.IMPORT_APPROVAL = "required"
    second = User.objects.create_superuser(email="second@example.com", password="Second-2026")
    job = make_job((tour.SAMPLES / "mistakes.csv").read_bytes(), name="mistakes.csv")
    runs.start_check(job, actor=operator)
    drain(job)

    faults = find_faults(open_window(operator), tour.list_plan_pages(job, "waiting"))
    approver = open_window(second)
    faults += find_faults(approver, tour.list_plan_pages(job, "to-approve"))
    plan = approvals.find_plan(job)
    assert plan is not None
    approvals.decide_plan(job, plan.pk, is_approved=True, comment="Seen", actor=second)
    faults += find_faults(approver, tour.list_plan_pages(job, "approved"))

    assert not faults, "\n".join(faults)


@pytest.mark.browser
@of_each_size
def test_pages_for_everybody_are_accessible(
    open_window: OpenWindow, find_faults: FindFaults
) -> None:
    faults = find_faults(open_window(), tour.list_signed_out_pages())

    assert not faults, "\n".join(faults)
