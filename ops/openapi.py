"""The OpenAPI description of /health/ and /metrics, and of what every response of this service has."""

from typing import Any

from ops.metrics.exposition import CONTENT_TYPE
from ops.observation import HEADER, ID, VERSION_HEADER
from ops.readiness import BEHIND, DEGRADED, DRAINING, OK, SKEWED, UNAVAILABLE, UNUSED

Json = dict[str, Any]

TAG = "Operation"
METHODS = ("get", "put", "post", "delete", "patch")
TEMPORARY = ("429", "503", "504")
"""The statuses that pass: ObservationMiddleware says when to try again."""

HEADERS: dict[str, Json] = {
    HEADER: {
        "description": "The id of this request in the logs: the one that it was sent with, if it has the right form.",
        "required": True,
        "schema": {"type": "string", "pattern": f"^{ID.pattern}$"},
    },
    VERSION_HEADER: {
        "description": "The version that made the response, unless SHOW_VERSION is false.",
        "schema": {"type": "string"},
    },
    "Retry-After": {
        "description": "After how many seconds the request may be sent again.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    },
    "Allow": {"description": "The methods of this address.", "required": True, "schema": {"type": "string"}},
}


def describe_operations() -> Json:
    """Returns the description of health checks and metrics."""
    return {
        "tags": [{"name": TAG, "description": "Health and metrics, for load balancers, monitors and Prometheus."}],
        "paths": {
            "/health/": {
                "get": operation(
                    "Get the health",
                    "For people and monitors. The states of the dependencies are there for HEALTH_ADDRESSES and for "
                    "staff who are logged in.",
                    {"200": health_response("The status of the service, whatever it is.")},
                )
            },
            "/health/live/": {
                "get": operation(
                    "Check liveness",
                    "Whether the process responds. Checks nothing else.",
                    {"200": health_response("The process responds.", OK)},
                )
            },
            "/health/ready/": {
                "get": operation(
                    "Check readiness",
                    "Whether to send requests here. The states of the dependencies are there for HEALTH_ADDRESSES.",
                    {
                        "200": health_response("It works; degraded: more slowly.", OK, DEGRADED),
                        "503": health_response(
                            "The database is unavailable or behind, or the process is about to stop.",
                            *(UNAVAILABLE, BEHIND, DRAINING),
                        ),
                    },
                )
            },
            "/metrics": {
                "get": operation(
                    "Get the metrics",
                    "The counts of all processes, in Prometheus' text format.",
                    {
                        "200": response("The counts.", CONTENT_TYPE, {"type": "string"}),
                        "404": response("METRICS is off, or this client may not read them.", "text/html", {}),
                        "503": response("Redis, which has the counts, is unavailable.", "text/plain", {}),
                    },
                    security=[{"metricsToken": []}, {}],
                )
            },
        },
        "components": {
            "schemas": {"Health": health_schema()},
            "securitySchemes": {
                "metricsToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "METRICS_TOKEN. Clients at METRICS_ADDRESSES need none.",
                }
            },
        },
    }


def operation(summary: str, description: str, responses: Json, **more: Any) -> Json:
    """Returns a GET of operators, which takes no other method but HEAD."""
    return {
        "tags": [TAG],
        "summary": summary,
        "description": description,
        "responses": responses | {"405": {"description": "GET and HEAD only."}},
        **more,
    }


def response(description: str, media_type: str, schema: Json) -> Json:
    return {"description": description, "content": {media_type: {"schema": schema}}}


def health_response(description: str, *statuses: str) -> Json:
    """Returns a response with the schema of health; statuses: those that it may have. Default: all."""
    schema: Json = {"$ref": "#/components/schemas/Health"}
    if statuses:
        schema = {"allOf": [schema, {"type": "object", "properties": {"status": {"enum": list(statuses)}}}]}
    return response(description, "application/json", schema)


def health_schema() -> Json:
    state = {"type": "string", "enum": [OK, UNAVAILABLE, UNUSED]}
    return {
        "type": "object",
        "required": ["status"],
        "properties": {
            "status": {"type": "string", "enum": [OK, DEGRADED, UNAVAILABLE, BEHIND, DRAINING]},
            "database": {"type": "string", "enum": [OK, UNAVAILABLE, BEHIND]},
            "memcached": state,
            "redis": state,
            "clock": {"type": "string", "enum": [OK, SKEWED, UNUSED, UNAVAILABLE]},
            "version": {
                "type": "string",
                "description": "At /health/, as the header X-Version.",
            },
            "clock_skew_seconds": {"type": "number", "description": "By how much the clock of the database is ahead."},
        },
    }


def add_common_headers(document: Json) -> None:
    """Adds the headers that ObservationMiddleware and Django give to the responses of every operation."""
    document["components"].setdefault("headers", {}).update(HEADERS)
    for item in document["paths"].values():
        for method in METHODS:
            for status, found in item.get(method, {"responses": {}})["responses"].items():
                names = [
                    HEADER,
                    VERSION_HEADER,
                    *(["Retry-After"] if status in TEMPORARY else []),
                    *(["Allow"] if status == "405" else []),
                ]
                headers = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
                found["headers"] = headers | found.get("headers", {})
