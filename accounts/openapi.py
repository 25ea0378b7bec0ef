"""The OpenAPI description of /auth/: allauth's own, with what this service changes and adds."""

from copy import deepcopy
from typing import Any

from allauth.headless.spec.internal.schema import get_schema

from accounts.middleware import AUTH_PREFIX
from accounts.urls import PHONE_PATHS
from ops.openapi import METHODS

Json = dict[str, Any]

ERRORS = "AuthErrors"

SCHEMAS = {
    "401": ["AuthenticationResponse", "ReauthenticationResponse"],
    "410": ["SessionGoneResponse"],
    "429": [ERRORS, "StatusResponse"],
}
"""The schemas of refusals whose body is not a list of errors."""

EVERYWHERE = {
    "400": "The request cannot be read, or an input is invalid.",
    "401": "There is no session, it needs another step, or the user has to authenticate once more.",
    "410": "The session has ended.",
    "429": "Too many requests from this address, of this session or for this account.",
}
"""The responses that every operation may have, whether allauth describes them or not."""

WITH_BODY = {"413": "The body is larger than REQUEST_MAX_BYTES.", "415": "The body is compressed."}
HASHING = {"503": "The process computes as many password hashes as it may."}
HASHES = {
    f"{AUTH_PREFIX}app/v1/{path}"
    for path in ("auth/login", "auth/signup", "auth/reauthenticate", "auth/password/reset", "account/password/change")
}
"""The operations that compute a password hash."""

SECURITY: list[Json] = [{}, {"sessionToken": []}, {"accessToken": []}]
"""A session by either of the tokens of a log-in. Without one, what needs a session refuses with 401."""


def describe_accounts() -> Json:
    """Returns the description: tags, paths and components."""
    schema = get_schema()
    components = schema["components"]
    for path in PHONE_PATHS:
        schema["paths"].pop(AUTH_PREFIX + path)
    for path, item in schema["paths"].items():
        for method in METHODS:
            if method in item:
                complete(item[method], components, path=path)
    schemas = components["schemas"]
    schemas[ERRORS] = errors_schema()
    schemas["StatusResponse"] = {
        "type": "object",
        "required": ["status"],
        "properties": {"status": {"type": "integer"}},
        "additionalProperties": False,
    }
    authenticated: Json = schemas["AuthenticationMeta"]["allOf"][1]["properties"]["is_authenticated"]
    authenticated["nullable"] = True  # of a session that has ended
    return {
        "tags": tags_of(schema),
        "paths": schema["paths"],
        "components": {
            "schemas": components["schemas"],
            "examples": components["examples"],
            "parameters": components["parameters"],
            "requestBodies": components["requestBodies"],
            "securitySchemes": {
                "sessionToken": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-Session-Token",
                    "description": "The `session_token` of a log-in, or of one that needs another step.",
                }
            },
        },
    }


def tags_of(schema: Json) -> list[Json]:
    """Returns the tags that operations have, in the order of the operations. allauth does not describe all of them."""
    known = {tag["name"]: tag for tag in schema["tags"]}
    operations = [item[method] for item in schema["paths"].values() for method in METHODS if method in item]
    used = dict.fromkeys(name for operation in operations for name in operation["tags"])
    return [known.get(name, {"name": name}) for name in used]


def complete(operation: Json, components: Json, *, path: str) -> None:
    """Adds what allauth's description of an operation does not know: security, and the refusals of our middleware."""
    operation["security"] = SECURITY
    responses = {
        status: deepcopy(components["responses"][found["$ref"].rpartition("/")[2]]) if "$ref" in found else found
        for status, found in operation["responses"].items()
    }
    operation["responses"] = responses
    added = EVERYWHERE | (WITH_BODY if "requestBody" in operation else {}) | (HASHING if path in HASHES else {})
    for status, description in added.items():
        found = responses.get(status, {"description": description})
        media = found.get("content", {}).get("application/json", {})
        references = [{"$ref": f"#/components/schemas/{name}"} for name in SCHEMAS.get(status, [ERRORS])]
        found["content"] = {"application/json": media | {"schema": {"anyOf": references}}}  # with allauth's examples
        responses[status] = found
    responses["405"] = {"description": "This address has other methods."}


def errors_schema() -> Json:
    return {
        "type": "object",
        "required": ["status", "errors"],
        "properties": {
            "status": {"type": "integer"},
            "errors": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["message", "code"],
                    "properties": {name: {"type": "string"} for name in ("message", "code", "param")},
                },
            },
        },
    }
