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
        help_text="For all workers together. Leave empty for no limit.",
    )
    failure_threshold = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=99,
        label="Pause when more than this percentage fails",
        help_text="Leave empty for no threshold.",
    )
    failure_sample = forms.IntegerField(
        min_value=1,
        max_value=10_000_000,
        label="Minimum records before pausing",
        help_text="The threshold applies only after this many records.",
    )

    def read_limits(self) -> dict[str, Any]:
        """Return the limits by the names of `set_limits`."""
        return {name: self.cleaned_data[name] for name in LimitsForm.base_fields}
