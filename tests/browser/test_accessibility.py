"""Every page, light and dark, on a telephone and a wide screen: nothing serious for axe-core."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files import File
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import AttributeDefinition, Group, Role, User
from imports.legacy_signin.clients import KINDS
from imports.models import ImportJob, LegacyDirectory, MendedFile, Webhook
from imports.selectors import list_causes
from imports.services import downloads, mending, runs, undoing, uploads
from imports.services.burn_down import count_sources
from imports.services.directories import save_directory
from imports.services.webhooks import give_secret
from tests.imports.conftest import MakeJob, drain

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
OPTIONS = {"runOnly": TAGS, "resultTypes": ["violations"]}
BAD = {"serious", "critical"}
# The question marks that Django's own widget for many choices puts beside its labels.
STOCK = {"exclude": [[".help-tooltip"]]}
SIZES = [(360, "light"), (1280, "dark"), (1920, "light")]
NOT_FOUND = "/no-such-page/"
SIGNED_OUT = [
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_request_login_code",
    "account_signup",
]


@pytest.fixture
def jobs(
    transactional_db: None, operator: User, make_job: MakeJob, run_job: MakeJob
) -> dict[str, ImportJob]:
    """One job at every step."""
    mistakes = (SAMPLES / "mistakes.csv").read_bytes()
    with (SAMPLES / "aspnet_identity_users.csv").open("rb") as file:
        draft = uploads.create_job(File(file, name="users.csv"), actor=operator)
    checked = make_job(mistakes, name="mistakes.csv")
    runs.start_check(checked, actor=checked.created_by)
    drain(checked)
    undone = run_job([{"subject_id": f"gone {number}"} for number in range(3)])
    User.objects.filter(subject_id="gone 1").update(is_staff=True)
    begun = undoing.start_undo(undone, undoing.UndoOptions(), actor=undone.created_by)
    undoing.work_on_undo(begun.pk)
    found = {"draft": draft, "checked": checked, "undone": undone}
    return found | {"finished": run_job(mistakes, name="mistakes.csv")}


def mend_one(job: ImportJob) -> MendedFile:
    """Return a mended file with a row that changes a record and one that is refused."""
    head = f"{downloads.JOB},{downloads.ROW},phone"
    lines = [head, f"{downloads.name_job(job)},9,", f"{downloads.name_job(job)},1,"]
    file = ContentFile("\n".join(lines).encode(), name="mended.csv")
    return mending.take_mended(job, file, actor=job.created_by)


@pytest.fixture
def addresses(jobs: dict[str, ImportJob], operator: User) -> list[str]:
    """Every page that staff can open, with something on it."""
    count_sources()
    finished, user = jobs["finished"], User.objects.filter(source="generic").first()
    assert user is not None
    directory = LegacyDirectory(
        name="Old", source="old", kind="http", url="https://old.example.com/"
    )
    save_directory(directory, KINDS["http"].mapping, actor=operator)
    hook = Webhook(name="Tickets", url="https://example.com/")
    give_secret(hook)
    hook.save()
    rest = [
        Group.objects.create(key="/staff"),
        Role.objects.create(key="editor"),
        AttributeDefinition.objects.create(name="badge"),
        hook,
        user,
    ]
    causes = [each for each in list_causes(finished) if each.first_row in {3, 13}]
    mended = mend_one(finished)
    of_job = partial(reverse, args=[finished.pk])
    source = f"?source={finished.source}"
    return [
        reverse("admin:index"),
        reverse("imports:job_list"),
        reverse("imports:upload"),
        reverse("imports:mapping", args=[jobs["draft"].pk]),
        reverse("imports:test_password", args=[jobs["draft"].pk]),
        reverse("imports:test_code", args=[finished.pk]),
        reverse("imports:rules", args=[jobs["draft"].pk]),
        reverse("imports:check", args=[jobs["draft"].pk]),
        reverse("imports:check", args=[jobs["checked"].pk]),
        of_job("imports:run"),
        of_job("imports:results"),
        of_job("imports:timeline"),
        reverse("imports:edit", args=[finished.pk, 8]),
        of_job("imports:undo"),
        of_job("imports:report"),
        reverse("imports:undo", args=[jobs["undone"].pk]),
        reverse("imports:record", args=[finished.pk, 1]),
        reverse("imports:record", args=[finished.pk, 5]),
        of_job("imports:mend"),
        of_job("imports:timeline"),
        reverse("imports:mended", args=[finished.pk, mended.pk]),
        reverse("imports:edit", args=[finished.pk, 9]),
        reverse("imports:edit", args=[finished.pk, 11]),
        *(reverse("imports:cause", args=[finished.pk, each.digest]) for each in causes),
        reverse("imports:sources"),
        reverse("imports:source") + source,
        reverse("imports:stragglers") + source,
        reverse("invitations:list"),
        reverse("invitations:new"),
        reverse("directories:list"),
        reverse("directories:directory", args=[directory.pk]),
        reverse("directories:try", args=[directory.pk]),
        reverse("imports:import_template"),
        reverse("admin:imports_legacydirectory_add"),
        reverse("admin:imports_mappingtemplate_changelist"),
        reverse("admin:imports_notice_changelist"),
        reverse("admin:accounts_user_export"),
        reverse("admin:accounts_group_import"),
        reverse("admin:accounts_group_delete", args=[rest[0].pk]),
        reverse("admin:accounts_user_sign_in", args=[user.pk]),
        *(
            reverse(f"admin:{each._meta.app_label}_{each._meta.model_name}_changelist")
            for each in rest
        ),
        *(
            reverse(f"admin:{each._meta.app_label}_{each._meta.model_name}_change", args=[each.pk])
            for each in rest
        ),
        reverse("home"),
        reverse("account_email"),
        reverse("account_change_password"),
        reverse("mfa_index"),
    ]


@pytest.fixture
def open_site(
    browser: Browser, transactional_db: None, live_server: object, operator: User
) -> Iterator[Callable[..., Page]]:
    """Give a function that opens a browser window in which the operator is signed in or not."""
    contexts: list[BrowserContext] = []

    def open_window(width: int, scheme: str, *, is_signed_in: bool) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
        )
        if is_signed_in:
            client = Client()
            client.force_login(operator)
            session = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        contexts.append(context)
        return context.new_page()

    yield open_window
    for context in contexts:
        context.close()


def find_faults(page: Page, address: str) -> list[str]:
    """Return what is wrong with a page, everything in it opened, a line each."""
    response = page.goto(address)
    is_shown = response is not None and (response.ok or address == NOT_FOUND)
    faults = [] if is_shown else [f"{address}: it does not open"]
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        faults.append(f"{address}: it is wider than its window")
    violations = Axe().run(page, STOCK, OPTIONS).response["violations"]
    for violation in (each for each in violations if each["impact"] in BAD):
        places = ", ".join(str(node["target"][0]) for node in violation["nodes"][:3])
        faults.append(f"{address}: {violation['id']} ({violation['impact']}) at {places}")
    return faults


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), SIZES)
def test_pages_for_staff_are_accessible(
    open_site: Callable[..., Page], addresses: list[str], width: int, scheme: str
) -> None:
    page = open_site(width, scheme, is_signed_in=True)
    faults = [fault for address in addresses for fault in find_faults(page, address)]

    assert not faults, "\n".join(faults)


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), SIZES)
def test_pages_for_everybody_are_accessible(
    open_site: Callable[..., Page], width: int, scheme: str
) -> None:
    page = open_site(width, scheme, is_signed_in=False)
    addresses = [*map(reverse, SIGNED_OUT), NOT_FOUND]
    faults = [fault for address in addresses for fault in find_faults(page, address)]

    assert not faults, "\n".join(faults)
