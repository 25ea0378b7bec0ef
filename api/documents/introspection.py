"""Who may learn the schema from the server."""

from django.conf import settings
from graphql import BREAK, DocumentNode, FieldNode, GraphQLError, Visitor, VisitorAction, visit

from api.codes import Code
from api.errors import RequestError, coded
from reservation.domain.caller import Caller

FIELDS = ("__schema", "__type")


class IntrospectionVisitor(Visitor):
    found = False

    def enter_field(self, node: FieldNode, *_args: object) -> VisitorAction:
        self.found = node.name.value in FIELDS
        return BREAK if self.found else None


def introspects(tree: DocumentNode) -> bool:
    """Whether the document asks for the schema. An object's `__typename` is no secret, and does not count."""
    visitor = IntrospectionVisitor()
    visit(tree, visitor)
    return visitor.found


def check_introspection(caller: Caller) -> None:
    """Raise RequestError unless the caller may see the schema."""
    if not (settings.GRAPHQL_INTROSPECTION or caller.is_staff):
        error = GraphQLError("The schema is not shown here.")
        raise RequestError(coded(error, Code.INTROSPECTION_DISABLED))


def may_learn_names(caller: Caller) -> bool:
    """Whether errors may tell the caller which names the schema has."""
    return bool(settings.GRAPHQL_SUGGESTIONS or caller.is_staff)


def hide_hints(error: RequestError, caller: Caller) -> RequestError:
    """The same refusal, without what it tells of the schema to a caller who may not see it.

    Which names there are shows in which of them are refused, so those who guess are told only that it does not fit.
    """
    codes = {(one.extensions or {})["code"] for one in error.errors}
    if may_learn_names(caller) or Code.GRAPHQL_VALIDATION_FAILED not in codes:
        return error
    hidden = GraphQLError("The document does not fit the schema.")
    return RequestError(coded(hidden, Code.GRAPHQL_VALIDATION_FAILED))
