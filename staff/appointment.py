from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.decorators import display

from reservation.domain.queries.overview import inactive_providers
from reservation.models import Appointment, Reservation
from reservation.models.appointment import AppointmentQuerySet
from staff.base import ReadOnlyAdmin
from staff.dates import WhenFilter
from staff.filters import RelatedRowFilter
from staff.instants import instant_column
from staff.search import by_people


class AppointmentStateFilter(admin.SimpleListFilter):
    """Free, held or booked, and never all of them: the indexes begin with `is_booked`.

    "Free from now on" is what the home page counts: nothing that has passed, and nothing of inactive providers.
    """

    title, parameter_name = "state", "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("free", "Free from now on"), ("held", "Held"), ("booked", "Booked")]

    def choices(self, changelist: Any) -> Any:
        everything, *others = super().choices(changelist)
        return [{**everything, "display": "Free"}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Appointment]) -> QuerySet[Appointment]:
        now = timezone.now()
        assert isinstance(queryset, AppointmentQuerySet)
        if self.value() == "booked":
            return queryset.booked()
        if self.value() == "held":
            live = Reservation.objects.live_at(now)
            return queryset.filter(reservation_id__in=live.values("pk")).taken_at(now)
        free = queryset.free_at(now)
        if self.value() != "free":
            return free
        return free.starting_in(now, None).exclude(provider_id__in=inactive_providers())


@admin.register(Appointment)
class AppointmentAdmin(ReadOnlyAdmin):
    list_display = ("starts", "provider", "state", "reservation")
    list_filter = (AppointmentStateFilter, WhenFilter, ("provider", RelatedRowFilter))
    list_filter_submit = True
    list_select_related = ("provider", "reservation__client")
    search_fields = ("provider__name",)
    search_help_text = "The name of a provider or of a client"
    ordering = ("starts_at", "id")
    fieldsets = ((None, {"fields": (("starts", "provider"), ("state", "available"), "reservation")}),)
    readonly_fields = ("starts", "state", "available")

    available = instant_column("available_at", description="available")

    @display(description="state", label={"Free": "success", "Held": "warning", "Booked": "info"})
    def state(self, appointment: Appointment) -> str:
        now = timezone.now()
        if appointment.is_free_at(now):
            return "Free"
        return "Held" if appointment.is_held_at(now) else "Booked"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Appointment], search_term: str
    ) -> tuple[QuerySet[Appointment], bool]:
        return by_people(queryset, search_term, client="reservation__client_id", provider="provider_id"), False
