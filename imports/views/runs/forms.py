"""Form of a run's limits: how fast it writes, and when it pauses automatically."""

from __future__ import annotations

from typing import Any

from django import forms


class LimitsForm(forms.Form):
    """How fast a job writes, and when it pauses automatically. Can be changed while it runs."""

    rate_limit = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=1_000_000,
        label="Records a second, at most",
        help_text="All workers together; empty for as fast as possible.",
    )
    failure_threshold = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=99,
        label="Pause when more than this percentage fails",
        help_text="Empty for never.",
    )
    failure_sample = forms.IntegerField(
        min_value=1,
        max_value=10_000_000,
        label="But not before so many records",
        help_text="The first ones say little.",
    )

    def read_limits(self) -> dict[str, Any]:
        """Return the limits by the names of `set_limits`."""
        return {name: self.cleaned_data[name] for name in LimitsForm.base_fields}
