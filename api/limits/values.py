"""The limits of the JSON of a request."""

from typing import Any

from django.conf import settings

from api.http.errors import malformed
from api.limits.errors import list_too_long
from ops.json_depth import has_more_containers, is_nested_deeper

CONTAINERS = (dict, list)

JsonObject: type[dict[str, Any]] = dict
"""The class with its type arguments."""


def check_containers(text: str | bytes) -> None:
    """Raise RequestError when the JSON has more objects and lists, or deeper ones, than the limits."""
    if isinstance(text, str):
        text = text.encode(errors="replace")
    levels, containers = settings.REQUEST_MAX_NESTING, settings.REQUEST_MAX_CONTAINERS
    if is_nested_deeper(text, levels):
        raise malformed(f"A request's JSON is nested {levels} levels deep at most.")
    if has_more_containers(text, containers):
        raise malformed(f"A request's JSON has {containers} objects and lists at most.")


def check_lists(variables: dict[str, Any]) -> None:
    """Raise RequestError when a list in the variables is longer than the limit."""
    maximum = settings.GRAPHQL_MAX_LIST
    pending: list[Any] = [variables]
    while pending:
        value = pending.pop()
        if type(value) is JsonObject:
            value = value.values()
        elif len(value) > maximum:
            raise list_too_long()
        pending += [child for child in value if type(child) in CONTAINERS]
