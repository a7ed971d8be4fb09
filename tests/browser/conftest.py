"""A site with workers, and the jobs of the other import tests for pages to show."""

from collections.abc import Iterator

import pytest

from accounts.models import User
from tests.browser.signing_in import ADMINISTRATOR, PASSWORD
from tests.imports.conftest import make_job, operator, run_job
from tests.workers import running_worker

__all__ = ["make_job", "operator", "run_job"]


@pytest.fixture
def site(transactional_db: None, live_server: object) -> Iterator[str]:
    """The address of a site with an administrator and a pool of real workers."""
    User.objects.create_superuser(email=ADMINISTRATOR, password=PASSWORD)
    with running_worker():
        yield live_server.url
