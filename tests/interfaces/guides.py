"""Runs the examples of a guide as they are written: a terminal in which its blocks are entered."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from select import select
from typing import Any

from django.core.management import call_command

PROJECT = Path(__file__).parents[2]
PYTHON_CLIENT = PROJECT / "clients" / "python"
END = b"\0end\0"
# A request that is refused, or not answered, fails its block.
CURL = "silent\nshow-error\nfail-with-body\nmax-time = 30\n"
# Stands for `.venv/bin/python`: has the terminal's owner call commands of manage.py, so that none
# of them loads the site again.
PYTHON = """\
#!{python} -IS
import json, os, socket, sys
if sys.argv[1] != "manage.py":
    os.environ["PYTHONPATH"] = {project!r}
    os.execv({python!r}, [{python!r}, *sys.argv[1:]])
with socket.socket(socket.AF_UNIX) as owner:
    owner.connect({owner!r})
    owner.sendall(json.dumps(sys.argv[2:]).encode())
    owner.shutdown(socket.SHUT_WR)
    status, printed = json.load(owner.makefile())
print(printed, end="")
sys.exit(status)
"""
USERFERRY = """\
#!/bin/sh
PYTHONPATH={client} exec {python} -m userferry "$@"
"""


def read_blocks(page: str, *languages: str) -> list[str]:
    """Return the examples of a page of docs/ in these languages, in their order."""
    text = (PROJECT / "docs" / page).read_text("utf-8")
    return re.findall(rf"^```(?:{'|'.join(languages)})\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


class Terminal:
    """A shell in a folder of its own, in which variables and functions of a block stay."""

    def __init__(self, folder: Path, site: str, work: Callable[[], None]) -> None:
        """`work` is called again and again while a block runs, and does what workers would."""
        self.site, self.work, self.folder = site, work, folder
        owner = str(folder / "owner")
        names = {
            "python": sys.executable,
            "project": str(PROJECT),
            "owner": owner,
            "client": PYTHON_CLIENT,
        }
        _write_program(folder / ".venv" / "bin" / "python", PYTHON.format(**names))
        _write_program(folder / "bin" / "userferry", USERFERRY.format(**names))
        (folder / ".curlrc").write_text(CURL)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(owner)
        self.listener.listen()
        self.errors = folder / "errors"
        with self.errors.open("wb") as errors:
            self.process = subprocess.Popen(
                ["bash", "-euo", "pipefail"],  # noqa: S607
                cwd=folder,
                env={
                    **os.environ,
                    "CURL_HOME": str(folder),
                    "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
                },
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )

    def enter(self, block: str, **variables: object) -> str:
        """Run a block with these variables, and return what it prints; fails with its command."""
        block = re.sub(r"http://(localhost|127\.0\.0\.1):8000", self.site, block)
        given = "".join(f"{name}={shlex.quote(str(value))}\n" for name, value in variables.items())
        entered = f"{given}eval {shlex.quote(block)} </dev/null\nprintf '\\0end\\0'\n"
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(entered.encode())
        self.process.stdin.flush()
        printed = b""
        while not printed.endswith(END):
            ready = select([self.process.stdout, self.listener], [], [], 0.02)[0]
            if self.listener in ready:
                self._call_command()
            if self.process.stdout in ready:
                part = os.read(self.process.stdout.fileno(), 65536)
                assert part, f"{printed.decode()}\n{self.errors.read_text('utf-8')}"
                printed += part
            self.work()
        return printed.removesuffix(END).decode()

    def _call_command(self) -> None:
        asking, _ = self.listener.accept()
        with asking, asking.makefile("rw") as stream:
            arguments = json.loads(stream.read())
            out, status = io.StringIO(), 0
            before = Path.cwd()
            os.chdir(self.folder)
            try:
                call_command(*arguments, stdout=out, stderr=out)
            except Exception:
                status = 1
                out.write(traceback.format_exc())
            finally:
                os.chdir(before)
            json.dump([status, out.getvalue()], stream)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.listener.close()


def read_lines(printed: str) -> list[Any]:
    """Return the JSON that a block printed, a line each; what is none is left out."""
    return [json.loads(line) for line in printed.splitlines() if line.startswith(("{", "["))]


def _write_program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
