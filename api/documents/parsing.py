"""Parsing and validating documents: once for each text, while it is cached. Invalid documents are not cached."""

import re
import sys
from collections.abc import Iterator
from threading import Lock

from cachetools import LRUCache, cached
from django.conf import settings
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    KnownFragmentNamesRule,
    NoFragmentCyclesRule,
    OperationDefinitionNode,
    UniqueFragmentNamesRule,
    parse,
    specified_rules,
    validate,
)

from api.documents.document import Document, Operation, document_hash
from api.documents.introspection import uses_introspection
from api.documents.public_reads import find_public_reads
from api.documents.texts import remember_text
from api.http.codes import Code
from api.http.errors import RequestError, coded
from api.limits.errors import limit_exceeded
from api.limits.fragments import has_sound_fragments
from api.limits.pricing import OperationCost
from api.limits.structure import check_structure

MAX_ERRORS = 10
"""How many validation errors of a document are reported: finding each takes time."""

TOKEN_BYTES = 700
"""Memory per token of a document, including its part of the tree and of the cost: 300 to 630 bytes, measured."""

FRAGMENT_RULES = (UniqueFragmentNamesRule, KnownFragmentNamesRule, NoFragmentCyclesRule)
"""The rules that report unsound fragments. The other rules are slow on documents with such fragments."""

STRING_TOKEN = re.compile(r"\b(String|BlockString) ['\"].*['\"]", re.DOTALL)

PARSER_LIMITS = {
    "Syntax Error: Document contains more than": ("tokens", Code.QUERY_TOO_COMPLEX),
    "Syntax Error: Document is nested too deeply": ("nesting", Code.QUERY_TOO_DEEP),
}
"""How the messages of graphql-core begin when a document exceeds a limit of its parser."""


# --- The document cache ----------------------------------------------------------------------------------------------


def memory(document: Document) -> int:
    """About how many bytes a document takes, with its text and the strings that are cut out of it."""
    text = document.tree.loc.source.body if document.tree.loc else ""
    return TOKEN_BYTES * sum(1 for _ in tokens(document.tree)) + 3 * sys.getsizeof(text)


def tokens(tree: DocumentNode) -> Iterator[object]:
    token = tree.loc.start_token if tree.loc else None
    while token:
        yield token
        token = token.next


def document_key(schema: GraphQLSchema, source: str) -> tuple[int, str]:
    return id(schema), source


_documents: LRUCache[tuple[int, str], Document] = LRUCache(settings.GRAPHQL_DOCUMENT_CACHE_BYTES, getsizeof=memory)
_lock = Lock()


def is_cached(schema: GraphQLSchema, source: str) -> bool:
    """Whether this text has been parsed and validated already."""
    with _lock:
        return document_key(schema, source) in _documents


# --- Parsing ---------------------------------------------------------------------------------------------------------


@cached(_documents, key=document_key, lock=_lock)
def parse_document(schema: GraphQLSchema, source: str) -> Document:
    """The document of this text. Raises RequestError when it is not valid or exceeds a limit."""
    tree = parse_text(source)
    if not has_sound_fragments(tree):
        check_rules(schema, tree, FRAGMENT_RULES)
    check_structure(tree)
    check_rules(schema, tree, specified_rules)
    fragments = {one.name.value: one for one in tree.definitions if isinstance(one, FragmentDefinitionNode)}
    nodes = [one for one in tree.definitions if isinstance(one, OperationDefinitionNode)]
    operations = [make_operation(schema, tree, node, fragments) for node in nodes]
    by_name = {operation.name: operation for operation in operations}
    sha256 = document_hash(source)
    remember_text(sha256, source)
    return Document(tree, sha256, by_name, uses_introspection(tree))


def make_operation(
    schema: GraphQLSchema,
    tree: DocumentNode,
    node: OperationDefinitionNode,
    fragments: dict[str, FragmentDefinitionNode],
) -> Operation:
    """The operation of this node. Raises RequestError when the schema has no root type for it."""
    if schema.get_root_type(node.operation) is None:
        error = GraphQLError(f"There is no {node.operation.value} in the schema.", node)
        raise RequestError(coded(error, Code.GRAPHQL_VALIDATION_FAILED))
    cost = OperationCost(schema, node, fragments)
    fields = tuple(item.name for item in cost.fields)
    public_reads = find_public_reads(schema, tree, node)
    return Operation(node, node.name.value if node.name else None, node.operation, fields, cost, public_reads)


def parse_text(source: str) -> DocumentNode:
    """The tree of this text. Raises RequestError when it has a syntax error or exceeds a limit of the parser."""
    maximum = settings.GRAPHQL_MAX_CHARACTERS
    if len(source) > maximum:
        message = f"A document has at most {maximum} characters."
        raise limit_exceeded("characters", maximum, message, code=Code.PAYLOAD_TOO_LARGE)
    try:
        return parse(source, max_tokens=settings.GRAPHQL_MAX_TOKENS)
    except GraphQLSyntaxError as error:
        for beginning, (limit, code) in PARSER_LIMITS.items():
            extensions = {"maximum": settings.GRAPHQL_MAX_TOKENS} if limit == "tokens" else {}
            if error.message.startswith(beginning):
                raise RequestError(coded(error, code, limit=limit, **extensions)) from error
        # A string may be personal data, so the message does not repeat it: the error's location identifies it.
        error.message = STRING_TOKEN.sub(r"\1", error.message)
        raise RequestError(coded(error, Code.GRAPHQL_PARSE_FAILED)) from error


def check_rules(schema: GraphQLSchema, tree: DocumentNode, rules: tuple[type, ...]) -> None:
    """Raise RequestError, with up to MAX_ERRORS errors, when the document breaks a validation rule."""
    if errors := validate(schema, tree, rules, max_errors=MAX_ERRORS):
        raise RequestError(*(coded(error, Code.GRAPHQL_VALIDATION_FAILED) for error in errors))
