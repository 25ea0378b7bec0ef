"""Trusted documents: when a manifest is configured, only the documents in it are served.

Two formats are supported: that of Apollo's `generate-persisted-query-manifest`, and the map from id to text that
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
"""An operation that begins a line, and its name."""

APOLLO = "apollo-persisted-query-manifest"


def is_restricted() -> bool:
    """Whether only trusted documents are served."""
    return bool(settings.GRAPHQL_TRUSTED_DOCUMENTS)


def trusted_source(*, source: str | None, document_id: str | None) -> str:
    """The text of a trusted document, given by its id or in full. Raises RequestError when there is none."""
    by_id, texts = read_manifest(settings.GRAPHQL_TRUSTED_DOCUMENTS)
    found = by_id.get(document_id) if document_id else source
    if found is None or found not in texts or (source or found) != found:
        message = "Only published documents are served here, and this one is not published."
        raise RequestError(coded(GraphQLError(message), Code.PERSISTED_QUERY_NOT_FOUND))
    return found


@lru_cache(maxsize=1)
def read_manifest(path: str) -> tuple[dict[str, str], frozenset[str]]:
    """The texts by id and by hash, and the set of all texts. Raises ImproperlyConfigured for an invalid manifest."""
    try:
        content = orjson.loads(Path(path).read_bytes())
        if content.get("format") == APOLLO:
            content = {one["id"]: one["body"] for one in content["operations"]}
        by_id = {require_string(key): require_string(body) for key, body in content.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ImproperlyConfigured(f"GRAPHQL_TRUSTED_DOCUMENTS: {path} is not a manifest ({error}).") from error
    texts = frozenset(by_id.values())
    hashes = {document_hash(source): source for source in texts}
    prefixed = {SHA_256_PREFIX + sha256: source for sha256, source in hashes.items()}
    return {**prefixed, **hashes, **by_id}, texts


def operation_names(path: str) -> list[str]:
    """The names of the operations in a manifest. A text that is not valid is reported only when it is requested."""
    _, texts = read_manifest(path)
    return sorted({name for source in texts for name in OPERATION.findall(source)})


def require_string(value: Any) -> str:
    """The value itself. Raises TypeError unless it is a string."""
    if not isinstance(value, str):
        raise TypeError(f"a string is expected instead of {value!r}")
    return value
