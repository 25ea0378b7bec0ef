"""strawberry-django with its optimiser and its caches of parsed and validated documents, as documented."""

# Only script/bench installs strawberry, without which pyright sees no fields in these classes.
# pyright: reportMissingImports=false, reportCallIssue=false

from datetime import datetime
from typing import Any

import strawberry
import strawberry_django
from django.db.models import Prefetch
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from strawberry.django.views import GraphQLView
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.types.nodes import SelectedField
from strawberry_django.optimizer import DjangoOptimizerExtension

from api.types.ids import to_global_id
from benchmarks.peers import rows
from reservation import models

DateTime = strawberry.scalar(
    name="DateTime",
    serialize=lambda value: value.isoformat().replace("+00:00", "Z"),
    parse_value=datetime.fromisoformat,
)


def calendars(info: strawberry.Info) -> Prefetch:
    """Returns the prefetch of the optimiser for the calendars of a page of providers."""
    (field,) = info.selected_fields
    assert isinstance(field, SelectedField)
    arguments = field.arguments
    window = rows.open_appointments(arguments["startsFrom"], arguments["startsBefore"])
    return Prefetch("appointments", window.only("starts_at", "provider_id")[: arguments["first"]], rows.CALENDAR)


@strawberry_django.type(models.Provider)
class Provider:
    name: str

    @strawberry_django.field(only=["id"])
    def id(self, root: strawberry.Parent[models.Provider]) -> strawberry.ID:
        return strawberry.ID(to_global_id("Provider", root.pk))

    @strawberry_django.field(only=["id"], prefetch_related=[calendars])
    def open_appointments(
        self, root: strawberry.Parent[models.Provider], starts_from: datetime, starts_before: datetime, first: int = 20
    ) -> "AppointmentConnection":
        return AppointmentConnection(page=rows.calendar_of(root))


@strawberry_django.type(models.Appointment)
class Appointment:
    starts_at: datetime
    provider: Provider

    @strawberry_django.field(only=["id"])
    def id(self, root: strawberry.Parent[models.Appointment]) -> strawberry.ID:
        return strawberry.ID(to_global_id("Appointment", root.pk))


@strawberry.type
class AppointmentConnection:
    page: strawberry.Private[Any]

    @strawberry_django.field
    def nodes(self) -> list[Appointment]:
        return self.page


@strawberry.type
class ProviderConnection:
    page: strawberry.Private[Any]

    @strawberry_django.field
    def nodes(self) -> list[Provider]:
        return self.page


@strawberry.input
class OpenAppointmentFilter:
    starts_from: datetime
    starts_before: datetime


@strawberry.type
class Query:
    @strawberry.field
    def open_appointments(self, filter: OpenAppointmentFilter, first: int = 20) -> AppointmentConnection:
        return AppointmentConnection(page=rows.open_appointments(filter.starts_from, filter.starts_before)[:first])

    @strawberry.field
    def providers(self, first: int = 20) -> ProviderConnection:
        return ProviderConnection(page=rows.first_providers(first))


schema = strawberry.Schema(
    query=Query,
    config=StrawberryConfig(scalar_map={datetime: DateTime}),
    extensions=[DjangoOptimizerExtension, ParserCache, ValidationCache],
)
urlpatterns = [path("graphql", csrf_exempt(GraphQLView.as_view(schema=schema)))]
