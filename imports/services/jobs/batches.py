"""Work batch by batch, each in a transaction of its own, and end with the reason at a fault."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)


def work_in_batches(
    work: Callable[[], bool], *, go_on: Callable[[], None], stop: Callable[[str], None], kept: str
) -> None:
    """Call `work` as long as it says that there may be more, to the end or for a turn.

    After a turn, `go_on` sends for another. Database trouble is raised, for the message to be tried
    again; of any other fault, `stop` is told in sentences, among them `kept`: what stays, and how
    to go on.
    """
    turn_ends = time.monotonic() + settings.IMPORT_TASK_SECONDS / 2
    try:
        while work():
            if time.monotonic() > turn_ends:
                go_on()
                return
    except (OperationalError, InterfaceError):
        raise
    except SoftTimeLimitExceeded:
        connection.close()  # it may have come in the middle of an answer
        stop(
            f"A batch took longer than IMPORT_TASK_SECONDS allows ({settings.IMPORT_TASK_SECONDS:,}"
            f" s). Look at what the database is busy with, or raise the limit. {kept}"
        )
    except Exception as error:
        # The log says where it happened, not what the data were.
        logger.error(
            "%s in a batch\n%s",
            type(error).__name__,
            "".join(traceback.format_tb(error.__traceback__)),
        )
        stop(
            f"An error in Userferry ({type(error).__name__}). The log of the workers says where it"
            f" happened. {kept}"
        )
