"""The response cache: encoded responses to public operations, in Memcached, with a TTL of seconds."""

from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from graphql import GraphQLSchema, print_schema

from api.documents import Document, Operation
from api.documents.public_reads import PublicReads
from cache.catalogue import CATALOGUE_GENERATION, is_enabled
from cache.invalidation import ALL_CALENDARS, calendar_generation
from cache.responses import find_response


class EncodedResponse(NamedTuple):
    """A response as JSON.

    has_errors: whether it has errors. is_public: whether it is the same for every caller.
    """

    body: bytes
    has_errors: bool
    is_public: bool


def encode(result: dict[str, Any], *, is_public: bool = False) -> EncodedResponse:
    """The result as JSON. is_public: whether it is the same for every caller; one with errors is never public."""
    has_errors = "errors" in result
    return EncodedResponse(orjson.dumps(result), has_errors, is_public and not has_errors)


def cached_response(
    schema: GraphQLSchema,
    document: Document,
    operation: Operation,
    variables: Mapping[str, Any],
    execute: Callable[[], dict[str, Any]],
) -> EncodedResponse:
    """The cached response to this public operation, or else the result of `execute`, which is then cached."""
    assert operation.public_reads is not None
    if not settings.GRAPHQL_RESPONSE_CACHE_SECONDS or not is_enabled():
        return encode(execute(), is_public=True)
    key = response_key(schema, document, operation, variables)
    generations = generations_of(operation.public_reads, variables)
    with find_response(key, generations=generations, seconds=settings.GRAPHQL_RESPONSE_CACHE_SECONDS) as cached:
        if cached.body is not None:
            return EncodedResponse(cached.body, has_errors=False, is_public=True)
        encoded = encode(execute(), is_public=True)
        if not encoded.has_errors:
            cached.store(encoded.body)
        return encoded


def response_key(schema: GraphQLSchema, document: Document, operation: Operation, variables: Mapping[str, Any]) -> str:
    """A hash of everything that the response depends on except the data. Undeclared variables are ignored."""
    assert operation.public_reads is not None
    declared = {name: value for name, value in variables.items() if name in operation.public_reads.variables}
    parts = (version_of(schema), settings.GRAPHQL_EXECUTOR, document.sha256, operation.name or "")
    text = "\n".join(parts).encode() + orjson.dumps(declared, option=orjson.OPT_SORT_KEYS)
    return sha256(text).hexdigest()


def generations_of(reads: PublicReads, variables: Mapping[str, Any]) -> list[str]:
    """The names of the generations that invalidate the response when they change."""
    if not reads.calendars:
        return [CATALOGUE_GENERATION]
    providers = reads.providers(variables)
    calendars = [ALL_CALENDARS] if providers is None else map(calendar_generation, sorted(providers))
    return [CATALOGUE_GENERATION, *calendars]


@cache
def version_of(schema: GraphQLSchema) -> str:
    """A hash of the schema: after a deploy, responses of an earlier schema may still be cached."""
    return sha256(print_schema(schema).encode()).hexdigest()
