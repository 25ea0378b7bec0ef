"""What every mutation does: read the input, make one domain call, answer the object or what is wrong."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

import graphene
from django.db.models import Model
from graphene.utils.str_converters import to_camel_case
from graphql import GraphQLResolveInfo

from api.context import Context
from api.types.enums import enum_type
from api.types.ids import decode_ids
from ops.observation import observation
from reservation.domain.command import Command
from reservation.domain.errors import DomainError

R = TypeVar("R", bound=Model | int)


class ErrorCode(StrEnum):
    """Why a mutation did not do what it was asked for."""

    INVALID_INPUT = "INVALID_INPUT"
    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "FORBIDDEN"
    APPOINTMENT_TAKEN = "APPOINTMENT_TAKEN"
    TOO_SOON = "TOO_SOON"
    HOLD_EXPIRED = "HOLD_EXPIRED"
    INVALID_TRANSITION = "INVALID_TRANSITION"
    TOO_LATE_TO_CANCEL = "TOO_LATE_TO_CANCEL"
    TOO_MANY_HOLDS = "TOO_MANY_HOLDS"
    CLIENT_BUSY = "CLIENT_BUSY"
    EMAIL_TAKEN = "EMAIL_TAKEN"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"


UserErrorCode = enum_type(
    "UserErrorCode",
    ErrorCode,
    {
        ErrorCode.INVALID_INPUT: "An argument can never be right. Change it.",
        ErrorCode.NOT_FOUND: "There is nothing with this id that the viewer may know of.",
        ErrorCode.FORBIDDEN: "The viewer may not do this.",
        ErrorCode.APPOINTMENT_TAKEN: "Somebody else has the time, or it is no longer offered. Choose another.",
        ErrorCode.TOO_SOON: "It begins before the lead time is over. Choose a later one.",
        ErrorCode.HOLD_EXPIRED: "The hold lapsed before it was confirmed. Reserve again.",
        ErrorCode.INVALID_TRANSITION: "The reservation is not in a state from which this can be done.",
        ErrorCode.TOO_LATE_TO_CANCEL: "It has begun, or begins too soon to be given up.",
        ErrorCode.TOO_MANY_HOLDS: "The client has as many unconfirmed reservations as it may. Confirm or cancel one.",
        ErrorCode.CLIENT_BUSY: "The client has another reservation at this time.",
        ErrorCode.EMAIL_TAKEN: "There is an account with this address.",
        ErrorCode.IDEMPOTENCY_KEY_REUSED: "The key was used with another input. Take a new one.",
    },
)


class UserError(graphene.ObjectType):
    """What the caller can act on."""

    code = UserErrorCode(required=True, description="The stable name of what is wrong.")
    message = graphene.String(required=True, description="A sentence for people.")
    field = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description='The path in the input that it is about, e.g. ["startsAt"]; empty when it is about no single one.',
    )


class Input(graphene.InputObjectType):
    """What every mutation's input has."""

    class Meta:
        abstract = True

    idempotency_key = graphene.String(
        description=(
            "At most 255 characters. The same key with the same input, by the same caller, has its effect once and "
            "answers the same object again."
        )
    )


class Payload(graphene.ObjectType):
    """What every mutation's payload has."""

    class Meta:
        abstract = True

    user_errors = graphene.List(
        graphene.NonNull(UserError),
        required=True,
        description="What is wrong; empty on success, and then the object is there.",
    )


class Call:
    """One domain call: it adds who asks, when, and the idempotency key to what a mutation passes on."""

    def __init__(self, context: Context, key: str | None) -> None:
        self.context = context
        self.key = key

    def __call__(self, command: Command[..., R], **arguments: Any) -> R:
        return command.once(self.key, caller=self.context.caller, now=self.context.now, **arguments)


class Mutation(graphene.Mutation):
    """A subclass names its input and its payload, and says in `perform` which domain call answers what."""

    class Meta:
        abstract = True

    perform: ClassVar[Callable[..., dict[str, Any]]]

    @classmethod
    def mutate(cls, _root: None, info: GraphQLResolveInfo, input: graphene.InputObjectType) -> Any:
        payload = cls._meta.output
        try:
            arguments = decode_ids(type(input), input)
            key = arguments.pop("idempotency_key", None)
            call = Call(info.context, info.context.key_for(info.path.key) if key is None else key)
            return payload(user_errors=[], **cls.perform(call, **arguments))
        except DomainError as error:
            if error.code not in ErrorCode.__members__:
                raise
            observation().fail({"code": error.code})
            return payload(user_errors=[user_error(error)])
        finally:
            info.context.forget()


def user_error(error: DomainError) -> UserError:
    path = [to_camel_case(error.field)] if error.field else []
    return UserError(code=error.code, message=error.message, field=path)
