"""The reservations that a viewer may see."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Self

from django.db.models import QuerySet

from reservation.domain.access import visible_reservations
from reservation.domain.caller import Caller
from reservation.domain.queries.criteria import Criteria
from reservation.domain.validation import check_order
from reservation.models import Reservation
from reservation.policy import Status


@dataclass(frozen=True, kw_only=True)
class Reservations(Criteria[Reservation]):
    """The reservations that a viewer may see and that fulfil every condition that is not None.

    status: in one of these states at the instant now.
    starts_from, starts_before: the half-open interval in which they start.
    """

    STRUCTURAL: ClassVar = frozenset({"is_staff", "status"})

    is_staff: bool
    viewer_client_id: int | None
    viewer_provider_id: int | None
    now: datetime
    status: tuple[Status, ...] | None
    provider_id: int | None
    client_id: int | None
    starts_from: datetime | None
    starts_before: datetime | None

    @classmethod
    def of(
        cls,
        *,
        viewer: Caller,
        now: datetime,
        status: Collection[Status] | None = None,
        provider_id: int | None = None,
        client_id: int | None = None,
        starts_from: datetime | None = None,
        starts_before: datetime | None = None,
    ) -> Self:
        """The criteria of a viewer. Raises InvalidInput for an interval that ends before it starts."""
        if starts_from is not None and starts_before is not None:
            check_order(starts_at=starts_from, ends_at=starts_before, ends_field="starts_before")
        return cls(
            is_staff=viewer.is_staff,
            viewer_client_id=viewer.client_id,
            viewer_provider_id=viewer.provider_id,
            now=now,
            status=None if status is None else tuple(sorted(set(status))),
            provider_id=provider_id,
            client_id=client_id,
            starts_from=starts_from,
            starts_before=starts_before,
        )

    def queryset(self) -> QuerySet[Reservation]:
        viewer = Caller(client_id=self.viewer_client_id, provider_id=self.viewer_provider_id, is_staff=self.is_staff)
        conditions = {
            "provider_id": self.provider_id,
            "client_id": self.client_id,
            "starts_at__gte": self.starts_from,
            "starts_at__lt": self.starts_before,
        }
        given = {lookup: value for lookup, value in conditions.items() if value is not None}
        found = visible_reservations(viewer).filter(**given)
        return found if self.status is None else found.with_status_at(self.status, self.now)
