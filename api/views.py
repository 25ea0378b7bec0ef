"""The GraphQL view: it reads a request, checks it against every limit, executes it and returns the response."""

from dataclasses import replace
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from graphql import ExecutionResult, GraphQLError, OperationType

from api.context import Context
from api.documents import Document, Operation, find_document, is_new, is_restricted
from api.documents.introspection import check_introspection, hide_names, may_learn_names
from api.execution import ResponseTooLarge, SizeLimit, execute_document, measure
from api.http.authentication import InvalidToken, caller_of
from api.http.codes import Code
from api.http.errors import RequestError, format_error, malformed
from api.http.rates import RequestRateLimiter
from api.http.request import ALLOWED_METHODS, JSON, GraphQLRequest, read_request
from api.http.response import make_public, media_type_of, refusal_response, result_response
from api.http.response_cache import EncodedResponse, cached_response, encode
from api.http.variables import errors_in_variables
from api.limits.cost import Cost, check_cost, describe_cost
from api.limits.errors import response_too_large
from api.schema import schema
from ops.observation import OTHER, observation
from reservation.domain.caller import Caller

MAX_VARIABLE_ERRORS = 10
"""How many errors in the variables a response lists."""

KEY_HEADER = "Idempotency-Key"
"""The header with the idempotency key of the mutations in a request whose input has none."""

COST_HEADER = "GraphQL-Cost"
"""A request with this header gets the cost of its operation, in `extensions.cost`."""


@csrf_exempt  # authentication is by token; session cookies count only when Origin is this site
def graphql_view(request: HttpRequest) -> HttpResponse:
    """Execute one operation: a query by GET or POST, a mutation by POST."""
    request_id = observation().request_id
    media_type, limiter = JSON, RequestRateLimiter(request)
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": ALLOWED_METHODS})
    try:
        media_type = media_type_of(request)
        limiter.caller = caller = read_caller(request)
        limiter.consume_for_size()
        graphql_request = read_request(request)
        key = request.headers.get(KEY_HEADER, "").strip().strip('"') or None
        context = Context(now=timezone.now(), caller=caller, request_id=request_id, idempotency_key=key)
        encoded = run(request, graphql_request, context, limiter)
        response = result_response(encoded.body, media_type, has_errors=encoded.has_errors)
        if may_be_shared(request, encoded):
            return make_public(request, response)
        return with_rate_limit_headers(response, limiter)
    except RequestError as refusal:
        return refuse(refusal, media_type, limiter)
    except SuspiciousOperation:
        return refuse(malformed("The request cannot be read."), media_type, limiter)
    except Exception as error:
        masked = format_error(GraphQLError(str(error), original_error=error), request_id=request_id)
        failure = GraphQLError(masked["message"], extensions=masked["extensions"])
        return write_refusal(RequestError(failure, is_well_formed=False), media_type)


def run(
    request: HttpRequest, graphql_request: GraphQLRequest, context: Context, limiter: RequestRateLimiter
) -> EncodedResponse:
    """Check the operation against every limit, and execute it or take its response from the cache.

    Raises RequestError when it is not executed.
    """
    named = {"source": graphql_request.source, "document_id": graphql_request.document_id}
    if is_new(schema, **named):
        limiter.consume_for_document()
    document = find_document(schema, **named)
    operation = document.operation(graphql_request.operation_name)
    observation().operation = label_of(operation)
    check_method(request, operation)
    if document.uses_introspection:
        check_introspection(context.caller)
    variables = graphql_request.variables
    cost = operation.cost(variables)
    check_cost(cost, operation.kind)
    limiter.consume_for_operation(operation, cost)
    if COST_HEADER in request.headers:
        result = execute(document, operation, variables, context, cost)
        return encode({**result, "extensions": {"cost": describe_cost(cost, operation.kind)}})
    if operation.public_reads is None:
        return encode(execute(document, operation, variables, context, cost))
    return cached_response(
        schema, document, operation, variables, lambda: execute(document, operation, variables, context, cost)
    )


