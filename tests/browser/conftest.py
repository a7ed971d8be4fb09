"""A site with workers, a patient page, and the jobs of the other import tests for pages to show."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.signing_in import ADMINISTRATOR, PASSWORD, PATIENCE
from tests.imports.conftest import make_job, operator, run_job
from tests.imports.notifications.conftest import receiver
from tests.workers import running_worker

__all__ = ["make_job", "operator", "receiver", "run_job"]


@pytest.fixture
def page(page: Page) -> Page:
    """A page of a fresh browser profile that waits for a busy machine."""
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    return page


@pytest.fixture
def idle_site(transactional_db: None, live_server: object) -> str:
    """The address of a site with an administrator, where nobody works on what is begun."""
    User.objects.create_superuser(email=ADMINISTRATOR, password=PASSWORD)
    return live_server.url


@pytest.fixture
def site(idle_site: str) -> Iterator[str]:
    """The address of a site with an administrator and a pool of real workers.

    What the workers are to be told by their environment has to be set before.
    """
    with running_worker():
        yield idle_site
