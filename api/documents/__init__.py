"""The document of a request: given by its text, by the hash of a persisted one, or by the id of a trusted one."""

from graphql import GraphQLSchema

from api.documents.document import Document, Operation
from api.documents.parsing import is_cached, parse_document
from api.documents.persisted import persisted_document, persisted_source
from api.documents.trusted import is_restricted, trusted_source

__all__ = ["Document", "Operation", "find_document", "is_new", "is_restricted", "parse_document"]


def is_new(schema: GraphQLSchema, *, source: str | None, document_id: str | None) -> bool:
    """Whether the document that a request names would have to be parsed and validated first.

    A trusted one that is named by its id never counts as new. Raises RequestError for an unknown hash.
    """
    if document_id is not None and not is_restricted():
        source = persisted_source(source=source, sha256=document_id)
    return source is not None and not is_cached(schema, source)


def find_document(schema: GraphQLSchema, *, source: str | None, document_id: str | None) -> Document:
    """The valid document that a request names. Raises RequestError.

    source: its text. document_id: the SHA-256 of the text, or its id in the manifest. At least one is given.
    """
    if is_restricted():
        return parse_document(schema, trusted_source(source=source, document_id=document_id))
    if document_id is not None:
        return persisted_document(schema, source=source, sha256=document_id)
    assert source is not None
    return parse_document(schema, source)
