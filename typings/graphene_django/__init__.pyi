from typing import Any, ClassVar

from django.db.models import Model
from graphene import ObjectType, _ObjectTypeOptions
from graphql import GraphQLResolveInfo

class _DjangoObjectTypeOptions(_ObjectTypeOptions):
    model: type[Model]

class DjangoObjectType(ObjectType):
    _meta: ClassVar[_DjangoObjectTypeOptions]
    @classmethod
    def is_type_of(cls, root: Any, info: GraphQLResolveInfo, /) -> bool: ...
