"""Hold everything that people read to the words of the glossary: no retired phrase comes back."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("accounts", "imports", "exports", "interfaces", "importer_site")
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "docs", "samples")

# Regular expressions, for which case does not count, and the word to use instead.
RETIRED = {
    r"\bthe ones? that knows?\b": "name what is meant",
    r"what this is\b": "detected format",
    r"where (each|its|every|the) columns? goe?s?\b": "column mapping",
    r"the same for every record": "constant",
    r"truth words?": "boolean values",
    r"rehears": "dry run",
    r"\bthe check (finish|found|had|has|is|reads)": "dry run",
    r"\bcheck it again\b|decide and check again": "repeat the dry run",
    r"what needs a decision": "action required",
    r"then look\b": "pilot",
    r"\bbecame of|\bbecome of|came to other|had come to": "status",
    r"\b(a)?mend(s|ed|ing|ment|ments)?\b": "correct, correction",
    r"\banew\b": "again",
    r"(le(f|av)t?(es?|ing)?) (it |them |this )?behind": "drop",
    r"(?<!\()not carried": "not imported",
    r"records (will )?meet": "conflicts",
    r"\bt(ake|akes|ook|aken) (it |them |this )?back\b": "undo, or remove a correction",
    r"do(es)? not hold any more": "changed since approval",
    r"(?<![-`])\bhalt(s|ed|ing)?\b": "paused automatically",
    r"(?<!-)throttle": "rate limit",
    r"questions a minute": "rate limit",
    r"foreign hash": "legacy hash",
    r"hash of today": "upgraded hash",
    r"\bcensus\b": "password summary",
    r"\bseamless": "just-in-time migration",
    r"standing job": "just-in-time migration",
    r"refused for good": "bounced",
    r"(?<!uf-)burn-down": "migration progress",
    r"(came|have come) back\b": "signed in",
    r"stragglers": "not yet signed in",
    r"(takes|took|lacks?) the permission": "You need the … permission",
    r"\btelephones?\b": "phone",
    r"\bplease\b": "say what to do",
    r"(?<!there )\bis no (number|address|date|hash|key|record|rule|row)\b": "is not a …",
    r"test a password": "test sign-in",
    r"who to look after": "needs follow-up",
    r"bring your users here": "No imports yet",
    r"(?<!-)\bproofs?\b": "evidence, test sign-in, or verified",
    r"\bwaves?\b": "invitation campaign",
    r"\bpaced?s?\b": "rate limit",
    r"(?<!at the )\bmoments?\b": "date and time",
    r"(?<![`\"'])\bnotices?\b(?![`\"'])": "notification, or finding of a dry run",
    r"\boutcomes?\b": "status, or result",
    r"\bdrift(s|ed)?\b": "changed since approval",
    r"\bcame to\b": "result",
    r"\b(leave|leaves|leaving|left) out\b": "exclude, or drop",
    r"\bdecided about\b|\bgo(es)? by that\b": "decided",
    r"\bno answer (with)?in\b": "No response within",
    r"\bsay why the\b": "Enter a reason",
    r"\bhand(s|ed)? out\b": "return",
    r"\b(date|time) to come\b": "in the future",
    r"\bhas not the (length|\w+ bytes)\b": "does not match",
    r"\bask the api\b": "Call …",
    r"what was imported stays": "Imported records are kept",
}

# Right uses, by file and the beginning of the sentence.
RIGHT = {
    ("imports/core/mapping/names.py", ""),  # headers of columns, as the source systems name them
}


@cache
def read_texts() -> tuple[tuple[str, str], ...]:
    """Return everything that people read, as pairs of a file and a piece of its text."""
    return (*_read_templates(), *_read_documents(), *_read_strings())


def _read_templates() -> Iterator[tuple[str, str]]:
    hidden = re.compile(
        r"{#.*?#}|{% comment %}.*?{% endcomment %}|{% (?:url|include|load|if|elif|extends)\b.*?%}"
        r"|{% (?:for|with|elif|endif)\b.*?%}|{{.*?}}|^\s*//.*?$",
        re.DOTALL | re.MULTILINE,
    )
    for path in sorted((ROOT / "templates").rglob("*.*")):
        text = hidden.sub(" ", path.read_text())
        for line in text.splitlines():
            yield path.relative_to(ROOT).as_posix(), line.strip()


def _read_documents() -> Iterator[tuple[str, str]]:
    for name in DOCUMENTS:
        place = ROOT / name
        for path in sorted(place.rglob("*.md")) if place.is_dir() else [place]:
            if "decisions" not in path.parts:
                for paragraph in path.read_text().split("\n\n"):
                    yield path.relative_to(ROOT).as_posix(), " ".join(paragraph.split())


def _read_strings() -> Iterator[tuple[str, str]]:
    """Find the strings of the code that have a space: messages, labels, helps and choices."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            tree = ast.parse(path.read_text())
            own = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
            for node in ast.walk(tree):
                is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
                if is_text and " " in node.value and id(node) not in own:
                    yield path.relative_to(ROOT).as_posix(), node.value


# Words that stand in no comment and docstring either, and the word to use instead.
RETIRED_IN_CODE = {
    r"\banew\b": "again",
    r"\bdecisions?\b[^.]{0,40}\b(is|are|was|were|has|have|had|nobody has) taken\b": "made",
    r"\btakes? (the|a) decisions?\b|\btook decisions?\b": "make, made",
    r"\bat most [^ ]+ are taken\b": "accepted",
    r"\b(became|becomes?|becoming) of\b": "status, result, or what is done",
    r"\b(came|comes?|coming) to\b": "result, or preview",
    r"\bwhat (came|comes) of\b": "result",
    r"\bthat there (is|are) not\b": "unknown",
    r"\bthe ones? (that|which|who)\b": "name what is meant",
}


@pytest.mark.parametrize("phrase", RETIRED_IN_CODE)
def test_retired_word_is_in_no_comment_or_docstring(phrase: str) -> None:
    pattern = re.compile(phrase, re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}: {hit[0]}"
        for package in (*PACKAGES, "benchmarks", "templates", "docs", "samples", "tests")
        for path in sorted((ROOT / package).rglob("*.*"))
        if path.suffix in {".py", ".html", ".md"} and "decisions" not in path.parts[-2:]
        if path != Path(__file__)
        for hit in pattern.finditer(" ".join(path.read_text().split()))
    ]
    assert not found, f"use “{RETIRED_IN_CODE[phrase]}”:\n" + "\n".join(found)


@pytest.mark.parametrize("phrase", RETIRED)
def test_retired_phrase_is_written_nowhere(phrase: str) -> None:
    pattern = re.compile(phrase, re.IGNORECASE)
    found = [
        f"{file}: {text[max(0, hit.start() - 60) : hit.end() + 60]}"
        for file, text in read_texts()
        for hit in pattern.finditer(text)
        if not any(file == each and text.startswith(start) for each, start in RIGHT)
    ]
    assert not found, f"use “{RETIRED[phrase]}”:\n" + "\n".join(found)
