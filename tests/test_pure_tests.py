"""Tests of pure code alone start no server."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
OURS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "USERFERRY_", "DJANGO_", "PYTEST_")


@pytest.mark.parametrize(
    "chosen",
    [
        ["tests/accounts/hashing/test_hashers.py", "tests/imports/core/providers/test_okta.py"],
        ["tests/imports/core/providers/test_okta.py::test_hash_is_given_whole_with_salt_and_cost"],
    ],
    ids=["files", "one test"],
)
def test_pure_tests_alone_start_no_server(tmp_path: Path, chosen: list[str]) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    data_dir = tmp_path / "data"

    run = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *chosen],
        cwd=PROJECT,
        env={**environment, "USERFERRY_DATA_DIR": str(data_dir)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    assert not data_dir.exists()
