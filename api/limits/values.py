"""The limits of the JSON of a request."""

from typing import Any

from django.conf import settings

from api.http.errors import malformed
from api.limits.errors import list_too_long
from ops.json_depth import is_nested_deeper

CONTAINERS = (dict, list)


def check_nesting(text: str | bytes) -> None:
    """Raise RequestError when the JSON is nested deeper than the limit."""
    maximum = settings.REQUEST_MAX_NESTING
    if is_nested_deeper(text.encode(errors="replace") if isinstance(text, str) else text, maximum):
        raise malformed(f"A request's JSON is nested {maximum} levels deep at most.")


def check_lists(variables: dict[str, Any]) -> None:
    """Raise RequestError when a list in the variables is longer than the limit."""
    maximum = settings.GRAPHQL_MAX_LIST
    pending: list[Any] = [variables]
    while pending:
        value = pending.pop()
        if type(value) is dict:
            value = value.values()
        elif len(value) > maximum:
            raise list_too_long()
        pending += [child for child in value if type(child) in CONTAINERS]
