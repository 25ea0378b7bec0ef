"""Reading a GraphQL request from HTTP, in the form of the GraphQL-over-HTTP specification, or refusing it."""

from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from graphql import GraphQLError

from api.documents.persisted import NOT_SUPPORTED, SHA_256
from api.http.codes import Code
from api.http.errors import RequestError, coded, malformed
from api.limits.values import check_lists, check_nesting

JSON = "application/json"
METHODS = "GET, HEAD, POST, OPTIONS"


@dataclass(frozen=True, kw_only=True)
class GraphQLRequest:
    """What a request asks for: a document by its text, or by its id, or by both."""

    source: str | None
    document_id: str | None
    variables: dict[str, Any]
    operation_name: str | None


def read_request(request: HttpRequest) -> GraphQLRequest:
    """What the request asks for. Raises RequestError."""
    if request.method == "POST":
        given = read_body(request)
    elif request.method in ("GET", "HEAD"):
        given = {name: value for name, value in request.GET.items() if value}
        for name in ("variables", "extensions"):
            if name in given:
                given[name] = read_json(given[name])
    else:
        raise malformed("Use GET or POST.", status=405, Allow=METHODS)
    return read_parameters(given)


def read_body(request: HttpRequest) -> Any:
    if request.content_type != JSON:
        raise malformed(f"Send the body as {JSON}.", status=415, Accept=JSON)
    if (request.content_params or {}).get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        raise malformed("Send the body in UTF-8.", status=415, Accept=JSON)
    if "Transfer-Encoding" in request.headers and "Content-Length" not in request.headers:
        raise malformed("Send the length of the body as Content-Length.", status=411)
    try:
        return read_json(request.body)
    except RequestDataTooBig as error:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raise malformed(f"A body has at most {most} bytes.", status=413, code=Code.PAYLOAD_TOO_LARGE) from error


def read_json(text: str | bytes) -> Any:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise malformed("This is not JSON in UTF-8.") from error
    check_nesting(value)
    return value


def read_parameters(given: Any) -> GraphQLRequest:
    """Refuse what has not the form of a GraphQL request."""
    if isinstance(given, list):
        raise malformed("Send one operation a request: batches are not taken.")
    if not isinstance(given, dict):
        raise malformed("A request is one JSON object.")
    source, variables, name = given.get("query"), given.get("variables"), given.get("operationName")
    extensions = given.get("extensions")
    if not isinstance(source, str | None):
        raise malformed("The query is no string.")
    if not isinstance(variables, dict | None):
        raise malformed("The variables are no object.")
    if not isinstance(name, str | None):
        raise malformed("The operationName is no string.")
    if not isinstance(extensions, dict | None):
        raise malformed("The extensions are no object.")
    document_id = read_document_id(given.get("documentId"), (extensions or {}).get("persistedQuery"))
    if not source and document_id is None:
        raise malformed("The query is missing: a string is expected.")
    check_lists(variables or {})
    return GraphQLRequest(
        source=source or None, document_id=document_id, variables=variables or {}, operation_name=name or None
    )


def read_document_id(document_id: Any, persisted_query: Any) -> str | None:
    """The id of a document: its own parameter, or the hash in Apollo's extension."""
    if document_id is not None:
        if not isinstance(document_id, str) or not document_id:
            raise malformed("The documentId is no string.")
        return document_id
    if persisted_query is None:
        return None
    if not isinstance(persisted_query, dict):
        raise malformed("The extension persistedQuery is no object.")
    if persisted_query.get("version") != 1:
        raise RequestError(coded(GraphQLError(NOT_SUPPORTED), Code.PERSISTED_QUERY_NOT_SUPPORTED))
    sha256 = persisted_query.get("sha256Hash")
    if not isinstance(sha256, str) or not SHA_256.fullmatch(sha256):
        raise malformed("The sha256Hash is no SHA-256 in lower-case hexadecimal.")
    return sha256
