"""Creates the virtual environment, also with a Python that Debian shipped without ensurepip.

Runs with any Python 3.11+, before anything is installed: `python3 create_venv.py .venv`.
"""

import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile
import urllib.request
import venv
from pathlib import Path

PIP_URL = (
    "https://files.pythonhosted.org/packages/07/25/"
    "ee8c38ae72d66b844ce8eb9711ba905dba21ca1a8a0c960057c41cd23337/pip-26.3-py3-none-any.whl"
)
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"


def main() -> None:
    folder = Path(sys.argv[1])
    has_ensurepip = importlib.util.find_spec("ensurepip") is not None
    venv.create(folder, clear=True, symlinks=True, with_pip=has_ensurepip)
    if not has_ensurepip:
        install_pip(folder / "bin" / "python")


def install_pip(python: Path) -> None:
    """Install one known pip: a wheel can be run from where it lies, to install itself."""
    with urllib.request.urlopen(PIP_URL, timeout=60) as response:
        content = response.read()
    if hashlib.sha256(content).hexdigest() != PIP_SHA256:
        sys.exit(f"error: {PIP_URL} is not what it was when its checksum was written down.")
    with tempfile.TemporaryDirectory() as folder:
        wheel = Path(folder, PIP_URL.rsplit("/", 1)[1])
        wheel.write_bytes(content)
        subprocess.run(  # noqa: S603
            [python, "-m", "pip", "install", "--quiet", "--no-index", wheel],
            env={**os.environ, "PYTHONPATH": str(wheel)},
            check=True,
        )


if __name__ == "__main__":
    main()
