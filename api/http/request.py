"""Parses a GraphQL request from HTTP, as the GraphQL-over-HTTP specification defines it."""

from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from graphql import GraphQLError

from api.documents.persisted import NOT_SUPPORTED, SHA_256
from api.execution import JsonValue
from api.http.codes import Code
from api.http.errors import RequestError, coded, malformed
from api.limits.values import check_containers, check_lists
from ops.content_encoding import is_compressed

JSON = "application/json"
ALLOWED_METHODS = "GET, HEAD, POST, OPTIONS"


@dataclass(frozen=True, kw_only=True)
class GraphQLRequest:
    """The parameters of a request. The document is given by its text, by its id, or by both."""

    source: str | None
    document_id: str | None
    variables: dict[str, Any]
    operation_name: str | None


def read_request(request: HttpRequest) -> GraphQLRequest:
    """Parse the request. Raises RequestError for one that is not a GraphQL request."""
    if request.method == "POST":
        return read_parameters(read_body(request))
    if request.method not in ("GET", "HEAD"):
        raise malformed("Use GET or POST.", status=405, Allow=ALLOWED_METHODS)
    parameters: dict[str, Any] = {name: value for name, value in request.GET.items() if value}
    for name in ("variables", "extensions"):
        if name in parameters:
            parameters[name] = read_json(parameters[name])
    return read_parameters(parameters)


def read_body(request: HttpRequest) -> JsonValue:
    if request.content_type != JSON:
        raise malformed(f"Send the body as {JSON}.", status=415, Accept=JSON)
    if (request.content_params or {}).get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise malformed("Send the body in UTF-8.", status=415, Accept=JSON)
    if is_compressed(request):
        refusal = coded(GraphQLError("Send the body uncompressed, without Content-Encoding."), Code.BAD_REQUEST)
        raise RequestError(refusal, status=415, headers={"Accept-Encoding": "identity"}, is_well_formed=False)
    if "Transfer-Encoding" in request.headers and "Content-Length" not in request.headers:
        raise malformed("Send the length of the body as Content-Length.", status=411)
    try:
        return read_json(request.body)
    except RequestDataTooBig as error:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raise malformed(f"A body may have at most {limit} bytes.", status=413, code=Code.PAYLOAD_TOO_LARGE) from error


def read_json(text: str | bytes) -> JsonValue:
    check_containers(text)
    try:
        value: JsonValue = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise malformed("The JSON is invalid, or not in UTF-8.") from error
    return value


def read_parameters(parameters: JsonValue) -> GraphQLRequest:
    """Check the parameters' types. Raises RequestError."""
    if isinstance(parameters, list):
        raise malformed("Send one operation per request: batches are not supported.")
    if not isinstance(parameters, dict):
        raise malformed("A request must be a JSON object.")
    source: JsonValue = parameters.get("query")
    variables: JsonValue = parameters.get("variables")
    name: JsonValue = parameters.get("operationName")
    extensions: JsonValue = parameters.get("extensions")
    if not isinstance(source, str | None):
        raise malformed("query must be a string.")
    if not isinstance(variables, dict | None):
        raise malformed("variables must be an object.")
    if not isinstance(name, str | None):
        raise malformed("operationName must be a string.")
    if not isinstance(extensions, dict | None):
        raise malformed("extensions must be an object.")
    document_id = read_document_id(parameters.get("documentId"), (extensions or {}).get("persistedQuery"))
    if not source and document_id is None:
        raise malformed("query is missing: it must be a string.")
    check_lists(variables or {})
    return GraphQLRequest(
        source=source or None, document_id=document_id, variables=variables or {}, operation_name=name or None
    )


def read_document_id(document_id: JsonValue, persisted_query: JsonValue) -> str | None:
    """The id of the document: the parameter `documentId`, or the hash in Apollo's extension `persistedQuery`."""
    if document_id is not None:
        if not isinstance(document_id, str) or not document_id:
            raise malformed("documentId must be a non-empty string.")
        return document_id
    if persisted_query is None:
        return None
    if not isinstance(persisted_query, dict):
        raise malformed("The extension persistedQuery must be an object.")
    if persisted_query.get("version") != 1:
        raise RequestError(coded(GraphQLError(NOT_SUPPORTED), Code.PERSISTED_QUERY_NOT_SUPPORTED))
    sha256 = persisted_query.get("sha256Hash")
    if not isinstance(sha256, str) or not SHA_256.fullmatch(sha256):
        raise malformed("sha256Hash must be a SHA-256 in lower-case hexadecimal.")
    return sha256
