"""The reference of /auth/, as allauth describes it in OpenAPI: who may read it, and an HTML page without scripts."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any

from allauth.headless.spec.internal.schema import get_schema
from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

View = Callable[[HttpRequest], HttpResponse]
Json = dict[str, Any]

OPENAPI_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, kw_only=True)
class RequestField:
    """A parameter of a request: in its body, in a header or in the query. place: which of these."""

    name: str
    place: str
    type: str
    is_required: bool
    about: str


def for_readers(view: View) -> View:
    """Decorates a view: staff may read it, with OPENAPI_PUBLIC everybody may. Others get a 404."""

    @require_safe
    @never_cache
    @wraps(view)
    def view_for_readers(request: HttpRequest) -> HttpResponse:
        if not (settings.OPENAPI_PUBLIC or admin.site.has_permission(request)):
            raise Http404
        return view(request)

    return view_for_readers


@for_readers
def openapi_page(request: HttpRequest) -> HttpResponse:
    """Lists every operation, grouped by its OpenAPI tag."""
    return render(request, "web/openapi.html", {"chapters": chapters()})


@cache  # slow to compute, and constant in a process
def chapters() -> list[Json]:
    """Returns the title, description and operations of each tag that has operations."""
    description = get_schema()
    about = {tag["name"]: tag.get("description", "") for tag in description["tags"]}
    operations: dict[str, list[Json]] = {name: [] for name in about}
    for path, item in description["paths"].items():
        for method in OPENAPI_METHODS:
            for tag in item.get(method, {"tags": []})["tags"]:
                operations.setdefault(tag, []).append(
                    describe_operation(description, method.upper(), path, item[method])
                )
    return [
        {"title": name, "about": about.get(name, ""), "operations": some} for name, some in operations.items() if some
    ]


def describe_operation(description: Json, method: str, path: str, operation: Json) -> Json:
    """Returns an operation's request fields, and its responses by status with examples."""
    parameters = (resolve(description, parameter) for parameter in operation.get("parameters", []))
    body = resolve(description, operation.get("requestBody", {}))
    fields = [
        RequestField(
            name=parameter["name"],
            place=parameter["in"],
            type=parameter["schema"].get("type", "string"),
            is_required=parameter.get("required", False),
            about=parameter.get("description", ""),
        )
        for parameter in parameters
    ]
    for content in body.get("content", {}).values():
        fields += body_fields(description, content["schema"])
    responses = [
        {"status": status, "about": node.get("description", ""), "examples": list(examples_of(description, node))}
        for status, node in ((s, resolve(description, ref)) for s, ref in operation["responses"].items())
    ]
    return {
        "method": method,
        "path": path,
        "summary": operation["summary"],
        "about": operation.get("description", ""),
        "fields": fields,
        "responses": responses,
    }


def resolve(description: Json, node: Json) -> Json:
    """Returns the node that a `$ref` refers to; any other node unchanged."""
    while "$ref" in node:
        target: Any = description
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def body_fields(description: Json, schema: Json) -> Iterator[RequestField]:
    """Yields the fields of a body. Those of alternatives (oneOf, anyOf) are optional."""
    schema = resolve(description, schema)
    for part in schema.get("allOf", []):
        yield from body_fields(description, part)
    for part in [*schema.get("oneOf", []), *schema.get("anyOf", [])]:
        for field in body_fields(description, part):
            yield RequestField(**{**vars(field), "is_required": False})
    for name, node in schema.get("properties", {}).items():
        value = resolve(description, node)
        yield RequestField(
            name=name,
            place="body",
            type=value.get("type", "object"),
            is_required=name in schema.get("required", []),
            about=value.get("description", ""),
        )


def examples_of(description: Json, response: Json) -> Iterator[str]:
    """Yields the examples of a response as indented JSON."""
    for content in response.get("content", {}).values():
        for example in content.get("examples", {}).values():
            yield json.dumps(resolve(description, example)["value"], indent=2, ensure_ascii=False)
        if "example" in content:
            yield json.dumps(content["example"], indent=2, ensure_ascii=False)
