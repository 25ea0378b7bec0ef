"""graphene-django as documented: its types, its view, graphql-core, and Django's prefetch against N + 1 queries.

Its own connections count all rows for every page, so plain types with `nodes` replace them.
"""

from datetime import datetime
from typing import Any

import graphene
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from graphene import relay
from graphene_django import DjangoObjectType
from graphene_django.views import GraphQLView

from benchmarks.peers import rows
from reservation import models


class DateTime(graphene.DateTime):
    @staticmethod
    def serialize(dt: datetime) -> str:
        return dt.isoformat().replace("+00:00", "Z")


class Provider(DjangoObjectType):
    class Meta:
        model = models.Provider
        interfaces = (relay.Node,)
        fields = ("name",)
        use_connection = False

    open_appointments = graphene.Field(
        lambda: AppointmentConnection,
        required=True,
        starts_from=DateTime(required=True),
        starts_before=DateTime(required=True),
        first=graphene.Int(default_value=20),
    )

    @staticmethod
    def resolve_open_appointments(root: models.Provider, info: Any, **window: Any) -> dict[str, Any]:
        if rows.calendar_of(root) is None:
            rows.read_calendars(info.context.providers, **window)  # for all providers of the page at once
        return {"nodes": rows.calendar_of(root)}


class Appointment(DjangoObjectType):
    class Meta:
        model = models.Appointment
        interfaces = (relay.Node,)
        fields = ("provider",)
        use_connection = False

    starts_at = DateTime(required=True)


class AppointmentConnection(graphene.ObjectType):
    nodes = graphene.List(graphene.NonNull(Appointment), required=True)


class ProviderConnection(graphene.ObjectType):
    nodes = graphene.List(graphene.NonNull(Provider), required=True)


class OpenAppointmentFilter(graphene.InputObjectType):
    starts_from = DateTime(required=True)
    starts_before = DateTime(required=True)


class Query(graphene.ObjectType):
    open_appointments = graphene.Field(
        AppointmentConnection,
        required=True,
        filter=OpenAppointmentFilter(required=True),
        first=graphene.Int(default_value=20),
    )
    providers = graphene.Field(ProviderConnection, required=True, first=graphene.Int(default_value=20))

    @staticmethod
    def resolve_open_appointments(_root: None, _info: Any, filter: Any, first: int) -> dict[str, Any]:
        return {"nodes": rows.open_appointments(**filter).select_related("provider")[:first]}

    @staticmethod
    def resolve_providers(_root: None, info: Any, first: int) -> dict[str, Any]:
        info.context.providers = list(rows.first_providers(first))
        return {"nodes": info.context.providers}


schema = graphene.Schema(query=Query)
urlpatterns = [path("graphql", csrf_exempt(GraphQLView.as_view(schema=schema)))]
