"""The OpenAPI description of GraphQL over HTTP: what is sent and received, whatever the schema of GraphQL is."""

from collections import defaultdict
from typing import Any

from django.conf import settings

from api.documents.persisted import SHA_256
from api.http.codes import MEANINGS, PARTIAL, Code, status_of
from api.http.request import ALLOWED_METHODS, JSON
from api.http.response import CHARSET, MEDIA_TYPES

Json = dict[str, Any]

PATHS = ("/graphql/", "/graphql")
TAG = "GraphQL"
EXAMPLE = "{ nextOpenAppointment { startsAt provider { name } } }"

TAG_DESCRIPTION = """GraphQL over HTTP. What is in GraphQL is not described here: introspect the schema, or read it.

With `application/json` the status is 200 for every well-formed request; with `application/graphql-response+json` it
depends on the result. GRAPHQL_HTTP_STATUS_PROFILE chooses between two drafts of the statuses. Credentials: an access
token; or, on a page of this site, the session of a member of staff."""

# What refuses a request that is not GraphQL over HTTP. All have the code BAD_REQUEST or PAYLOAD_TOO_LARGE.
REFUSALS = {
    "get": {405: "GET is for queries only.", 406: "The client accepts neither media type."},
    "post": {
        406: "The client accepts neither media type.",
        411: "The body has no Content-Length.",
        415: "The body is not JSON in UTF-8, or is compressed.",
    },
}
RATE_LIMIT_HEADERS = {
    "RateLimit-Limit": "How many tokens there are at most.",
    "RateLimit-Remaining": "How many tokens are left.",
    "RateLimit-Reset": "After how many seconds all tokens are refilled.",
}


def describe_graphql() -> Json:
    """Returns the description of both spellings of the address."""
    return {
        "tags": [{"name": TAG, "description": TAG_DESCRIPTION}],
        "paths": {path: describe_path() for path in PATHS},
        "components": {
            "schemas": {
                "GraphQLRequest": request_schema(),
                "GraphQLResult": result_schema(),
                "GraphQLError": error_schema(),
            },
            "securitySchemes": {
                "accessToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "The `access_token` of a log-in (POST /auth/app/v1/auth/login).",
                },
                "staffSession": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": settings.SESSION_COOKIE_NAME,
                    "description": "The session of a member of staff who is logged in to the admin, on a page of this "
                    "site: the browser sends the cookie, and an `Origin` that is required.",
                },
            },
        },
    }


def describe_path() -> Json:
    read: Json = {"tags": [TAG], "parameters": request_headers()}
    bearer: dict[str, list[str]] = {"accessToken": []}
    return {
        "get": {
            **read,
            "summary": "Execute a query",
            "description": "A response that is the same for every caller has an ETag, and may be cached for a moment."
            + (" A browser gets the page of GraphiQL." if settings.GRAPHIQL else ""),
            "parameters": [*query_parameters(), *request_headers()],
            "security": [{}, bearer],
            "responses": responses("get"),
        },
        "post": {
            **read,
            "summary": "Execute an operation",
            "description": "A query or a mutation. Batches, forms and file uploads are not supported.",
            "requestBody": {
                "required": True,
                "content": {JSON: {"schema": {"$ref": "#/components/schemas/GraphQLRequest"}}},
            },
            "security": [{}, bearer, {"staffSession": []}],
            "responses": responses("post"),
        },
        "options": {
            "tags": [TAG],
            "summary": "List the methods",
            "responses": {
                "204": {
                    "description": "Has no body.",
                    "headers": {"Allow": {"required": True, "schema": {"type": "string", "enum": [ALLOWED_METHODS]}}},
                }
            },
        },
    }


def query_parameters() -> list[Json]:
    """Returns those of a GET: the members of the body of a POST, with objects as JSON."""
    described: list[Json] = []
    for name, schema in request_schema()["properties"].items():
        about = {"name": name, "in": "query", "description": schema.get("description", "")}
        is_json = schema["type"] == "object"
        described.append(about | ({"content": {JSON: {"schema": schema}}} if is_json else {"schema": schema}))
    return described


def request_headers() -> list[Json]:
    text = {"type": "string"}
    return [
        {
            "name": "GraphQL-Cost",
            "in": "header",
            "description": "Any value adds `extensions.cost` to the response.",
            "schema": text,
            "example": "report",
        },
        {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "The idempotency key of the mutations whose input has none.",
            "schema": text,
        },
    ]


