"""allauth's description of what is below /auth/: as OpenAPI, and as a page to read. It needs no script."""

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

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, kw_only=True)
class Field:
    """Something that a request has: in its body, in a header or in the query."""

    name: str
    place: str
    type: str
    is_required: bool
    about: str


def for_readers(view: View) -> View:
    """For staff in the admin; for everybody where OPENAPI_PUBLIC says so. To others it is not there."""

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
    """Every operation, by the noun that it is about."""
    return render(request, "web/openapi.html", {"chapters": chapters()})


@cache  # it takes a moment, and is the same as long as the process lives
def chapters() -> list[Json]:
    """Title, description and operations of each part."""
    description = get_schema()
    about = {tag["name"]: tag.get("description", "") for tag in description["tags"]}
    operations: dict[str, list[Json]] = {name: [] for name in about}
    for path, item in description["paths"].items():
        for method in METHODS:
            for tag in item.get(method, {"tags": []})["tags"]:
                operations.setdefault(tag, []).append(describe(description, method.upper(), path, item[method]))
    return [
        {"title": name, "about": about.get(name, ""), "operations": some} for name, some in operations.items() if some
    ]


def describe(description: Json, method: str, path: str, operation: Json) -> Json:
    """What a person has to know to send it, and what may come back."""
    parameters = (resolve(description, parameter) for parameter in operation.get("parameters", []))
    body = resolve(description, operation.get("requestBody", {}))
    fields = [
        Field(
            name=parameter["name"],
            place=parameter["in"],
            type=parameter["schema"].get("type", "string"),
            is_required=parameter.get("required", False),
            about=parameter.get("description", ""),
        )
        for parameter in parameters
    ]
    for content in body.get("content", {}).values():
        fields += fields_of(description, content["schema"])
    answers = [
        {"status": status, "about": answer.get("description", ""), "examples": list(examples_of(description, answer))}
        for status, answer in ((s, resolve(description, a)) for s, a in operation["responses"].items())
    ]
    return {
        "method": method,
        "path": path,
        "summary": operation["summary"],
        "about": operation.get("description", ""),
        "fields": fields,
        "answers": answers,
    }


def resolve(description: Json, node: Json) -> Json:
    """What a node stands for, when it is a reference."""
    while "$ref" in node:
        target: Any = description
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def fields_of(description: Json, schema: Json) -> Iterator[Field]:
    """The fields of a body. Of alternatives, the fields of each are optional."""
    schema = resolve(description, schema)
    for part in schema.get("allOf", []):
        yield from fields_of(description, part)
    for part in [*schema.get("oneOf", []), *schema.get("anyOf", [])]:
        for field in fields_of(description, part):
            yield Field(**{**vars(field), "is_required": False})
    for name, node in schema.get("properties", {}).items():
        value = resolve(description, node)
        yield Field(
            name=name,
            place="body",
            type=value.get("type", "object"),
            is_required=name in schema.get("required", []),
            about=value.get("description", ""),
        )


def examples_of(description: Json, answer: Json) -> Iterator[str]:
    """What such an answer looks like."""
    for content in answer.get("content", {}).values():
        for example in content.get("examples", {}).values():
            yield json.dumps(resolve(description, example)["value"], indent=2, ensure_ascii=False)
        if "example" in content:
            yield json.dumps(content["example"], indent=2, ensure_ascii=False)
