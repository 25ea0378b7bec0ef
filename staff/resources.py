"""The columns of clients and providers in a file."""

from typing import Any

from django.core.exceptions import ValidationError
from import_export.fields import Field

from reservation.domain.client import create_client, update_client
from reservation.domain.provider import create_provider, update_provider
from reservation.models import Client, Provider, Service
from staff.imports import PeopleResource

YES_OR_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
BETWEEN_SERVICES = "|"


class ClientResource(PeopleResource):
    columns = ("email", "name", "phone", "time_zone")
    email = Field(attribute="user__email", column_name="email")

    class Meta:
        model = Client
        import_id_fields = ("email",)
        fields = export_order = import_order = ("email", "name", "phone", "time_zone")
        report_skipped = True

    def write(self, instance: Client, is_create: bool, given: dict[str, str]) -> Client:
        values: dict[str, Any] = {**given, "caller": self.caller, "now": self.now}
        if is_create:
            return create_client(email=instance.user.email, **{"name": "", **without_blanks(values)})
        return update_client(client_id=instance.pk, **values)


class ServicesField(Field):
    """The names of what a provider offers."""

    def export(self, instance: Provider, **kwargs: Any) -> str:
        return BETWEEN_SERVICES.join(sorted(one.name for one in instance.services.all())) if instance.pk else ""


class FlagField(Field):
    def export(self, instance: Any, **kwargs: Any) -> str:
        return "true" if self.get_value(instance) else "false"


class ProviderResource(PeopleResource):
    columns = ("email", "name", "bio", "time_zone", "is_active", "services")
    email = Field(attribute="user__email", column_name="email")
    is_active = FlagField(attribute="is_active", column_name="is_active")
    services = ServicesField(attribute="services", column_name="services")

    class Meta:
        model = Provider
        import_id_fields = ("email",)
        fields = export_order = import_order = ("email", "name", "bio", "time_zone", "is_active", "services")
        report_skipped = True

    def write(self, instance: Provider, is_create: bool, given: dict[str, str]) -> Provider:
        values: dict[str, Any] = {**given, "caller": self.caller, "now": self.now}
        if "services" in values:
            values["service_ids"] = services_named(values.pop("services"))
        is_active = flag(values.pop("is_active", ""))
        if not is_create:
            return update_provider(provider_id=instance.pk, is_active=is_active, **values)
        provider = create_provider(email=instance.user.email, **{"name": "", **without_blanks(values)})
        if is_active is False:
            return update_provider(caller=values["caller"], provider_id=provider.pk, is_active=False, now=self.now)
        return provider


def without_blanks(values: dict[str, Any]) -> dict[str, Any]:
    """What somebody new has of its own; for the rest there are defaults."""
    return {name: value for name, value in values.items() if value != ""}


def flag(text: str) -> bool | None:
    """None for an empty one. Raises ValidationError."""
    if text and text.lower() not in YES_OR_NO:
        raise ValidationError({"is_active": "Write true or false."})
    return YES_OR_NO.get(text.lower())


def services_named(text: str) -> list[int]:
    """The ids of the services with these names. Raises ValidationError for one that is not there, or is there twice."""
    names = [name.strip() for name in text.split(BETWEEN_SERVICES) if name.strip()]
    found = list(Service.objects.filter(name__in=names).values_list("pk", "name"))
    for name in names:
        if sum(known == name for _, known in found) != 1:
            raise ValidationError({"services": f"There is no one service that is called {name}."})
    return [pk for pk, known in found if known in names]
