from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from reservation.admin.base import ReadOnlyAdmin, asker
from reservation.domain.command import Command
from reservation.domain.errors import DomainError
from reservation.domain.reservation import cancel, complete, confirm, mark_no_show
from reservation.models import Reservation, ReservationEvent


class EventInline(admin.TabularInline):
    """What happened to it, as it was written."""

    model = ReservationEvent
    fields = readonly_fields = ("occurred_at", "kind", "user", "before", "after")
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    list_display = ("starts_at", "ends_at", "client", "provider", "service", "state")
    list_filter = ("status",)
    list_select_related = ("client", "provider", "service")
    search_fields = ("client__name", "client__user__email", "provider__name")
    date_hierarchy = "starts_at"
    ordering = ("starts_at", "id")
    inlines = (EventInline,)
    actions = ("confirm", "cancel", "complete", "mark_no_show")

    @admin.display(ordering="status", description="status")
    def state(self, reservation: Reservation) -> str:
        return reservation.status_at(timezone.now())

    @admin.action(description="Confirm", permissions=["work"])
    def confirm(self, request: HttpRequest, chosen: QuerySet[Reservation]) -> None:
        self.perform(confirm, request, chosen)

    @admin.action(description="Cancel", permissions=["work"])
    def cancel(self, request: HttpRequest, chosen: QuerySet[Reservation]) -> None:
        self.perform(cancel, request, chosen)

    @admin.action(description="Mark as completed", permissions=["work"])
    def complete(self, request: HttpRequest, chosen: QuerySet[Reservation]) -> None:
        self.perform(complete, request, chosen)

    @admin.action(description="Mark as no-show", permissions=["work"])
    def mark_no_show(self, request: HttpRequest, chosen: QuerySet[Reservation]) -> None:
        self.perform(mark_no_show, request, chosen)

    def has_work_permission(self, request: HttpRequest) -> bool:
        """Django's own permission to change reservations, though no field of theirs is edited."""
        return request.user.has_perm("reservation.change_reservation")

    def perform(self, command: Command[..., Reservation], request: HttpRequest, chosen: QuerySet[Reservation]) -> None:
        """Do it to each, and say what was refused."""
        caller, now, done = asker(request), timezone.now(), 0
        for reservation in chosen:
            try:
                command(caller=caller, reservation_id=reservation.pk, now=now)
                done += 1
            except DomainError as refusal:
                self.message_user(request, f"{reservation}: {refusal.message}", messages.ERROR)
        if done:
            self.message_user(request, f"Done: {done}.", messages.SUCCESS)
