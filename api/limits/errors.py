"""The error of a request that exceeds a limit."""

from typing import Any

from django.conf import settings
from graphql import GraphQLError, Node

from api.http.codes import Code
from api.http.errors import RequestError


def limit_exceeded(
    limit: str,
    maximum: int,
    message: str,
    *,
    code: Code = Code.QUERY_TOO_COMPLEX,
    node: Node | None = None,
    **more: Any,
) -> RequestError:
    """The error, whose extensions name the limit and its maximum."""
    extensions = {"code": code.value, "limit": limit, "maximum": maximum, **more}
    return RequestError(GraphQLError(message, node, extensions=extensions))


def response_too_large(maximum: int, *, cost: dict[str, int]) -> RequestError:
    """The error for a query whose response has more bytes than it may have."""
    message = f"The response would have more than {maximum} bytes. Request smaller pages, or fewer fields."
    return limit_exceeded("responseBytes", maximum, message, cost=cost)


def list_too_long(node: Node | None = None) -> RequestError:
    """The error for a list with too many items, in the document or in its variables."""
    maximum = settings.GRAPHQL_MAX_LIST
    message = f"A list that is given has at most {maximum} items."
    return limit_exceeded("list", maximum, message, code=Code.BAD_USER_INPUT, node=node)
