from django.views.generic import View
from graphene import Schema

class GraphQLView(View):
    def __init__(self, schema: Schema | None = None) -> None: ...
