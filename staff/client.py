import json
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html

from reservation.domain.client import create_client
from reservation.domain.erasure import ERASED_NAME, erase_client
from reservation.domain.errors import DomainError
from reservation.domain.queries.export import export_client
from reservation.models import Client
from staff.base import current_caller, isolated
from staff.fields import editable_fields
from staff.people import NewPersonForm, PeopleAdmin
from staff.request_user import user_of
from staff.resources import ClientResource


class NewClientForm(NewPersonForm):
    class Meta:
        model = Client
        fields = editable_fields(Client)


@admin.register(Client)
class ClientAdmin(PeopleAdmin):
    resource_classes = (ClientResource,)
    add_form = NewClientForm
    change_form_outer_before_template = "admin/reservation/client/buttons.html"
    create_command = create_client
    list_display = ("shown_name", "address", "phone", "time_zone")
    search_fields = ("folded_name", "user__email", "phone")
    search_help_text = "A name, an address or a telephone number"
    lines = (("phone", "time_zone"),)
    actions = ("export_personal_data", "erase_personal_data")

    @admin.action(description="Export personal data", permissions=["export"])
    def export_personal_data(self, request: HttpRequest, chosen: QuerySet[Client]) -> HttpResponse:
        """Returns a JSON file with a list of one item for each client."""
        caller, now = current_caller(request), timezone.now()
        exports = [export_client(caller=caller, client_id=client.pk, now=now) for client in chosen]
        return HttpResponse(
            json.dumps(exports, ensure_ascii=False, indent=2),
            content_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="personal-data-{now:%Y-%m-%d}.json"'},
        )

    @admin.action(description="Erase personal data", permissions=["erase"])
    def erase_personal_data(self, request: HttpRequest, chosen: QuerySet[Client]) -> HttpResponse | None:
        """Asks for a confirmation first, which posts the same action again."""
        if "confirmed" in request.POST:
            self.erase(request, chosen)
            return None
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": "Erase personal data",
            "opts": self.opts,
            "chosen": chosen,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/reservation/client/erase_confirmation.html", context)

    def erase(self, request: HttpRequest, chosen: QuerySet[Client]) -> None:
        """Erases each, logs that without the name, and shows refusals."""
        caller, now, erased = current_caller(request), timezone.now(), 0
        for client in chosen:
            try:
                erase_client(caller=caller, client_id=client.pk, now=now)
            except DomainError as refusal:
                self.message_user(
                    request, format_html("{}: {}", isolated(client.name), refusal.message), messages.ERROR
                )
                continue
            erased += 1
            LogEntry.objects.create(
                user_id=caller.user_id,  # type: ignore[misc] # staff has logged in
                content_type=ContentType.objects.get_for_model(Client),
                object_id=str(client.pk),
                object_repr=ERASED_NAME,
                action_flag=DELETION,
            )
        if erased:
            self.message_user(request, f"Erased: {erased}.", messages.SUCCESS)

    def has_erase_permission(self, request: HttpRequest) -> bool:
        """Returns whether the user has Django's permission to delete clients, which is used for this only."""
        return user_of(request).has_perm("reservation.delete_client")
