"""Automatic persisted queries, by Apollo's protocol: a document is sent once, and then named by its hash.

They are kept in the cache that all processes share, when there is one. A text is only believed when it has the hash
that it is kept under, and only valid documents are kept.
"""

import re
import sys
from threading import Lock

from cachetools import LRUCache, cached
from django.conf import settings
from django.core.cache import caches
from graphql import GraphQLError, GraphQLSchema

from api.documents.document import Document, document_hash, parse_document
from api.http.codes import Code
from api.http.errors import RequestError, coded

CACHE = "documents"
KEPT_SECONDS = 24 * 60 * 60
LOCAL_BYTES = 4 * 2**20
"""How much text each process remembers, so that a hash that is asked for often costs no look into the cache."""

SHA_256_PREFIX = "sha256:"
"""How the specification writes before a hash that it is one."""

SHA_256 = re.compile(r"[0-9a-f]{64}")

NOT_FOUND = "PersistedQueryNotFound"
NOT_SUPPORTED = "PersistedQueryNotSupported"
"""The messages by which clients of the protocol know what to do next."""


def persisted_document(schema: GraphQLSchema, *, source: str | None, sha256: str) -> Document:
    """The document with this hash; with its text, registered from now on. Raises RequestError."""
    if not settings.GRAPHQL_PERSISTED_QUERIES:
        raise RequestError(coded(GraphQLError(NOT_SUPPORTED), Code.PERSISTED_QUERY_NOT_SUPPORTED))
    sha256 = sha256.removeprefix(SHA_256_PREFIX)
    if not SHA_256.fullmatch(sha256):
        raise not_found()
    if source is None:
        return parse_document(schema, kept_source(sha256))
    if document_hash(source) != sha256:
        raise RequestError(coded(GraphQLError("The hash is not that of the document."), Code.BAD_USER_INPUT))
    document = parse_document(schema, source)
    caches[CACHE].set(cache_key(sha256), source, KEPT_SECONDS)
    return document


@cached(LRUCache(LOCAL_BYTES, getsizeof=sys.getsizeof), lock=Lock())
def kept_source(sha256: str) -> str:
    """The text that was registered under this hash. Raises RequestError."""
    source = caches[CACHE].get(cache_key(sha256))
    if not isinstance(source, str) or document_hash(source) != sha256:
        raise not_found()
    return source


def not_found() -> RequestError:
    return RequestError(coded(GraphQLError(NOT_FOUND), Code.PERSISTED_QUERY_NOT_FOUND))


def cache_key(sha256: str) -> str:
    return f"document:{sha256}"
