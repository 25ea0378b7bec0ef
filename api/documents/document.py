"""Valid documents and their operations, with everything about them that is computed once, before any execution."""

from dataclasses import dataclass
from hashlib import sha256

from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, OperationType

from api.documents.public_reads import PublicReads
from api.http.codes import Code
from api.http.errors import RequestError, coded
from api.limits.pricing import OperationCost


@dataclass(frozen=True, eq=False)
class Operation:
    """An operation of a valid document.

    fields: the names of its root fields, each as often as it is selected.
    cost: returns its cost for given variables.
    public_reads: what it reads, when its response is the same for every caller; otherwise None.
    """

    node: OperationDefinitionNode
    name: str | None
    kind: OperationType
    fields: tuple[str, ...]
    cost: OperationCost
    public_reads: PublicReads | None


@dataclass(frozen=True, eq=False)
class Document:
    """A valid document.

    sha256: the hash of its text.
    uses_introspection: whether any of its operations selects `__schema` or `__type`.
    """

    tree: DocumentNode
    sha256: str
    operations: dict[str | None, Operation]
    uses_introspection: bool

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
    """SHA-256 in hexadecimal: the id under which clients register a document."""
    return sha256(source.encode()).hexdigest()
