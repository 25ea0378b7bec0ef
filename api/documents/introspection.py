"""Introspection: which callers may read the schema from the server."""

from django.conf import settings
from graphql import BREAK, DocumentNode, FieldNode, GraphQLError, Visitor, VisitorAction, visit

from api.http.codes import Code
from api.http.errors import RequestError, coded
from reservation.domain.caller import Caller

FIELDS = ("__schema", "__type")


class IntrospectionVisitor(Visitor):
    found = False

    def enter_field(self, node: FieldNode, *_args: object) -> VisitorAction:
        self.found = node.name.value in FIELDS
        return BREAK if self.found else None


def uses_introspection(tree: DocumentNode) -> bool:
    """Whether the document selects `__schema` or `__type`. `__typename` is allowed to everybody, and does not count."""
    if tree.loc and not any(name in tree.loc.source.body for name in FIELDS):
        return False
    visitor = IntrospectionVisitor()
    visit(tree, visitor)
    return visitor.found


def check_introspection(caller: Caller) -> None:
    """Raise RequestError unless the caller may read the schema."""
    if not (settings.GRAPHQL_INTROSPECTION or caller.is_staff):
        error = GraphQLError("The schema is not shown here.")
        raise RequestError(coded(error, Code.INTROSPECTION_DISABLED))


def may_learn_names(caller: Caller) -> bool:
    """Whether errors may show the caller names of the schema."""
    return bool(settings.GRAPHQL_SUGGESTIONS or caller.is_staff)


def hide_names(refusal: RequestError, caller: Caller) -> RequestError:
    """The refusal, without names of the schema unless the caller may learn them.

    All validation errors become one without details, since the errors for guessed names would show which names exist.
    """
    if may_learn_names(caller):
        return refusal
    codes = {(error.extensions or {})["code"] for error in refusal.errors}
    if Code.GRAPHQL_VALIDATION_FAILED in codes:
        hidden = coded(GraphQLError("The document does not fit the schema."), Code.GRAPHQL_VALIDATION_FAILED)
        return RequestError(hidden)
    return refusal
