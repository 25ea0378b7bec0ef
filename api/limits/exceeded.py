"""How a limit says no."""

from typing import Any

from graphql import GraphQLError, Node

from api.http.codes import Code
from api.http.errors import RequestError


def exceeded(
    limit: str,
    maximum: int,
    message: str,
    *,
    code: Code = Code.QUERY_TOO_COMPLEX,
    node: Node | None = None,
    **more: Any,
) -> RequestError:
    """The refusal of what goes beyond a limit: which one, and how much it allows."""
    extensions = {"code": code.value, "limit": limit, "maximum": maximum, **more}
    return RequestError(GraphQLError(message, node, extensions=extensions))
