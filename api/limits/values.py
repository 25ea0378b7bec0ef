"""The limits of the JSON of a request."""

from typing import Any

from django.conf import settings

from api.http.errors import malformed
from api.limits.errors import list_too_long
from ops.json_depth import levels


def check_nesting(value: Any) -> None:
    """Raise RequestError when the JSON is nested deeper than the limit."""
    maximum = settings.REQUEST_MAX_NESTING
    for depth, level in enumerate(levels(value), start=1):
        if depth > maximum and any(isinstance(one, dict | list) for one in level):
            raise malformed(f"A request's JSON is nested {maximum} levels deep at most.")


def check_lists(variables: dict[str, Any]) -> None:
    """Raise RequestError when a list in the variables is longer than the limit."""
    maximum = settings.GRAPHQL_MAX_LIST
    for level in levels(variables):
        if any(isinstance(value, list) and len(value) > maximum for value in level):
            raise list_too_long()
