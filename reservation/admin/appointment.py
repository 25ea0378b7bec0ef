from django.contrib import admin

from reservation.admin.base import ReadOnlyAdmin
from reservation.models import Appointment


@admin.register(Appointment)
class AppointmentAdmin(ReadOnlyAdmin):
    list_display = ("starts_at", "provider", "is_booked", "reservation")
    list_filter = ("is_booked",)
    list_select_related = ("provider", "reservation")
    date_hierarchy = "starts_at"
    ordering = ("starts_at", "id")
