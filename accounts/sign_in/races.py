"""Tell whoever loses a race for a value what everybody reads whose value is in use.

A form looks whether a value is free before it writes it. Where somebody else has written it between
the two, the database refuses it: then the form looks again, and finds whose it is by now. Two who
take each other's names at once, in opposite order, wait for each other until the database ends one
of them, who then looks again as well.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse

# The value was taken, or the database ended a deadlock. A lost connection raises once more.
LOST_RACES = (IntegrityError, OperationalError)


class LooksAgain:
    """An admin whose pages for one object are gone through once more after such a race."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)  # type: ignore[misc]
        except LOST_RACES:
            return super().changeform_view(request, *args, **kwargs)  # type: ignore[misc]


class LooksAgainAtForm:
    """A view of one form, likewise."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            with transaction.atomic():
                return super().form_valid(form)  # type: ignore[misc]
        except LOST_RACES:
            # Not `get_form`: allauth answers it with the form that was looked at before.
            again = self.get_form_class()(**self.get_form_kwargs())  # type: ignore[attr-defined]
            if not again.is_valid():
                return self.form_invalid(again)  # type: ignore[attr-defined]
            return super().form_valid(again)  # type: ignore[misc]
