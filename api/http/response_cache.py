"""Answers to what everybody is told alike: kept whole, for seconds, for whoever asks the same."""

from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from graphql import GraphQLSchema, print_schema

from api.documents import Document, Operation
from api.documents.public_reads import Reads
from cache import calendar_days, catalogue
from cache.cached_rows import is_enabled
from cache.responses import find_response


class EncodedResponse(NamedTuple):
    """What is answered: as JSON, whether it has errors, and whether everybody is told the same."""

    body: bytes
    has_errors: bool
    is_public: bool


def tell(result: dict[str, Any], *, is_public: bool = False) -> EncodedResponse:
    """A result, written."""
    has_errors = "errors" in result
    return EncodedResponse(orjson.dumps(result), has_errors, is_public and not has_errors)


def cached_response(
    schema: GraphQLSchema,
    document: Document,
    operation: Operation,
    variables: Mapping[str, Any],
    execute: Callable[[], dict[str, Any]],
) -> EncodedResponse:
    """What is kept of this operation, which answers everybody alike, or else what `execute` answers."""
    assert operation.reads is not None
    if not settings.GRAPHQL_RESPONSE_CACHE_SECONDS or not is_enabled():
        return tell(execute(), is_public=True)
    key = key_of(schema, document, operation, variables)
    generations = generations_of(operation.reads, variables)
    with find_response(key, generations=generations, seconds=settings.GRAPHQL_RESPONSE_CACHE_SECONDS) as answer:
        if answer.body is not None:
            return EncodedResponse(answer.body, has_errors=False, is_public=True)
        told = tell(execute(), is_public=True)
        if not told.has_errors:
            answer.store(told.body)
        return told


def key_of(schema: GraphQLSchema, document: Document, operation: Operation, variables: Mapping[str, Any]) -> str:
    """What the answer depends on beside what is read. Variables that the operation has not are of no matter."""
    assert operation.reads is not None
    given = {name: value for name, value in variables.items() if name in operation.reads.variables}
    parts = (version_of(schema), settings.GRAPHQL_EXECUTOR, document.sha256, operation.name or "")
    text = "\n".join(parts).encode() + orjson.dumps(given, option=orjson.OPT_SORT_KEYS)
    return sha256(text).hexdigest()


def generations_of(reads: Reads, variables: Mapping[str, Any]) -> list[str]:
    """The names of the generations with which the answer ends."""
    if not reads.calendars:
        return [catalogue.GENERATION]
    providers = reads.providers(variables)
    calendars = [calendar_days.ANY] if providers is None else map(calendar_days.generation, sorted(providers))
    return [catalogue.GENERATION, *calendars]


@cache
def version_of(schema: GraphQLSchema) -> str:
    """What tells this schema from a former one, whose answers may still be kept."""
    return sha256(print_schema(schema).encode()).hexdigest()
