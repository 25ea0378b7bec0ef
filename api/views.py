"""GraphQL over HTTP: what a request may look like, and which status an answer has."""

import uuid
from dataclasses import dataclass
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from graphql import DocumentNode, GraphQLError, OperationType, get_operation_ast

from api.authentication import InvalidToken, caller_of
from api.context import Context
from api.errors import Code, answer, coded
from api.execution import execute_document, parse_document
from api.execution.documents import InvalidDocument
from api.schema import schema

GRAPHQL_JSON = "application/graphql-response+json"
PLAIN_JSON = "application/json"


class Refusal(Exception):
    """The request is answered with an error before anything is executed."""

    def __init__(self, code: Code, message: str, *, status: int, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.error = coded(GraphQLError(message), code)
        self.status = status
        self.headers = headers or {}


@dataclass(frozen=True)
class Parameters:
    """What a GraphQL request asks for."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None


@csrf_exempt  # no cookie is looked at: a request is only as good as its token
def graphql_view(request: HttpRequest) -> HttpResponse:
    """Answer one operation, read by GET or POST, or changed by POST."""
    media_type = request.get_preferred_type([PLAIN_JSON, GRAPHQL_JSON]) or PLAIN_JSON
    request_id = uuid.uuid4().hex
    try:
        parameters = read_parameters(request)
        context = Context(now=timezone.now(), caller=read_caller(request), request_id=request_id)
        result, status = run(request, parameters, context)
        # A client that reads plain JSON may take any other status for a broken connection.
        return respond(result, media_type, status if media_type == GRAPHQL_JSON else 200)
    except Refusal as refusal:
        return refuse(refusal, media_type)
    except SuspiciousOperation as error:
        return refuse(Refusal(Code.BAD_REQUEST, str(error), status=400), media_type)
    except Exception as error:
        told = answer(GraphQLError(str(error), original_error=error), request_id=request_id)
        is_outage = told["extensions"]["code"] == Code.SERVICE_UNAVAILABLE
        return respond({"errors": [told]}, media_type, 503 if is_outage else 500)


def run(request: HttpRequest, parameters: Parameters, context: Context) -> tuple[dict[str, Any], int]:
    """The result of the operation, and its status. Raises Refusal."""
    try:
        document = parse_document(schema, parameters.query)
    except InvalidDocument as invalid:
        return {"errors": [dict(error.formatted) for error in invalid.errors]}, 400
    require_operation(request, document, parameters.operation_name)
    result = execute_document(
        schema,
        document,
        context=context,
        variables=parameters.variables,
        operation_name=parameters.operation_name,
    )
    if not result.errors:
        return {"data": result.data}, 200
    errors = [answer(error, request_id=context.request_id) for error in result.errors]
    has_begun = result.data is not None or any(error.path for error in result.errors)
    return {"errors": errors, "data": result.data} if has_begun else {"errors": errors}, 200 if has_begun else 400


def require_operation(request: HttpRequest, document: DocumentNode, name: str | None) -> None:
    """Raise Refusal unless the document has the operation that is asked for, and the method suits it."""
    operation = get_operation_ast(document, name)
    if operation is None:
        message = f"The document has no operation {name!r}." if name else "Name the operation: there are several."
        raise Refusal(Code.OPERATION_RESOLUTION_FAILURE, message, status=400)
    if request.method == "GET" and operation.operation is not OperationType.QUERY:
        raise Refusal(Code.BAD_REQUEST, "GET is for queries only.", status=405, headers={"Allow": "POST"})


def read_caller(request: HttpRequest) -> Any:
    try:
        return caller_of(request)
    except InvalidToken as error:
        raise Refusal(
            Code.UNAUTHENTICATED,
            "The access token is not valid. Log in again.",
            status=401,
            headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
        ) from error


# --- Reading -------------------------------------------------------------------------------------------------------


def read_parameters(request: HttpRequest) -> Parameters:
    """What the request asks for. Raises Refusal."""
    if request.method == "POST":
        given = read_body(request)
    elif request.method == "GET":
        given = {name: value for name, value in request.GET.items() if value}
        if "variables" in given:
            given["variables"] = read_json(given["variables"])
    else:
        raise Refusal(Code.BAD_REQUEST, "Use GET or POST.", status=405, headers={"Allow": "GET, POST"})
    return check_parameters(given)


def read_body(request: HttpRequest) -> Any:
    if request.content_type != PLAIN_JSON:
        raise Refusal(Code.BAD_REQUEST, f"Send the body as {PLAIN_JSON}.", status=415)
    if (request.content_params or {}).get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise Refusal(Code.BAD_REQUEST, "Send the body in UTF-8.", status=415)
    try:
        return read_json(request.body)
    except RequestDataTooBig as error:
        raise Refusal(Code.PAYLOAD_TOO_LARGE, "The body is too large.", status=413) from error


def read_json(text: str | bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Refusal(Code.BAD_REQUEST, "This is not JSON in UTF-8.", status=400) from error


def check_parameters(given: Any) -> Parameters:
    """Refuse what has not the form of a GraphQL request."""
    if not isinstance(given, dict):
        raise Refusal(Code.BAD_REQUEST, "A request is one JSON object.", status=400)
    query, variables, name = given.get("query"), given.get("variables"), given.get("operationName")
    if not isinstance(query, str) or not query:
        raise Refusal(Code.BAD_REQUEST, "The query is missing: a string is expected.", status=400)
    if not isinstance(variables, dict | None):
        raise Refusal(Code.BAD_REQUEST, "The variables are no object.", status=400)
    if not isinstance(name, str | None):
        raise Refusal(Code.BAD_REQUEST, "The operationName is no string.", status=400)
    if not isinstance(given.get("extensions"), dict | str | None):
        raise Refusal(Code.BAD_REQUEST, "The extensions are no object.", status=400)
    return Parameters(query, variables, name or None)


# --- Answering -----------------------------------------------------------------------------------------------------


def refuse(refusal: Refusal, media_type: str) -> HttpResponse:
    response = respond({"errors": [dict(refusal.error.formatted)]}, media_type, refusal.status)
    for name, value in refusal.headers.items():
        response.headers[name] = value
    return response


def respond(result: dict[str, Any], media_type: str, status: int) -> HttpResponse:
    response = HttpResponse(orjson.dumps(result), content_type=f"{media_type}; charset=utf-8", status=status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept, Authorization"
    return response
