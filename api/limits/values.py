"""What the JSON of a request may look like."""

from typing import Any

from django.conf import settings

from api.http.codes import Code
from api.http.errors import malformed
from api.limits.exceeded import exceeded
from ops.json_depth import levels


def check_nesting(value: Any) -> None:
    """Raise RequestError when the JSON is nested too deeply."""
    most = settings.REQUEST_MAX_NESTING
    for depth, level in enumerate(levels(value), start=1):
        if depth > most and any(isinstance(one, dict | list) for one in level):
            raise malformed(f"A request's JSON is nested {most} levels deep at most.")


def check_lists(variables: dict[str, Any]) -> None:
    """Raise RequestError when a list among the variables is too long."""
    most = settings.GRAPHQL_MAX_LIST
    for level in levels(variables):
        if any(isinstance(value, list) and len(value) > most for value in level):
            raise exceeded("list", most, f"A list that is given has at most {most} items.", code=Code.BAD_USER_INPUT)