def execute(
    document: Document, operation: Operation, variables: dict[str, Any], context: Context, cost: Cost
) -> dict[str, Any]:
    """The result of the operation, as the client gets it.

    Raises RequestError for variables that do not fit, and for a query whose response is too large.
    """
    maximum = settings.RESPONSE_MAX_BYTES
    is_query = operation.kind is OperationType.QUERY
    may_be_too_large = is_query and cost.size > maximum
    context = replace(
        context, root_fields=len(operation.fields), size_limit=SizeLimit(maximum) if may_be_too_large else None
    )
    try:
        result = execute_document(
            schema, document.tree, context=context, variables=variables, operation_name=operation.name
        )
        check_variables(operation, variables, result, context)
        formatted = format_result(result, context)
        if may_be_too_large or (is_query and result.errors):  # errors are not in the cost
            measure(formatted, maximum=maximum)
    except ResponseTooLarge as error:
        raise response_too_large(maximum, cost=describe_cost(cost, operation.kind)) from error
    return formatted


def check_variables(operation: Operation, variables: dict[str, Any], result: ExecutionResult, context: Context) -> None:
    """Raise RequestError when nothing was executed because the variables do not fit."""
    if result.data is None and result.errors and not any(error.path for error in result.errors):
        reveal_names = may_learn_names(context.caller)
        errors = errors_in_variables(schema, operation.node, variables, reveal_names=reveal_names)
        raise RequestError(*islice(errors, MAX_VARIABLE_ERRORS))


def check_method(request: HttpRequest, operation: Operation) -> None:
    """Raise RequestError for a mutation by GET."""
    if request.method != "POST" and operation.kind is not OperationType.QUERY:
        raise malformed("GET is for queries only.", status=405, Allow="POST")


def format_result(result: ExecutionResult, context: Context) -> dict[str, Any]:
    """The result with its errors formatted, and counted for logs and metrics."""
    if not result.errors:
        return {"data": result.data}
    is_late = context.deadline.is_over
    errors = [format_error(error, request_id=context.request_id, is_late=is_late) for error in result.errors]
    for error in errors:
        observation().record_error(error["extensions"])
    return {"errors": errors, "data": result.data}


def label_of(operation: Operation) -> str:
    """The operation's name in logs and metrics: its own if only trusted documents are served, or else its root field.

    Names that strangers choose would make metrics grow without bound.
    """
    if operation.name and is_restricted():
        return operation.name
    return operation.fields[0] if len(set(operation.fields)) == 1 else OTHER


def refuse(refusal: RequestError, media_type: str, limiter: RequestRateLimiter) -> HttpResponse:
    """The response to a request that is refused, which consumes tokens too."""
    refusal = limiter.consume_for_refusal(hide_names(refusal, limiter.caller))
    return with_rate_limit_headers(write_refusal(refusal, media_type), limiter)


def write_refusal(refusal: RequestError, media_type: str) -> HttpResponse:
    """The response to a request of which nothing was executed; its errors are counted for logs and metrics."""
    for error in refusal.errors:
        observation().record_error(error.extensions)
    return refusal_response(refusal, media_type)


def may_be_shared(request: HttpRequest, encoded: EncodedResponse) -> bool:
    """Whether proxies may cache the response: it is public, and the request was a GET or HEAD without credentials."""
    return encoded.is_public and request.method != "POST" and not request.headers.get("Authorization", "").strip()


def with_rate_limit_headers(response: HttpResponse, limiter: RequestRateLimiter) -> HttpResponse:
    for name, value in limiter.headers.items():
        response.headers[name] = value
    return response


def read_caller(request: HttpRequest) -> Caller:
    """The caller whose credentials the request carries. Raises RequestError for an invalid token."""
    try:
        return caller_of(request)
    except InvalidToken as error:
        raise malformed(
            "The access token is not valid. Log in again.",
            status=401,
            code=Code.UNAUTHENTICATED,
            **{"WWW-Authenticate": 'Bearer error="invalid_token"'},
        ) from error
