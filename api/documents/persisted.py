"""Automatic persisted queries, by Apollo's protocol: a document is sent once, and later by its hash.

Their texts are stored in the cache that all processes share, if there is one. Only valid documents are stored, and a
text from the cache is used only when it has the hash that it is stored under. A document that this process has parsed
itself needs no cache: its hash is enough, also while Memcached is slow or away.

Anybody may register documents, so they have a fixed number of places in the cache, and cannot evict what else is there:
each has four of them, and replaces a document in one when none is free.
"""

import random
import re

from django.conf import settings
from django.core.cache import caches
from graphql import GraphQLError, GraphQLSchema

from api.documents.document import Document, document_hash
from api.documents.parsing import parse_document
from api.documents.texts import remember_text, remembered_text
from api.http.codes import Code
from api.http.errors import RequestError, coded

CACHE_ALIAS = "documents"
TTL_SECONDS = 24 * 60 * 60

PLACES = 512
"""How many documents the cache has at most."""

MAX_TEXT_BYTES = 16 * 1024
"""A longer text is not stored, so that all documents together take at most 8 MiB of the cache."""

SHA_256_PREFIX = "sha256:"
"""The prefix of a document id that is a hash, by the GraphQL-over-HTTP specification."""

SHA_256 = re.compile(r"[0-9a-f]{64}")

NOT_FOUND = "PersistedQueryNotFound"
NOT_SUPPORTED = "PersistedQueryNotSupported"
"""The messages by which Apollo's clients recognise these errors."""


def persisted_document(schema: GraphQLSchema, *, source: str | None, sha256: str) -> Document:
    """The document with this hash. If its text is given too, it is registered. Raises RequestError."""
    text = persisted_source(source=source, sha256=sha256)
    document = parse_document(schema, text)
    if source is not None:
        remember_text(document.sha256, text)
        register(document.sha256, text)
    return document


def persisted_source(*, source: str | None, sha256: str) -> str:
    """The text of the document with this hash, which may be given too. Raises RequestError."""
    if not settings.GRAPHQL_PERSISTED_QUERIES:
        raise RequestError(coded(GraphQLError(NOT_SUPPORTED), Code.PERSISTED_QUERY_NOT_SUPPORTED))
    sha256 = sha256.removeprefix(SHA_256_PREFIX)
    if not SHA_256.fullmatch(sha256):
        raise not_found()
    if source is None:
        return registered_source(sha256)
    if document_hash(source) != sha256:
        raise RequestError(coded(GraphQLError("The hash is not that of the document."), Code.BAD_USER_INPUT))
    return source


def register(sha256: str, text: str) -> None:
    """Store the text of a valid document for all processes, unless it is there already or too long."""
    if len(text.encode()) > MAX_TEXT_BYTES:
        return
    cache, keys = caches[CACHE_ALIAS], document_cache_keys(sha256)
    stored = cache.get_many(keys)
    if text not in stored.values():
        free = [key for key in keys if key not in stored]
        cache.set(random.choice(free or keys), text, TTL_SECONDS)


def registered_source(sha256: str) -> str:
    """The text of this hash that this process has parsed, or that another one has registered. Raises RequestError."""
    if (text := remembered_text(sha256)) is not None:
        return text
    for text in caches[CACHE_ALIAS].get_many(document_cache_keys(sha256)).values():
        if isinstance(text, str) and document_hash(text) == sha256:
            remember_text(sha256, text)
            return text
    raise not_found()


def not_found() -> RequestError:
    return RequestError(coded(GraphQLError(NOT_FOUND), Code.PERSISTED_QUERY_NOT_FOUND))


def document_cache_keys(sha256: str) -> list[str]:
    """The cache keys of the places that the document with this hash can have, by parts of the hash."""
    return [f"document:{int(sha256[start : start + 8], 16) % PLACES}" for start in (0, 8, 16, 24)]
