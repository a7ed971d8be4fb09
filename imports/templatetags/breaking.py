"""Where long names may break at the end of a line: after a sign, not in the middle of a word."""

from __future__ import annotations

import re

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# What is shorter fits a line of any width.
LONG_WORD = re.compile(r"\S{17,}")
# Behind a hyphen, browsers break by themselves.
SIGN = re.compile(r"([@._/])(?=\w)")


@register.filter
def breakable(text: object) -> SafeString:
    """Return text, escaped, in which file names and addresses may break behind their signs.

    The <wbr> that is put there is no character: it is neither copied nor searched for.
    """
    escaped = conditional_escape(str(text))
    marked = LONG_WORD.sub(lambda word: SIGN.sub(r"\1<wbr>", word[0]), escaped)
    return mark_safe(marked)  # noqa: S308 - escaped above
