from typing import Any, ClassVar

from graphene import _InputObjectTypeOptions
from graphene.types.base import BaseType

# The values of an input object, as a resolver gets them.
class InputObjectTypeContainer(dict[str, Any], BaseType):
    _meta: ClassVar[_InputObjectTypeOptions]