def request_schema() -> Json:
    about = "The document. Default: the one that documentId or persistedQuery names."
    hash_schema = {"type": "string", "pattern": f"^{SHA_256.pattern}$"}
    persisted = {
        "type": "object",
        "description": "The document by its hash, as Apollo's clients send it.",
        "required": ["version", "sha256Hash"],
        "properties": {"version": {"type": "integer", "enum": [1]}, "sha256Hash": hash_schema},
    }
    return {
        "type": "object",
        "properties": {
            "query": {"type": "string", "minLength": 1, "description": about, "example": EXAMPLE},
            "documentId": {
                "type": "string",
                "minLength": 1,
                "description": "The document by its id: `sha256:` and its hash, or an id of the trusted documents.",
            },
            "operationName": {"type": "string", "description": "Which operation of the document to execute."},
            "variables": {"type": "object", "description": "The values of the operation's variables.", "example": {}},
            "extensions": {"type": "object", "properties": {"persistedQuery": persisted}, "example": {}},
        },
        "anyOf": [{"required": ["query"]}, {"required": ["documentId"]}, {"required": ["extensions"]}],
        "example": {"query": EXAMPLE},
    }


def result_schema() -> Json:
    errors = {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/GraphQLError"}}
    cost = {"type": "object", "additionalProperties": {"type": "integer"}}
    return {
        "type": "object",
        "additionalProperties": False,
        "anyOf": [{"required": ["data"]}, {"required": ["errors"]}],
        "properties": {
            "data": {"type": "object", "nullable": True, "description": "As the operation selects it."},
            "errors": errors,
            "extensions": {"type": "object", "properties": {"cost": cost}},
        },
    }


def error_schema() -> Json:
    place = {"type": "integer", "minimum": 1}
    domain = "or that of a refusal by the business, where a query makes it."
    number = {"type": "integer", "minimum": 0}
    extensions = {
        "code": {
            "type": "string",
            "description": f"{', '.join(f'`{code}`' for code in Code)}, {domain}",
            "pattern": "^[A-Z][A-Z_]*$",
        },
        "requestId": {"type": "string", "description": "The id of the request in the logs, for errors on our side."},
        "retryAfter": number | {"description": "After how many seconds to try again."},
        "limit": {"type": "string", "description": "The limit that the request exceeds."},
        "maximum": number,
    }
    return {
        "type": "object",
        "required": ["message", "extensions"],
        "properties": {
            "message": {"type": "string"},
            "locations": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["line", "column"],
                    "properties": {"line": place, "column": place},
                },
            },
            "path": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
            "extensions": {"type": "object", "required": ["code"], "properties": extensions},
        },
    }


def responses(method: str) -> Json:
    """Returns the responses by status: from the table of error codes, and of what is not GraphQL over HTTP."""
    reasons: dict[int, list[str]] = defaultdict(list)
    for code, meaning in MEANINGS.items():
        reasons[status_of(code)].append(f"- `{code}`: {meaning.advice}")
    for status, reason in REFUSALS[method].items():
        reasons[status].append(f"- `{Code.BAD_REQUEST}`: {reason}")
    described = {"200": result("The result, or the errors of a well-formed request in `application/json`.")}
    described |= {str(status): result("\n".join(each)) for status, each in sorted(reasons.items())}
    described[str(PARTIAL)] = result("Both data and errors, in the profile `draft`.")
    described["401"]["headers"]["WWW-Authenticate"] = {"required": True, "schema": {"type": "string"}}
    if method == "get":
        described["304"] = {"description": "The client's ETag matches. Has no body.", "headers": {"ETag": etag()}}
        described["200"]["headers"]["ETag"] = etag()
        if settings.GRAPHIQL:
            for page in ("200", "503"):  # 503: where its files are missing
                described[page]["content"]["text/html"] = {"schema": {"type": "string"}}
    return described


def result(description: str) -> Json:
    schema = {"schema": {"$ref": "#/components/schemas/GraphQLResult"}}
    headers = {
        name: {"description": about, "schema": {"type": "integer", "minimum": 0}}
        for name, about in RATE_LIMIT_HEADERS.items()
    }
    content = {media_type + CHARSET: schema for media_type in MEDIA_TYPES}
    return {"description": description, "headers": headers, "content": content}


def etag() -> Json:
    return {"description": "Of a public response.", "schema": {"type": "string", "pattern": '^"[0-9a-f]{32}"$'}}
