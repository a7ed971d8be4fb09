"""Which system account the servers run under when root starts them: PostgreSQL refuses root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from importer_site.embedded.errors import EmbeddedServiceError

CANDIDATES = ("postgres", "_postgres", "nobody")


@dataclass(frozen=True, slots=True)
class SystemAccount:
    """An unprivileged account that root may start programs as."""

    uid: int
    gid: int

    def popen_options(self) -> dict[str, Any]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, directory: Path) -> bool:
        return self._passes_test("-x", directory)

    def can_run(self, program: Path) -> bool:
        return self._passes_test("-x", program)

    def _passes_test(self, condition: str, path: Path) -> bool:
        """Ask the kernel as the account itself: modes alone miss parents, ACLs and mounts."""
        command = ["test", condition, str(path)]
        return subprocess.run(command, check=False, cwd="/", **self.popen_options()).returncode == 0  # noqa: S603


def choose_account() -> SystemAccount | None:
    """Return the account for the servers, or None where they run as whoever starts them."""
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return SystemAccount(uid=entry.pw_uid, gid=entry.pw_gid)
    raise EmbeddedServiceError(
        f"PostgreSQL does not run as root, and none of the accounts {', '.join(CANDIDATES)} exists."
        " Run as an ordinary user, or set DATABASE_URL and REDIS_URL."
    )
