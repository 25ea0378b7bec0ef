from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.decorators import display

from reservation.domain.command import Command
from reservation.domain.errors import DomainError
from reservation.domain.reservation import cancel
from reservation.domain.transition import state_of
from reservation.instants import clock
from reservation.models import Reservation
from reservation.models.reservation import ReservationQuerySet
from reservation.policy import LEADS_TO, MAX_TEXT_LENGTH, TRANSITIONS, Action
from reservation.status_words import STATUS_WORDS, StatusGroup, statuses_in
from staff.actions import STAFF_ACTIONS, StaffAction, name_of
from staff.base import ReadOnlyAdmin, current_caller
from staff.calendar.permissions import may_work
from staff.dates import WhenFilter
from staff.event import EventInline
from staff.filters import RelatedRowFilter
from staff.instants import instant_column, staff_moment
from staff.search import by_people


class ReservationStateFilter(admin.SimpleListFilter):
    """By the status at this moment: a hold that has lapsed is no longer listed as held."""

    title, parameter_name = "state", "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(group, group.capitalize()) for group in StatusGroup]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Reservation]) -> QuerySet[Reservation]:
        group = self.value()
        if group not in list(StatusGroup):
            return queryset
        assert isinstance(queryset, ReservationQuerySet)
        return queryset.with_status_at(statuses_in(StatusGroup(group)), timezone.now())


ListAction = Callable[["ReservationAdmin", HttpRequest, QuerySet[Reservation]], HttpResponse | None]


def list_action(action: Action, chosen_action: StaffAction) -> ListAction:
    """Returns the action of Django's lists that calls the command for each chosen reservation."""

    def perform(
        model_admin: "ReservationAdmin", request: HttpRequest, chosen: QuerySet[Reservation]
    ) -> HttpResponse | None:
        if action is Action.CANCEL:
            return model_admin.cancel(request, chosen)
        model_admin.perform(chosen_action.command, request, chosen)
        return None

    perform.__name__ = name_of(action)
    return admin.action(description=chosen_action.button, permissions=["work"])(perform)


LIST_ACTIONS = {action: chosen for action, chosen in STAFF_ACTIONS.items() if action in LEADS_TO}
"""The actions of the list. Moving is not among them: each reservation needs another time, chosen in the calendar."""


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    list_display = ("starts", "until", "client", "provider", "service", "state")
    list_filter = (
        ReservationStateFilter,
        WhenFilter,
        ("provider", RelatedRowFilter),
        ("service", RelatedRowFilter),
        ("client", RelatedRowFilter),
    )
    list_filter_submit = True
    list_select_related = ("client", "provider", "service")
    search_fields = ("client__name",)
    search_help_text = "A name or an address of a client or a provider, or a reservation's number"
    ordering = ("starts_at", "id")
    inlines = (EventInline,)
    change_form_outer_before_template = "admin/reservation/reservation/buttons.html"
    actions = tuple(list_action(action, chosen) for action, chosen in LIST_ACTIONS.items())
    readonly_fields = ("state", "starts", "ends", "created", "expires", "confirmed", "cancelled")
    fieldsets = (
        (None, {"fields": (("state", "client"), ("starts", "ends"), ("provider", "service"), "note")}),
        (
            "Times of changes",
            {"fields": (("created", "expires"), ("confirmed", "cancelled"), "cancel_reason")},
        ),
    )

    ends = instant_column("ends_at", description="ends")
    created = instant_column("created_at", description="created")
    expires = instant_column("expires_at", description="lapses")
    confirmed = instant_column("confirmed_at", description="confirmed")
    cancelled = instant_column("cancelled_at", description="cancelled")

    @display(ordering="status", description="state", label={words.staff: words.tone for words in STATUS_WORDS.values()})
    def state(self, reservation: Reservation) -> str:
        return STATUS_WORDS[reservation.status_at(timezone.now())].staff

    @admin.display(description="until")
    def until(self, reservation: Reservation) -> str:
        return clock(reservation.ends_at, timezone.get_current_timezone())

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Reservation], search_term: str
    ) -> tuple[QuerySet[Reservation], bool]:
        return by_people(queryset, search_term, client="client_id", provider="provider_id"), False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Returns the page, with buttons for the actions that the state machine has from here."""
        reservation = self.get_object(request, object_id)
        possible = TRANSITIONS[reservation.status_at(timezone.now())] if reservation else frozenset()
        offered = [
            {"name": name_of(action), "title": chosen.button}
            for action, chosen in LIST_ACTIONS.items()
            if LEADS_TO[action] in possible and self.has_work_permission(request)
        ]
        as_seen = state_of(reservation) if reservation else ""
        context = {"offered": offered, "as_seen": as_seen, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def cancel(self, request: HttpRequest, chosen: QuerySet[Reservation]) -> HttpResponse | None:
        """Asks for a reason first. The confirmation, with or without one, posts the same action again."""
        if "confirmed" in request.POST:
            self.perform(cancel, request, chosen, reason=request.POST.get("reason", "").strip() or None)
            return None
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": "Cancel",
            "opts": self.opts,
            "chosen": [
                (one, staff_moment(one.starts_at), state_of(one)) for one in chosen.select_related("client", "provider")
            ],
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
            "max_text_length": MAX_TEXT_LENGTH,
        }
        return TemplateResponse(request, "admin/reservation/reservation/cancel_confirmation.html", context)

    def has_work_permission(self, request: HttpRequest) -> bool:
        """Returns whether the user may perform the actions. Django calls it for those with the permission "work"."""
        return may_work(request)

    def perform(
        self, command: Command[..., Reservation], request: HttpRequest, chosen: QuerySet[Reservation], **arguments: Any
    ) -> None:
        """Calls the command for each reservation, and shows what it refused.

        A page of some reservations, unlike the list, sends what it showed of each.
        """
        caller, now, done = current_caller(request), timezone.now(), 0
        for reservation in chosen:
            as_seen = request.POST.get(f"as_seen_{reservation.pk}")
            try:
                command(caller=caller, reservation_id=reservation.pk, as_seen=as_seen, now=now, **arguments)
                done += 1
            except DomainError as refusal:
                self.message_user(
                    request, f"{reservation}, {staff_moment(reservation.starts_at)}: {refusal.message}", messages.ERROR
                )
        if done:
            self.message_user(request, f"Done: {done}.", messages.SUCCESS)
