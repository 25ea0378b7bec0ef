"""Open appointments: what can be reserved right now."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db.models import F, OuterRef, QuerySet, Window
from django.db.models.functions import Lead
from django.db.models.lookups import In, IsNull

from reservation.domain.errors import InvalidInput
from reservation.domain.queries.criteria import Criteria
from reservation.domain.validation import check_interval
from reservation.models import Appointment, Provider, Service
from reservation.models.lookups import row_exists
from reservation.policy import BOOKED_UNTIL

MAX_COUNTED = 10_000
"""How many open appointments a count looks at."""


@dataclass(frozen=True, kw_only=True)
class OpenAppointments(Criteria[Appointment]):
    """The appointments that can be reserved at an instant; for a service or a duration, those that begin a free run.

    starts_from, starts_before: the half-open interval in which they start; not before the lead time is over.
    provider_ids: only of these providers; None: of all.
    run_length: how many consecutive appointments of appointment_length the service takes, or the duration.
    """

    STRUCTURAL: ClassVar = frozenset({"run_length", "appointment_length"})

    now: datetime
    starts_from: datetime
    starts_before: datetime | None
    provider_ids: tuple[int, ...] | None
    service_id: int | None
    run_length: int
    appointment_length: timedelta

    @classmethod
    def of(
        cls,
        *,
        now: datetime,
        starts_from: datetime | None = None,
        starts_before: datetime | None = None,
        provider_ids: Collection[int] | None = None,
        service: Service | None = None,
        duration: timedelta | None = None,
    ) -> Self:
        """The criteria for the arguments of a caller. An inactive service has no open appointments.

        duration: in place of the service's: a reservation keeps its own length when it is moved.
        Raises InvalidInput for an interval that ends before it starts or is too long, and for a duration that no
        service may have.
        """
        if starts_from is not None and starts_before is not None:
            check_interval(starts_at=starts_from, ends_at=starts_before, ends_field="starts_before")
        if service is not None and not service.is_active:
            provider_ids = ()
        policy = settings.RESERVATION_POLICY
        if duration is None:
            duration = None if service is None else service.duration
        elif not timedelta(0) < duration <= policy.max_service_length:
            longest = policy.max_service_length // timedelta(minutes=1)
            raise InvalidInput(f"A duration is 1 to {longest} minutes.", field="duration_minutes")
        run_length = policy.run_length(duration)
        if run_length > 1:  # no database has the following slots of the last one of the year 9999
            starts_before = min(starts_before or BOOKED_UNTIL, BOOKED_UNTIL)
        earliest_start = policy.earliest_start(now)
        return cls(
            now=now,
            starts_from=earliest_start if starts_from is None else max(starts_from, earliest_start),
            starts_before=starts_before,
            provider_ids=None if provider_ids is None else tuple(provider_ids),
            service_id=None if service is None else service.pk,
            run_length=run_length,
            appointment_length=policy.appointment_length,
        )

    def queryset(self) -> QuerySet[Appointment]:
        found = Appointment.objects.starting_in(None, self.starts_before)
        if self.provider_ids is not None:
            found = found.filter(In(F("provider_id"), self.provider_ids))  # provider_id__in takes no Params
        return found.open_at(self.now, earliest_start=self.starts_from).filter(*self.conditions())

    def counted(self) -> QuerySet[Appointment]:
        """Those among the first MAX_COUNTED that are open by themselves, so that a count takes bounded time.

        For a service or a duration, the runs among them are found by one pass over the calendars: a look-up for each
        further appointment of each would take up to a hundred times as long.
        """
        if self.service_id is None and self.run_length == 1:
            return self.queryset()[:MAX_COUNTED]
        each = replace(self, service_id=None, run_length=1)
        ends = [self.starts_before]
        if self.provider_ids is None or len(self.provider_ids) > 1:  # one calendar has fewer in the longest interval
            in_order = each.queryset().order_by("starts_at", "pk").values_list("starts_at", flat=True)
            ends += in_order[MAX_COUNTED : MAX_COUNTED + 1]
        rest_of_run = (self.run_length - 1) * self.appointment_length
        last_before = min((end + rest_of_run for end in ends if end is not None), default=None)
        runs = replace(each, starts_before=last_before).queryset()
        if self.service_id is not None:
            runs = runs.filter(self.offers(self.service_id))
        if self.run_length > 1:
            last = Window(Lead("starts_at", self.run_length - 1), partition_by="provider_id", order_by="starts_at")
            runs = runs.annotate(last=last).filter(last=F("starts_at") + rest_of_run)
        return runs

    def offers(self, service_id: int) -> IsNull:
        """The condition that the provider offers the service."""
        offers = Provider.services.through.objects.filter(provider_id=OuterRef("provider_id"), service_id=service_id)
        return row_exists(offers)

    def conditions(self) -> list[IsNull]:
        """The conditions that the provider offers the service, and that the rest of the run is free.

        One look-up by the unique key for each further appointment: a page costs as much as it shows, where a window
        function would number the whole calendar first.
        """
        following = Appointment.objects.free_at(self.now).filter(provider_id=OuterRef("provider_id"))
        starts = (OuterRef("starts_at") + step * self.appointment_length for step in range(1, self.run_length))
        rest = [row_exists(following.filter(starts_at=start)) for start in starts]
        return rest if self.service_id is None else [self.offers(self.service_id), *rest]
