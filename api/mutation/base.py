"""Mutations as declarations: a command of the domain, the fields of its input, and the type that it returns."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import graphene
from graphene.types.inputobjecttype import InputObjectTypeContainer
from graphene.utils.str_converters import to_snake_case
from graphql import GraphQLResolveInfo

from api.mutation.errors import ErrorCode, UserError
from api.types.ids import decode_ids
from ops.observation import observation
from reservation.domain.command import Command
from reservation.domain.errors import DomainError


class MutationInput(graphene.InputObjectType):
    """The fields that every mutation's input has."""

    class Meta:
        abstract = True

    idempotency_key = graphene.String(
        description=(
            "At most 255 characters. Repeating a mutation with the same key and the same input, by the same caller, "
            "has no further effect and returns the same object again, or NOT_FOUND if it is no longer visible."
        )
    )


class MutationPayload(graphene.ObjectType):
    """The fields that every mutation's payload has."""

    class Meta:
        abstract = True

    user_errors = graphene.List(
        graphene.NonNull(UserError),
        required=True,
        description="Why nothing was changed. Empty on success; otherwise all other fields are null.",
    )


class Result(graphene.Field):
    """The field of a payload that holds what the command returned."""


class Read(graphene.Field):
    """A field of a payload that is read after the command, with the same arguments."""

    def __init__(self, type_: Any, read: Callable[..., Any], *, description: str) -> None:
        super().__init__(type_, description=description)
        self.read = read


class Mutation(graphene.Mutation):
    """One command of the domain. A subclass declares:

    command: the domain function, which takes the fields of the input as arguments.
    returns: the GraphQL type of the object that it returns. The payload has one field of this type, named for it.
    Input: the fields of the input beside the idempotency key.
    Payload: instead of `returns`, the fields of the payload: one Result, and any number of Reads.

    The names of the input type, the payload type and the root field derive from the name of the class.
    """

    class Meta:
        abstract = True

    command: ClassVar[Command[..., Any]]
    returns: ClassVar[Any]
    Input: ClassVar[type]
    Payload: ClassVar[type]

    @classmethod
    def __init_subclass_with_meta__(cls, **options: Any) -> None:
        name = cls.__name__
        if not hasattr(cls, "Payload"):
            noun = to_snake_case(cls.returns.__name__)
            cls.Payload = type("Payload", (), {noun: Result(cls.returns, description=f"The {noun}.")})
        input_type = subtype(MutationInput, cls.Input, name=f"{name}Input", description=f"The input of {name}.")
        payload = subtype(MutationPayload, cls.Payload, name=f"{name}Payload", description=f"The payload of {name}.")
        argument = input_type(required=True, description="The values of the change.")
        super().__init_subclass_with_meta__(output=payload, arguments={"input": argument}, **options)

    @classmethod
    def mutate(cls, _root: None, info: GraphQLResolveInfo, input: InputObjectTypeContainer) -> graphene.ObjectType:
        """Call the command, and return the payload: the result, or the user error."""
        context, payload = info.context, cls._meta.output
        try:
            arguments = decode_ids(type(input), input)
            key = arguments.pop("idempotency_key", None)
            if key is None:
                key = context.key_for(info.path.key)
            result = cls.command.once(key, caller=context.caller, now=context.now, **arguments)
            return payload(user_errors=[], **cls.values(result, arguments))
        except DomainError as error:
            if error.code not in ErrorCode.__members__:
                raise
            observation().record_error({"code": error.code})
            return payload(user_errors=[UserError.of(error)])
        finally:
            context.clear_loaders()

    @classmethod
    def values(cls, result: Any, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The values of the payload's own fields."""
        fields = cls._meta.output._meta.fields.items()
        reads = {name: field.read(**arguments) for name, field in fields if isinstance(field, Read)}
        return {name: result for name, field in fields if isinstance(field, Result)} | reads


def subtype(base: type, fields: type, *, name: str, description: str) -> Any:
    """A GraphQL type with the fields of both."""
    return type(name, (fields, base), {"__doc__": description})
