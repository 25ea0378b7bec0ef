"""Conditions that querysets share."""

from typing import Any

from django.db.models import QuerySet, Subquery
from django.db.models.lookups import IsNull


def row_exists(rows: QuerySet[Any]) -> IsNull:
    """Whether this correlated query has a row; at most one may match.

    Not EXISTS: MySQL and MariaDB turn that into a join, and then sort the whole calendar.
    """
    return IsNull(Subquery(rows.values("pk")), False)
