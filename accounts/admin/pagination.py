"""Turn the pages of a long list without counting it to the end."""

from __future__ import annotations

from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

from accounts.selectors.users import COUNT_LIMIT, estimate_row_count


class EstimatingPaginator(Paginator):
    """Counts exactly up to a limit; beyond it estimates the table, or stops at the limit."""

    is_estimated = False

    @cached_property
    def count(self) -> int:
        rows = cast("QuerySet[Any]", self.object_list)
        counted = rows.order_by()[: COUNT_LIMIT + 1].count()
        if counted <= COUNT_LIMIT:
            return counted
        self.is_estimated = True
        if rows.query.where:
            return COUNT_LIMIT
        return max(counted, estimate_row_count(rows.model._meta.db_table))
