"""Automatic persisted queries, by Apollo's protocol: a document is sent once, and later by its hash.

Their texts are stored in the cache that all processes share, if there is one. Only valid documents are stored, and a
text from the cache is used only when it has the hash that it is stored under. A document that this process has parsed
itself needs no cache: its hash is enough, also while Memcached is slow or away.
"""

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

SHA_256_PREFIX = "sha256:"
"""The prefix of a document id that is a hash, by the GraphQL-over-HTTP specification."""

SHA_256 = re.compile(r"[0-9a-f]{64}")

NOT_FOUND = "PersistedQueryNotFound"
NOT_SUPPORTED = "PersistedQueryNotSupported"
"""The messages by which Apollo's clients recognise these errors."""


def persisted_document(schema: GraphQLSchema, *, source: str | None, sha256: str) -> Document:
    """The document with this hash. If its text is given too, it is registered. Raises RequestError."""
    if not settings.GRAPHQL_PERSISTED_QUERIES:
        raise RequestError(coded(GraphQLError(NOT_SUPPORTED), Code.PERSISTED_QUERY_NOT_SUPPORTED))
    sha256 = sha256.removeprefix(SHA_256_PREFIX)
    if not SHA_256.fullmatch(sha256):
        raise not_found()
    if source is None:
        return parse_document(schema, registered_source(sha256))
    if document_hash(source) != sha256:
        raise RequestError(coded(GraphQLError("The hash is not that of the document."), Code.BAD_USER_INPUT))
    document = parse_document(schema, source)
    remember_text(sha256, source)
    caches[CACHE_ALIAS].set(document_cache_key(sha256), source, TTL_SECONDS)
    return document


def registered_source(sha256: str) -> str:
    """The text of this hash that this process has parsed, or that another one has registered. Raises RequestError."""
    if (text := remembered_text(sha256)) is not None:
        return text
    text = caches[CACHE_ALIAS].get(document_cache_key(sha256))
    if not isinstance(text, str) or document_hash(text) != sha256:
        raise not_found()
    remember_text(sha256, text)
    return text


def not_found() -> RequestError:
    return RequestError(coded(GraphQLError(NOT_FOUND), Code.PERSISTED_QUERY_NOT_FOUND))


def document_cache_key(sha256: str) -> str:
    return f"document:{sha256}"
