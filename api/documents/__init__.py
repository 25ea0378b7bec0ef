"""Which document a request means: its text, the hash of one sent before, or the id of a trusted one."""

from graphql import GraphQLSchema

from api.documents.document import Document, Operation, is_kept, parse_document
from api.documents.persisted import persisted_document
from api.documents.trusted import is_restricted, trusted_source

__all__ = ["Document", "Operation", "find_document", "is_new", "is_restricted", "parse_document"]


def is_new(schema: GraphQLSchema, *, source: str | None) -> bool:
    """Whether this text would have to be parsed and validated first."""
    return source is not None and not is_kept(schema, source)


def find_document(schema: GraphQLSchema, *, source: str | None, document_id: str | None) -> Document:
    """The valid document that is asked for. Raises RequestError.

    source: its text. document_id: the SHA-256 of the text, or the id under which a manifest has it. One is given.
    """
    if is_restricted():
        return parse_document(schema, trusted_source(source=source, document_id=document_id))
    if document_id is not None:
        return persisted_document(schema, source=source, sha256=document_id)
    assert source is not None
    return parse_document(schema, source)
