"""Where a local run keeps its data, and who may reach it."""

import hashlib
import os
import pwd
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from importer_site.embedded.errors import EmbeddedServiceError
from importer_site.embedded.system_account import SystemAccount

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent
FALLBACK_PARENT = Path("/var/tmp")  # noqa: S108 - the directory made in it is checked to be ours


@dataclass(frozen=True, slots=True)
class DataDirectory:
    """The one folder that holds everything a local run writes."""

    path: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "DataDirectory":
        return cls(
            Path(environment.get("USERFERRY_DATA_DIR") or PROJECT_DIR / ".userferry").absolute()
        )

    @property
    def run(self) -> Path:
        return self.path / "run"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def keys(self) -> Path:
        return self.path / "secrets.json"

    def create(self) -> None:
        """Make the folder, private to its owner; under root, servers' accounts may walk through."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        make_directory(self.path, mode=0o711 if os.geteuid() == 0 else 0o700)
        for folder in (self.run, self.logs):
            make_directory(folder, mode=0o700)

    def get_service_home(self, service: str, account: SystemAccount | None) -> Path:
        """Return the folder of one server, elsewhere when its account can't reach the directory."""
        if account is None or account.can_enter(self.path):
            parent = self.path
        else:
            digest = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
            parent = FALLBACK_PARENT / f"userferry-{digest}"
            make_directory(parent, mode=0o711)
        home = parent / service
        make_directory(home, mode=0o711 if account else 0o700)
        return home


def make_directory(path: Path, *, mode: int) -> None:
    """Make a directory that is ours, or accept one that already is."""
    path.mkdir(mode=mode, exist_ok=True)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise EmbeddedServiceError(
            f"{path} is not a directory. Remove it, or set USERFERRY_DATA_DIR."
        )
    if status.st_uid != os.geteuid():
        raise EmbeddedServiceError(
            f"{path} belongs to {get_user_name(status.st_uid)}, and this is"
            f" {get_user_name(os.geteuid())}. Run as its owner, or set USERFERRY_DATA_DIR to"
            " another folder."
        )
    if stat.S_IMODE(status.st_mode) != mode:
        path.chmod(mode)


def write_private_file(path: Path, text: str) -> None:
    """Put a whole file in place at once, readable by its owner only."""
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    partial.replace(path)


def get_user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
