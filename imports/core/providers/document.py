"""Write docs/providers.md out of the providers: `python -m imports.core.providers.document`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from imports.core.providers import PROVIDERS
from imports.core.providers.contract import Preset, Provider, Question
from imports.core.records.targets import get_label, list_targets

PAGE = Path(__file__).parents[3] / "docs" / "providers.md"
# Longer lists of choices, such as all countries, are for the mapping page alone.
LISTED_CHOICES = 20

INTRODUCTION = """\
# Source systems

`python -m imports.core.providers.document` writes this page from the modules in
`imports/core/providers/systems/`; a test fails when it is out of date.

Upload the file that the source system exports. Userferry detects its syntax, its encoding and the
source system from its content, and the mapping page shows the evidence. This page lists what the
mapping page proposes. You can change every proposal there, and choose another source system.

Columns in parentheses are derived from others, as the table says. Columns that are in no table
below are offered for custom attributes.

"""


def render_page() -> str:
    """Return docs/providers.md as it has to be."""
    links = (f"- [{each.label}](#{make_anchor(each.label)})\n" for each in PROVIDERS.values())
    return INTRODUCTION + "".join(links) + "".join(map(render_provider, PROVIDERS.values()))


def make_anchor(heading: str) -> str:
    """Return the anchor that Markdown pages give to a heading."""
    kept = (char for char in heading.lower() if char.isalnum() or char in " -_")
    return "".join(kept).replace(" ", "-")


def render_provider(provider: Provider) -> str:
    parts = [
        f"\n## {provider.label}\n",
        f"**How to export.** {provider.how_to_export}\n",
        *render_questions(provider.questions),
        "### Imported\n",
        render_presets(provider),
        *render_losses(provider),
    ]
    return "\n".join(parts)


def render_questions(questions: Iterable[Question]) -> Iterator[str]:
    lines = [render_question(each) for each in questions]
    if lines:
        yield (
            "**Questions.** The file does not say this; the mapping page asks for it where records "
            "need it.\n"
        )
        yield "\n".join(lines) + "\n"


def render_question(question: Question) -> str:
    notes = [
        "required by the records that need it"
        if question.is_required and not question.default
        else "",
        "stored encrypted, never in a mapping template" if question.is_secret else "",
        f"by default `{question.default}`" if question.default else "",
        f"one of {', '.join(question.choices)}"
        if 0 < len(question.choices) <= LISTED_CHOICES
        else "",
    ]
    shown = "; ".join(note for note in notes if note)
    return f"- *{question.label}*{f' ({shown})' if shown else ''}. {question.help_text}"


def render_presets(provider: Provider) -> str:
    """Return the table of columns in the order of the fields they go to."""
    if not provider.presets:
        return f"{provider.carries}\n"
    order = list(list_targets())
    presets = sorted(provider.presets.items(), key=lambda item: rank(item[1], order))
    header = "| Source column | Target field | Remarks |\n|---|---|---|\n"
    return header + "".join(render_preset(column, preset) for column, preset in presets)


def rank(preset: Preset, order: list[str]) -> int:
    return order.index(preset.target) if preset.target in order else len(order)


def render_preset(column: str, preset: Preset) -> str:
    cells = (f"`{column}`", get_label(preset.target), preset.reason)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def render_losses(provider: Provider) -> Iterator[str]:
    if provider.lacks or provider.not_carried:
        yield "### Not imported\n"
    if provider.lacks:
        yield "".join(f"- {sentence}\n" for sentence in provider.lacks)
    if provider.not_carried:
        reasons: dict[str, list[str]] = {}
        for column, reason in provider.not_carried.items():
            reasons.setdefault(reason, []).append(f"`{column}`")
        yield "Columns that are not imported, without regard to case and punctuation:\n"
        yield "".join(f"- {', '.join(columns)}: {reason}\n" for reason, columns in reasons.items())


if __name__ == "__main__":
    PAGE.write_text(render_page(), encoding="utf-8")
