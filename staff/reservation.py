from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import display

from reservation.domain.command import Command
from reservation.domain.errors import DomainError
from reservation.domain.reservation import cancel, complete, confirm, mark_no_show
from reservation.models import Reservation, ReservationEvent
from reservation.models.reservation import ReservationQuerySet
from reservation.policy import MAX_TEXT_LENGTH, TRANSITIONS, Status
from staff.base import ReadOnlyAdmin, current_caller
from staff.dates import WhenFilter
from staff.history import told
from staff.search import by_people
from staff.state import LABELS, WORDS

STATES = {
    "held": (Status.PENDING,),
    "booked": (Status.CONFIRMED, Status.COMPLETED),
    "no-show": (Status.NO_SHOW,),
    "cancelled": (Status.CANCELLED,),
    "lapsed": (Status.EXPIRED,),
}


class StateFilter(admin.SimpleListFilter):
    """As a reader sees it: a hold that has lapsed is no hold any more."""

    title, parameter_name = "state", "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(name, name.capitalize()) for name in STATES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Reservation]) -> QuerySet[Reservation]:
        statuses = STATES.get(self.value() or "")
        if statuses is None:
            return queryset
        assert isinstance(queryset, ReservationQuerySet)
        return queryset.with_status_at(statuses, timezone.now())


class EventInline(TabularInline):
    """What happened to it: who did it, when, from what to what."""

    model = ReservationEvent
    fields = readonly_fields = ("occurred_at", "kind", "who", "change")
    verbose_name_plural = "history"
    can_delete = False
    extra = 0
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReservationEvent]:
        return super().get_queryset(request).select_related("user").order_by("pk")

    @admin.display(description="who")
    def who(self, event: ReservationEvent) -> str:
        return str(event.user) if event.user else "the passing of time"

    @admin.display(description="from → to")
    def change(self, event: ReservationEvent) -> str:
        return told(event)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    list_display = ("starts", "until", "client", "provider", "service", "state")
    list_filter = (
        StateFilter,
        WhenFilter,
        ("provider", AutocompleteSelectFilter),
        ("service", AutocompleteSelectFilter),
        ("client", AutocompleteSelectFilter),
    )
    list_filter_submit = True
    list_select_related = ("client", "provider", "service")
    search_fields = ("client__name",)
    search_help_text = "A name or an address of a client or a provider, or a reservation's number"
    ordering = ("starts_at", "id")
    inlines = (EventInline,)
    actions = ("confirm", "cancel", "complete", "mark_no_show")
    readonly_fields = ("state",)
    fieldsets = (
        (None, {"fields": (("state", "client"), ("starts_at", "ends_at"), ("provider", "service"), "note")}),
        (
            "What became of it",
            {"fields": (("created_at", "expires_at"), ("confirmed_at", "cancelled_at"), "cancel_reason")},
        ),
    )

    @display(ordering="status", description="state", label={WORDS[status]: LABELS[status] for status in Status})
    def state(self, reservation: Reservation) -> str:
        return WORDS[reservation.status_at(timezone.now())]

    @admin.display(description="until")
    def until(self, reservation: Reservation) -> str:
        return f"{timezone.localtime(reservation.ends_at):%H:%M}"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Reservation], search_term: str
    ) -> tuple[QuerySet[Reservation], bool]:
        return by_people(queryset, search_term, client="client_id", provider="provider_id"), False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page, with what may be done from here."""
        reservation = self.get_object(request, object_id)
        possible = TRANSITIONS[reservation.status_at(timezone.now())] if reservation else frozenset()
        offered = [
            {"name": name, "title": title}
            for name, title, status in (
                ("confirm", "Confirm", Status.CONFIRMED),
                ("complete", "Completed", Status.COMPLETED),
                ("mark_no_show", "No-show", Status.NO_SHOW),
                ("cancel", "Cancel…", Status.CANCELLED),
            )
            if status in possible and self.has_work_permission(request)
        ]
        return super().change_view(request, object_id, form_url, {"offered": offered, **(extra_context or {})})

    # --- Actions -------------------------------------------------------------------------------------------------

    @admin.action(description="Confirm", permissions=["work"])
    def confirm(self, request: HttpRequest, chosen: QuerySet[Reservation]) -> None:
        self.perform(confirm, request, chosen)

    @admin.action(description="Cancel", permissions=["work"])
    def cancel(self, request: HttpRequest, chosen: QuerySet[Reservation]) -> HttpResponse | None:
        """Asks for a reason first; whoever gives one, or none, posts the same action again."""
        if "confirmed" in request.POST:
            self.perform(cancel, request, chosen, reason=request.POST.get("reason", "").strip() or None)
            return None
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": "Cancel",
            "opts": self.opts,
            "chosen": chosen.select_related("client", "provider"),
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
            "longest": MAX_TEXT_LENGTH,
        }
        return TemplateResponse(request, "admin/reservation/reservation/cancel_confirmation.html", context)

    @admin.action(description="Mark as completed", permissions=["work"])
    def complete(self, request: HttpRequest, chosen: QuerySet[Reservation]) -> None:
        self.perform(complete, request, chosen)

    @admin.action(description="Mark as no-show", permissions=["work"])
    def mark_no_show(self, request: HttpRequest, chosen: QuerySet[Reservation]) -> None:
        self.perform(mark_no_show, request, chosen)

    def has_work_permission(self, request: HttpRequest) -> bool:
        """Django's own permission to change reservations, though no field of theirs is edited."""
        return request.user.has_perm("reservation.change_reservation")

    def perform(
        self, command: Command[..., Reservation], request: HttpRequest, chosen: QuerySet[Reservation], **given: Any
    ) -> None:
        """Do it to each, and say what was refused."""
        caller, now, done = current_caller(request), timezone.now(), 0
        for reservation in chosen:
            try:
                command(caller=caller, reservation_id=reservation.pk, now=now, **given)
                done += 1
            except DomainError as refusal:
                self.message_user(request, f"{reservation}: {refusal.message}", messages.ERROR)
        if done:
            self.message_user(request, f"Done: {done}.", messages.SUCCESS)
