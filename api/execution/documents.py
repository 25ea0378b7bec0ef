"""Documents are parsed and validated once; those that fail are not kept."""

from functools import lru_cache

from django.conf import settings
from graphql import DocumentNode, GraphQLError, GraphQLSchema, GraphQLSyntaxError, parse, specified_rules, validate

from api.errors import Code, coded
from api.limits import MaxDepthRule

CACHED_DOCUMENTS = 512
RULES = (*specified_rules, MaxDepthRule)


class InvalidDocument(Exception):
    """The text is no document of this schema; `errors` says why, each with its code."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors)
        self.errors = errors


@lru_cache(maxsize=CACHED_DOCUMENTS)
def parse_document(schema: GraphQLSchema, source: str) -> DocumentNode:
    """The document that this text stands for. Raises InvalidDocument."""
    if len(source) > settings.GRAPHQL_MAX_CHARACTERS:
        too_long = GraphQLError(f"The document has more than {settings.GRAPHQL_MAX_CHARACTERS} characters.")
        raise InvalidDocument([coded(too_long, Code.GRAPHQL_PARSE_FAILED)])
    try:
        document = parse(source, max_tokens=settings.GRAPHQL_MAX_TOKENS)
        errors = validate(schema, document, RULES)
    except GraphQLSyntaxError as error:
        raise InvalidDocument([coded(error, Code.GRAPHQL_PARSE_FAILED)]) from error
    except RecursionError as error:
        too_deep = GraphQLError("The document is nested too deeply.")
        raise InvalidDocument([coded(too_deep, Code.QUERY_TOO_DEEP)]) from error
    if errors:
        raise InvalidDocument([coded(error, Code.GRAPHQL_VALIDATION_FAILED) for error in errors])
    return document
