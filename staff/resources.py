"""The files of clients and providers: their columns, and the commands that import a row."""

from typing import Any

from django.core.exceptions import ValidationError
from import_export.fields import Field

from reservation.domain.client import create_client, update_client
from reservation.domain.provider import create_provider, update_provider
from reservation.models import Client, Provider, Service
from reservation.text import normalise_name
from staff.fields import editable_fields
from staff.imports import PeopleResource

YES_OR_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
BETWEEN_SERVICES = "|"


class ClientResource(PeopleResource):
    email = Field(attribute="user__email", column_name="email")

    class Meta:
        model = Client
        import_id_fields = ("email",)
        fields = export_order = import_order = ("email", *editable_fields(Client))
        report_skipped = True

    def write(self, instance: Client, is_create: bool, values: dict[str, str]) -> Client:
        arguments: dict[str, Any] = {**values, "caller": self.caller, "now": self.now}
        if is_create:
            return create_client(email=instance.user.email, **{"name": "", **without_blanks(arguments)})
        return update_client(client_id=instance.pk, **arguments)


class ServicesField(Field):
    """The names of the services of a provider."""

    def export(self, instance: Any, **kwargs: Any) -> str:
        return BETWEEN_SERVICES.join(sorted(service.name for service in instance.services.all())) if instance.pk else ""


class FlagField(Field):
    def export(self, instance: Any, **kwargs: Any) -> str:
        return "true" if self.get_value(instance) else "false"


class ProviderResource(PeopleResource):
    email = Field(attribute="user__email", column_name="email")
    is_active = FlagField(attribute="is_active", column_name="is_active")
    services = ServicesField(attribute="services", column_name="services")

    class Meta:
        model = Provider
        import_id_fields = ("email",)
        fields = export_order = import_order = ("email", *editable_fields(Provider))
        report_skipped = True

    def write(self, instance: Provider, is_create: bool, values: dict[str, str]) -> Provider:
        arguments: dict[str, Any] = {**values, "caller": self.caller, "now": self.now}
        if "services" in arguments:
            arguments["service_ids"] = services_named(arguments.pop("services"))
        is_active = flag(arguments.pop("is_active", ""))
        if not is_create:
            return update_provider(provider_id=instance.pk, is_active=is_active, **arguments)
        provider = create_provider(email=instance.user.email, **{"name": "", **without_blanks(arguments)})
        if is_active is False:
            return update_provider(caller=arguments["caller"], provider_id=provider.pk, is_active=False, now=self.now)
        return provider


def without_blanks(values: dict[str, Any]) -> dict[str, Any]:
    """Returns the values that are not empty; the command has defaults for the others."""
    return {name: value for name, value in values.items() if value != ""}


def flag(text: str) -> bool | None:
    """Returns the boolean; None for an empty text. Raises ValidationError."""
    if text and text.lower() not in YES_OR_NO:
        raise ValidationError({"is_active": "Write true or false."})
    return YES_OR_NO.get(text.lower())


def services_named(text: str) -> list[int]:
    """Returns the ids of the services with these names. Raises ValidationError unless each name has one service."""
    names = [name for part in text.split(BETWEEN_SERVICES) if (name := normalise_name(part))]
    found = list(Service.objects.filter(name__in=names).values_list("pk", "name"))
    for name in names:
        if sum(existing == name for _, existing in found) != 1:
            raise ValidationError({"services": f"There is no one service that is called {name}."})
    return [pk for pk, existing in found if existing in names]
