"""Errors in the variables of a request. The messages never repeat a value, since it may be personal data."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLSchema,
    GraphQLType,
    OperationDefinitionNode,
    VariableDefinitionNode,
    coerce_input_value,  # pyright: ignore[reportUnknownVariableType] - no type arguments
    get_named_type,
    is_input_object_type,
    is_non_null_type,
    print_ast,
    type_from_ast,  # pyright: ignore[reportUnknownVariableType] - no type arguments
)

from api.http.codes import Code


def errors_in_variables(
    schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Mapping[str, Any], *, reveal_names: bool
) -> Iterator[GraphQLError]:
    """An error for each variable's value that does not fit its type.

    reveal_names: whether the messages may contain names of the schema.
    """
    for definition in operation.variable_definitions:
        name = definition.variable.name.value
        type_ = type_from_ast(schema, definition.type)
        for message in messages_about(name, type_, definition, variables, reveal_names=reveal_names):
            yield GraphQLError(message, definition, extensions={"code": Code.BAD_USER_INPUT.value})


def messages_about(
    name: str, type_: Any, definition: VariableDefinitionNode, variables: Mapping[str, Any], *, reveal_names: bool
) -> list[str]:
    value = variables.get(name)
    messages: list[str] = []

    def on_error(path: list[str | int], wrong: Any, error: GraphQLError) -> None:
        place = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
        expected = f" {reason(type_, path, wrong, error)}" if reveal_names else ""
        messages.append(f"Variable '${name}' does not fit{f' at {name}{place}' if place else ''}.{expected}")

    if value is not None:
        coerce_input_value(value, type_, on_error)
    elif is_non_null_type(type_) and (name in variables or not definition.default_value):
        must = "must not be null" if name in variables else "was not provided"
        messages.append(f"Variable '${name}' of type '{print_ast(definition.type)}' {must}.")
    return messages


def reason(type_: GraphQLType, path: list[str | int], wrong: Any, error: GraphQLError) -> str:
    """What is expected at this path: the error's own message, unless it repeats the value."""
    for key in path:
        named = get_named_type(type_)
        if isinstance(key, str) and isinstance(named, GraphQLInputObjectType):
            type_ = named.fields[key].type
    expected = get_named_type(type_)
    is_about_names = is_input_object_type(expected) and isinstance(wrong, dict)
    if is_about_names or (isinstance(wrong, str) and wrong not in error.message):
        return error.message
    return f"{expected} is expected."
