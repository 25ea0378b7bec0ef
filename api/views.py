"""GraphQL over HTTP: what a request goes through, from its first byte to its answer."""

from dataclasses import replace
from itertools import islice
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from graphql import ExecutionResult, GraphQLError, OperationType

from api.context import Context
from api.documents import Document, Operation, find_document, is_new, is_restricted
from api.documents.introspection import check_introspection, hide_names, may_learn_names
from api.execution import execute_document
from api.http.authentication import InvalidToken, caller_of
from api.http.codes import Code
from api.http.errors import RequestError, answer, malformed
from api.http.rates import RequestRateLimiter
from api.http.request import JSON, METHODS, GraphQLRequest, read_request
from api.http.response import answer_refusal, answer_result, make_public, media_type_of
from api.http.response_cache import EncodedResponse, cached_response, tell
from api.http.variables import errors_in_variables
from api.limits.cost import check_cost, describe
from api.schema import schema
from ops.observation import OTHER, observation
from reservation.domain.caller import ANONYMOUS, Caller

MAX_ERRORS = 10
"""How many errors in the variables are told."""

KEY_HEADER = "Idempotency-Key"
"""The idempotency key of the changes that the request makes, where their inputs have none."""

COST_HEADER = "GraphQL-Cost"
"""A request with this header is told what it costs, in `extensions.cost`."""


@csrf_exempt  # a cookie is believed of our own origin only; everybody else has a token
def graphql_view(request: HttpRequest) -> HttpResponse:
    """Answer one operation, read by GET or POST, or changed by POST."""
    seen = observation()
    media_type, caller, meter = JSON, ANONYMOUS, None
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": METHODS})
    try:
        media_type = media_type_of(request)
        asked = read_request(request)
        caller = read_caller(request)
        meter = RequestRateLimiter(request, caller)
        key = request.headers.get(KEY_HEADER, "").strip().strip('"') or None
        context = Context(now=timezone.now(), caller=caller, request_id=seen.request_id, idempotency_key=key)
        told = run(request, asked, context, meter)
        response = answer_result(told.body, media_type, has_errors=told.has_errors)
        return make_public(request, response) if may_be_shared(request, told) else metered(response, meter)
    except RequestError as refusal:
        return metered(refuse(hide_names(refusal, caller), media_type), meter)
    except SuspiciousOperation:
        return refuse(malformed("This is no request that can be read."), media_type)
    except Exception as error:
        masked = answer(GraphQLError(str(error), original_error=error), request_id=seen.request_id)
        failure = GraphQLError(masked["message"], extensions=masked["extensions"])
        return refuse(RequestError(failure, is_well_formed=False), media_type)


def run(request: HttpRequest, asked: GraphQLRequest, context: Context, meter: RequestRateLimiter) -> EncodedResponse:
    """The answer to the operation. Raises RequestError when it is not executed."""
    if is_new(schema, source=asked.source):
        meter.consume_for_document()
    document = find_document(schema, source=asked.source, document_id=asked.document_id)
    operation = document.operation(asked.operation_name)
    observation().operation = label_of(operation)
    check_method(request, operation)
    if document.uses_introspection:
        check_introspection(context.caller)
    cost = operation.cost(asked.variables)
    check_cost(cost)
    meter.consume_for_operation(operation, cost)
    if COST_HEADER in request.headers:
        return tell({**execute(document, operation, asked, context), "extensions": {"cost": describe(cost)}})
    if operation.public_reads is None:
        return tell(execute(document, operation, asked, context))
    return cached_response(
        schema, document, operation, asked.variables, lambda: execute(document, operation, asked, context)
    )


def execute(document: Document, operation: Operation, asked: GraphQLRequest, context: Context) -> dict[str, Any]:
    """What comes of the operation. Raises RequestError for variables that do not fit it."""
    context = replace(context, changes=len(operation.fields))
    result = execute_document(
        schema, document.tree, context=context, variables=asked.variables, operation_name=operation.name
    )
    if result.data is None and result.errors and not any(error.path for error in result.errors):
        tell_names = may_learn_names(context.caller)
        errors = errors_in_variables(schema, operation.node, asked.variables, tell_names=tell_names)
        raise RequestError(*islice(errors, MAX_ERRORS))
    return answer_of(result, context)


def check_method(request: HttpRequest, operation: Operation) -> None:
    """Raise RequestError when a GET would change something."""
    if request.method != "POST" and operation.kind is not OperationType.QUERY:
        raise malformed("GET is for queries only.", status=405, Allow="POST")


def answer_of(result: ExecutionResult, context: Context) -> dict[str, Any]:
    """What the client is told of a result."""
    if not result.errors:
        return {"data": result.data}
    is_late = context.deadline.is_over
    errors = [answer(error, request_id=context.request_id, is_late=is_late) for error in result.errors]
    for error in errors:
        observation().fail(error["extensions"])
    return {"errors": errors, "data": result.data}


def label_of(operation: Operation) -> str:
    """What the operation counts as: its name, if it is a trusted one, or else its field. Strangers' names never end."""
    if operation.name and is_restricted():
        return operation.name
    return operation.fields[0] if len(set(operation.fields)) == 1 else OTHER


def refuse(refusal: RequestError, media_type: str) -> HttpResponse:
    """The answer to a request of which nothing was executed."""
    for error in refusal.errors:
        observation().fail(error.extensions)
    return answer_refusal(refusal, media_type)


def may_be_shared(request: HttpRequest, told: EncodedResponse) -> bool:
    """Whether others may keep it: everybody is told the same, and nobody in particular asked."""
    return told.is_public and request.method != "POST" and "Authorization" not in request.headers


def metered(response: HttpResponse, meter: RequestRateLimiter | None) -> HttpResponse:
    """The answer, with what it says of the points that its caller has left."""
    for name, value in (meter.headers if meter else {}).items():
        response.headers[name] = value
    return response


def read_caller(request: HttpRequest) -> Caller:
    """Who asks. Raises RequestError."""
    try:
        return caller_of(request)
    except InvalidToken as error:
        raise malformed(
            "The access token is not valid. Log in again.",
            status=401,
            code=Code.UNAUTHENTICATED,
            **{"WWW-Authenticate": 'Bearer error="invalid_token"'},
        ) from error
