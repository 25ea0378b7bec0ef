"""Trusted documents: where a manifest is named, what stands in it is served, and nothing else.

Two formats are read: that of Apollo's `generate-persisted-query-manifest`, and the map from id to text that
relay-compiler and graphql-codegen write.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from graphql import GraphQLError

from api.documents.document import document_hash
from api.documents.persisted import SHA_256_PREFIX
from api.http.codes import Code
from api.http.errors import RequestError, coded

OPERATION = re.compile(r"^\s*(?:query|mutation|subscription)\s+([_A-Za-z][_0-9A-Za-z]*)", re.MULTILINE)
"""An operation that begins on a line of its own, and its name."""

APOLLO = "apollo-persisted-query-manifest"


def is_restricted() -> bool:
    """Whether only trusted documents are served."""
    return bool(settings.GRAPHQL_TRUSTED_DOCUMENTS)


def trusted_source(*, source: str | None, document_id: str | None) -> str:
    """The text of the trusted document that is asked for, by its id or in full. Raises RequestError."""
    by_id, texts = read_manifest(settings.GRAPHQL_TRUSTED_DOCUMENTS)
    found = by_id.get(document_id) if document_id else source
    if found is None or found not in texts or (source or found) != found:
        message = "Only published documents are served here, and this is none of them."
        raise RequestError(coded(GraphQLError(message), Code.PERSISTED_QUERY_NOT_FOUND))
    return found


@lru_cache(maxsize=1)
def read_manifest(path: str) -> tuple[dict[str, str], frozenset[str]]:
    """The texts by id and by hash, and by themselves. Raises ImproperlyConfigured for what is no manifest."""
    try:
        given = orjson.loads(Path(path).read_bytes())
        if given.get("format") == APOLLO:
            given = {one["id"]: one["body"] for one in given["operations"]}
        by_id = {text(key): text(body) for key, body in given.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ImproperlyConfigured(f"GRAPHQL_TRUSTED_DOCUMENTS: {path} is no manifest ({error}).") from error
    texts = frozenset(by_id.values())
    hashes = {document_hash(source): source for source in texts}
    prefixed = {SHA_256_PREFIX + sha256: source for sha256, source in hashes.items()}
    return {**prefixed, **hashes, **by_id}, texts


def operation_names(path: str) -> list[str]:
    """The names of the operations in a manifest. A text that is no document is told of when it is asked for."""
    _, texts = read_manifest(path)
    return sorted({name for source in texts for name in OPERATION.findall(source)})


def text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a text is expected in the place of {value!r}")
    return value
