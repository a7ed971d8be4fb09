"""Write docs/problems.md from the catalogue: `python -m imports.core.problems.document`."""

from __future__ import annotations

from pathlib import Path

from imports.core.problems.catalogue import CODES
from imports.core.problems.kinds import ProblemKind, ProblemStage

PAGE = Path(__file__).parents[3] / "docs" / "problems.md"
INTRODUCTION = """\
# Problem codes

`python -m imports.core.problems.document` writes this page from the modules in
`imports/core/problems/`; a test fails when it is out of date.

Pages, the API, the command line and the report name problems by these codes, which stay the same
from version to version. An **error** fails its record or file, a **warning** changes what is
imported, and **information** explains it. Names in braces stand for the details of a problem. The
advice differs after the import run has begun, because mapping and policies are locked from then on.
"""
STAGES = {
    ProblemStage.READ: "Reading the file",
    ProblemStage.MAP: "Mapping",
    ProblemStage.VALIDATE: "Validation",
    ProblemStage.MATCH: "Matching with existing users",
    ProblemStage.WRITE: "Writing",
}


def render_page() -> str:
    """Return docs/problems.md as it has to be."""
    return INTRODUCTION + "".join(map(render_stage, ProblemStage))


def render_stage(stage: ProblemStage) -> str:
    kinds = [kind for kind in CODES.values() if kind.stage is stage]
    return f"\n## {STAGES[stage]}\n" + "".join(map(render_kind, kinds))


def render_kind(kind: ProblemKind) -> str:
    lines = [f"\n### `{kind.code}`\n", f"{kind.severity.label}: **{kind.title}.** {kind.message}\n"]
    if kind.afterwards:
        lines += [
            f"- Before the import run: {kind.advice}",
            f"- After it has begun: {kind.afterwards}",
        ]
    elif kind.advice:
        lines.append(f"- What to do: {kind.advice}")
    return "\n".join(lines).rstrip("\n") + "\n"


if __name__ == "__main__":
    PAGE.write_text(render_page(), encoding="utf-8")
