"""Documents: parsed, checked and validated once, and kept while there is room. Those that fail are not kept."""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
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
    OperationType,
    UniqueFragmentNamesRule,
    parse,
    specified_rules,
    validate,
)

from api.documents.introspection import introspects
from api.documents.public_reads import Reads, what_everybody_reads
from api.documents.rules import together
from api.http.codes import Code
from api.http.errors import RequestError, coded
from api.limits.exceeded import exceeded
from api.limits.pricing import CostOf
from api.limits.structure import check_structure, has_sound_fragments

MAX_ERRORS = 10
"""How many errors of a document are told; each costs time to word."""

TOKEN_BYTES = 700
"""What a token of a document takes in memory, with its part of the tree and of the cost: 300 to 630, measured."""

FRAGMENT_RULES = (UniqueFragmentNamesRule, KnownFragmentNamesRule, NoFragmentCyclesRule)
"""They word what is wrong with fragments that are not sound. No other rule is tried on those: none is quick there."""

RULES = (together(specified_rules),)

STRING_TOKEN = re.compile(r"\b(String|BlockString) ['\"].*['\"]", re.DOTALL)

PARSER_LIMITS = {
    "Syntax Error: Document contains more than": ("tokens", Code.QUERY_TOO_COMPLEX),
    "Syntax Error: Document is nested too deeply": ("nesting", Code.QUERY_TOO_DEEP),
}
"""How graphql-core words that a document goes beyond its parser's limits."""


@dataclass(frozen=True, eq=False)
class Operation:
    """An operation of a valid document.

    fields: the names of its root fields, each as often as it is selected.
    cost: tells what it costs with these variables.
    reads: what it reads, when everybody is told the same of it.
    """

    node: OperationDefinitionNode
    name: str | None
    kind: OperationType
    fields: tuple[str, ...]
    cost: CostOf
    reads: Reads | None


@dataclass(frozen=True, eq=False)
class Document:
    """A document that fits the schema, and what is known of it before it is executed.

    sha256: the hash of its text.
    """

    tree: DocumentNode
    sha256: str
    operations: dict[str | None, Operation]
    introspects: bool

    def operation(self, name: str | None) -> Operation:
        """The operation of this name, or the only one. Raises RequestError when there is none, or several."""
        if name is None and len(self.operations) == 1:
            return next(iter(self.operations.values()))
        if name is None or name not in self.operations:
            message = (
                "The document has no operation of this name." if name else "Name the operation: there are several."
            )
            raise RequestError(coded(GraphQLError(message), Code.OPERATION_RESOLUTION_FAILURE))
        return self.operations[name]


def document_hash(source: str) -> str:
    """SHA-256 in hexadecimal: the name under which clients register a document."""
    return sha256(source.encode()).hexdigest()


def memory(document: Document) -> int:
    """About how many bytes a document takes, with its text and the strings that are cut out of it."""
    text = document.tree.loc.source.body if document.tree.loc else ""
    return TOKEN_BYTES * sum(1 for _ in tokens(document.tree)) + 3 * sys.getsizeof(text)


def tokens(tree: DocumentNode) -> Iterator[object]:
    token = tree.loc.start_token if tree.loc else None
    while token:
        yield token
        token = token.next


_kept: LRUCache[tuple[int, str], Document] = LRUCache(settings.GRAPHQL_DOCUMENT_CACHE_BYTES, getsizeof=memory)


_lock = Lock()


def cache_key(schema: GraphQLSchema, source: str) -> tuple[int, str]:
    return id(schema), source


def is_kept(schema: GraphQLSchema, source: str) -> bool:
    """Whether this text has been parsed and validated already."""
    with _lock:
        return cache_key(schema, source) in _kept


@cached(_kept, key=cache_key, lock=_lock)
def parse_document(schema: GraphQLSchema, source: str) -> Document:
    """The document that this text stands for. Raises RequestError."""
    tree = parse_text(source)
    if not has_sound_fragments(tree):
        check_rules(schema, tree, FRAGMENT_RULES)
    check_structure(tree)
    check_rules(schema, tree, RULES)
    fragments = {one.name.value: one for one in tree.definitions if isinstance(one, FragmentDefinitionNode)}
    operations = [one for one in tree.definitions if isinstance(one, OperationDefinitionNode)]
    found = [make_operation(schema, tree, one, fragments) for one in operations]
    by_name = {operation.name: operation for operation in found}
    return Document(tree, document_hash(source), by_name, introspects(tree))


def make_operation(
    schema: GraphQLSchema,
    tree: DocumentNode,
    node: OperationDefinitionNode,
    fragments: dict[str, FragmentDefinitionNode],
) -> Operation:
    if schema.get_root_type(node.operation) is None:
        error = GraphQLError(f"There is no {node.operation.value} in the schema.", node)
        raise RequestError(coded(error, Code.GRAPHQL_VALIDATION_FAILED))
    cost = CostOf(schema, node, fragments)
    fields = tuple(item.field for item in cost.items)
    reads = what_everybody_reads(schema, tree, node)
    return Operation(node, node.name.value if node.name else None, node.operation, fields, cost, reads)


def parse_text(source: str) -> DocumentNode:
    most = settings.GRAPHQL_MAX_CHARACTERS
    if len(source) > most:
        message = f"A document has at most {most} characters."
        raise exceeded("characters", most, message, code=Code.PAYLOAD_TOO_LARGE)
    try:
        return parse(source, max_tokens=settings.GRAPHQL_MAX_TOKENS)
    except GraphQLSyntaxError as error:
        for words, (limit, code) in PARSER_LIMITS.items():
            maximum = {"maximum": settings.GRAPHQL_MAX_TOKENS} if limit == "tokens" else {}
            if error.message.startswith(words):
                raise RequestError(coded(error, code, limit=limit, **maximum)) from error
        # A string may be somebody's own: which one it was, its place tells.
        error.message = STRING_TOKEN.sub(r"\1", error.message)
        raise RequestError(coded(error, Code.GRAPHQL_PARSE_FAILED)) from error
    except RecursionError as error:
        too_deep = GraphQLError("The document is nested too deeply.")
        raise RequestError(coded(too_deep, Code.QUERY_TOO_DEEP, limit="nesting")) from error


def check_rules(schema: GraphQLSchema, tree: DocumentNode, rules: tuple[type, ...]) -> None:
    if errors := validate(schema, tree, rules, max_errors=MAX_ERRORS):
        raise RequestError(*(coded(error, Code.GRAPHQL_VALIDATION_FAILED) for error in errors))
