from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from django.db.models import Field
from graphene.types.unmountedtype import UnmountedType

_Converter = TypeVar("_Converter", bound=Callable[..., UnmountedType])

class _Converters(Protocol):
    def __call__(self, field: Field[Any, Any], registry: Any = None) -> UnmountedType: ...
    def register(self, cls: type[Field[Any, Any]]) -> Callable[[_Converter], _Converter]: ...

convert_django_field: _Converters
