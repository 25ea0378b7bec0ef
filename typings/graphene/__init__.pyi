# Only the names that this project uses, and only the parameters that it passes.
from collections.abc import Callable, Mapping, Sequence
from enum import Enum as _PyEnum
from typing import Any, ClassVar

from graphene.types.base import BaseOptions, BaseType
from graphene.types.unmountedtype import UnmountedType
from graphql import GraphQLSchema

# A type, or the dotted path of one, or a function that returns one.
_Type = type[BaseType] | UnmountedType | str | Callable[[], type[BaseType]]

class Field:
    def __init__(
        self, type_: _Type, *, required: bool = False, description: str | None = None, **extra_args: UnmountedType
    ) -> None: ...

class InputField:
    def __init__(self, type_: _Type, *, required: bool = False, description: str | None = None) -> None: ...

class List(UnmountedType):
    def __init__(
        self, of_type: _Type, *, required: bool = False, description: str | None = None, **extra_args: UnmountedType
    ) -> None: ...

class NonNull(UnmountedType):
    def __init__(self, of_type: _Type, *, required: bool = False, description: str | None = None) -> None: ...

class _ObjectTypeOptions(BaseOptions):
    fields: dict[str, Field]

class ObjectType(BaseType):
    _meta: ClassVar[_ObjectTypeOptions]
    def __init__(self, **values: Any) -> None: ...

class Interface(BaseType): ...

class _InputObjectTypeOptions(BaseOptions):
    fields: dict[str, InputField]

class InputObjectType(UnmountedType, BaseType):
    _meta: ClassVar[_InputObjectTypeOptions]

class _EnumMeta(type):
    def from_enum(
        cls, enum: type[_PyEnum], name: str | None = None, description: Callable[[Any], str | None] | None = None
    ) -> type[Enum]: ...

class Enum(UnmountedType, BaseType, metaclass=_EnumMeta): ...
class Scalar(UnmountedType, BaseType): ...
class Boolean(Scalar): ...
class Date(Scalar): ...
class DateTime(Scalar): ...
class ID(Scalar): ...
class Int(Scalar): ...
class String(Scalar): ...
class Time(Scalar): ...

class _MutationOptions(_ObjectTypeOptions):
    output: type[ObjectType]

class Mutation(ObjectType):
    _meta: ClassVar[_MutationOptions]
    @classmethod
    def __init_subclass_with_meta__(
        cls,
        *,
        output: type[ObjectType] | None = None,
        arguments: Mapping[str, UnmountedType] | None = None,
        **options: Any,
    ) -> None: ...
    @classmethod
    def Field(cls) -> Field: ...  # noqa: N802

class Schema:
    graphql_schema: GraphQLSchema
    def __init__(
        self,
        query: type[ObjectType] | None = None,
        mutation: type[ObjectType] | None = None,
        subscription: type[ObjectType] | None = None,
        types: Sequence[type[BaseType]] | None = None,
    ) -> None: ...
