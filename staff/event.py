from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline

from reservation.models import ReservationEvent
from reservation.models.event import EventKind
from staff.history import changes_in_words
from staff.instants import instant_column


class EventInline(TabularInline):
    """The history of a reservation: what changed, when, and by whom."""

    model = ReservationEvent
    fields = readonly_fields = ("occurred", "kind", "who", "change")
    verbose_name_plural = "history"
    can_delete = False
    extra = 0
    hide_title = True

    occurred = instant_column("occurred_at", description="when")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReservationEvent]:
        return super().get_queryset(request).select_related("user").order_by("pk")

    @admin.display(description="who")
    def who(self, event: ReservationEvent) -> str:
        if event.user:
            return str(event.user)
        return "automatic" if event.kind == EventKind.EXPIRED else "a deleted account"

    @admin.display(description="from → to")
    def change(self, event: ReservationEvent) -> str:
        return changes_in_words(event)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
