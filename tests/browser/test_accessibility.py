"""Every page, light on a phone or dark on a screen: nothing serious for axe-core.

In the ordinary run phone and screen take turns: axe-core looks at each page on one of the two, and
each is opened on the phone, to see whether it fits. With `--long` every page is looked at at each
width in either light. With `--screenshots FOLDER` pictures are kept, to be looked at.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template.loader import render_to_string
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Route

from accounts.models import User
from imports.services.approval import approvals
from imports.services.runs import runs
from tests.browser import answers, tour
from tests.browser.signing_in import PASSWORD, PATIENCE
from tests.imports.conftest import SKIPPED, MakeJob, drain

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
OPTIONS = {"runOnly": TAGS, "resultTypes": ["violations"]}
BAD = {"serious", "critical"}
# The question marks that Django's own widget for many choices puts beside its labels.
STOCK = {"exclude": [[".help-tooltip"]]}
PHONE, SCREEN = 360, 1280
SIZES = [
    (PHONE, "light"),
    (SCREEN, "dark"),
    pytest.param(360, "dark", marks=pytest.mark.long),
    pytest.param(1280, "light", marks=pytest.mark.long),
    pytest.param(1920, "light", marks=pytest.mark.long),
    pytest.param(1920, "dark", marks=pytest.mark.long),
]
of_each_size = pytest.mark.parametrize(("width", "scheme"), SIZES)

# Whether it is the turn of this size to look at the page of a number.
IsTurn = Callable[[int], bool]
OpenWindow = Callable[..., Page]
LookAt = Callable[[Page, str, int], list[str]]
FindFaults = Callable[..., list[str]]
FindFaultsOfAnswers = Callable[[Page, answers.Answers], list[str]]


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
def is_turn(pytestconfig: pytest.Config, width: int) -> IsTurn:
    takes_all = pytestconfig.getoption("--long") or pytestconfig.getoption("--screenshots")
    return lambda number: bool(takes_all) or number % 2 == (width == PHONE)


@pytest.fixture
def look_at(pytestconfig: pytest.Config, is_turn: IsTurn, width: int, scheme: str) -> LookAt:
    """Give a function that returns what is wrong with the page in a window, all in it opened.

    The name says what it is in the faults, and in that of a picture; the number, whose turn it is.
    """
    folder = pytestconfig.getoption("--screenshots")

    def look(page: Page, name: str, number: int) -> list[str]:
        found = [*_find_overflow(page), *(_find_violations(page) if is_turn(number) else ())]
        faults = [f"{name} ({page.url}): {fault}" for fault in found]
        if folder:
            path = Path(folder) / f"{name}-{width}-{scheme}.png"
            page.screenshot(path=path, full_page=True)
        return faults

    return look


@pytest.fixture
def find_faults(look_at: LookAt, is_turn: IsTurn, width: int) -> FindFaults:
    """Give a function that returns what is wrong with pages, a line each."""

    def find(page: Page, addresses: tour.Addresses, status: int = 200) -> list[str]:
        faults = []
        for number, (name, address) in enumerate(addresses.items()):
            if not is_turn(number) and width != PHONE:
                continue
            response = page.goto(address)
            if response is None or response.status != status:
                faults.append(f"{name} ({address}): it does not open")
            faults += look_at(page, name, number)
        return faults

    return find


@pytest.fixture
def find_faults_of_answers(look_at: LookAt) -> FindFaultsOfAnswers:
    """Give a function that returns what is wrong with the answers to forms, a line each."""

    def find(page: Page, found: answers.Answers) -> list[str]:
        faults = []
        for number, (name, answer) in enumerate(found.items()):
            answers.send(page, answer)
            if answer.says not in page.inner_text("body"):
                faults.append(f"{name} ({page.url}): it does not say “{answer.says}”")
            faults += look_at(page, name, number)
        return faults

    return find


def _find_overflow(page: Page) -> Iterator[str]:
    page.evaluate(answers.OPEN_ALL)
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        yield "it is wider than its window"


def _find_violations(page: Page) -> Iterator[str]:
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
    answers = {**SKIPPED, "same_person:profile.email": "apart"}
    content = (tour.SAMPLES / "mistakes.csv").read_bytes()
    job = make_job(content, name="mistakes.csv", answers=answers)
    runs.start_dry_run(job, actor=operator)
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
def test_answers_for_staff_are_accessible(
    open_window: OpenWindow,
    find_faults_of_answers: FindFaultsOfAnswers,
    make_job: MakeJob,
    run_job: MakeJob,
) -> None:
    person = User.objects.create_superuser(email="answered@example.com", password=PASSWORD)
    found = answers.list_staff_answers(person, make_job, run_job)
    faults = find_faults_of_answers(open_window(person), found)

    assert not faults, "\n".join(faults)


@pytest.mark.browser
@of_each_size
def test_pages_for_everybody_are_accessible(
    open_window: OpenWindow, find_faults: FindFaults, find_faults_of_answers: FindFaultsOfAnswers
) -> None:
    addresses = tour.list_signed_out_pages() | answers.list_links_of_mails()
    faults = find_faults(open_window(), addresses)
    for ways in answers.list_sign_in_answers():
        faults += find_faults_of_answers(open_window(), ways)

    assert not faults, "\n".join(faults)


@pytest.mark.browser
@of_each_size
def test_pages_of_errors_are_accessible(open_window: OpenWindow, find_faults: FindFaults) -> None:
    newcomer = User.objects.create_user(email="new@example.com", is_staff=True)
    window = open_window(newcomer)
    window.route("**/errors/*", _answer_with_error)
    faults = find_faults(window, tour.list_error_pages())
    faults += find_faults(window, tour.list_forbidden_pages(), status=403)

    assert not faults, "\n".join(faults)


def _answer_with_error(route: Route) -> None:
    name = route.request.url.rpartition("/")[2]
    route.fulfill(body=render_to_string(f"{name}.html"), content_type="text/html")
