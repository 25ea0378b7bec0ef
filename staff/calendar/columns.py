"""The grid in which each column is one day of one provider: a day of many providers, or a week of one."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reservation.domain.caller import Caller
from reservation.domain.queries.calendar import Slot, SlotState, read_calendars
from reservation.domain.transition import is_possible, state_of
from reservation.instants import clock, short_day, span
from reservation.models import Provider, Reservation
from reservation.policy import Action, Status
from reservation.status_words import STATUS_WORDS
from staff.calendar.days import CalendarDay, CalendarRows


@dataclass(frozen=True)
class CalendarColumn:
    provider: Provider
    day: CalendarDay


class CalendarColumns:
    """The content of the columns, read at one instant for one member of staff."""

    def __init__(
        self, *, caller: Caller, columns: list[CalendarColumn], days: list[CalendarDay], now: datetime
    ) -> None:
        self.caller, self.columns, self.now = caller, columns, now
        self.rows = CalendarRows(days)
        slots, self.reservations = read_calendars(
            caller=caller,
            providers={column.provider for column in columns},
            starts_from=days[0].starts_at,
            starts_before=days[-1].ends_at,
            now=now,
        )
        self.slots: dict[tuple[int, CalendarDay], list[Slot]] = defaultdict(list)
        for slot in slots:
            day = next(day for day in days if day.contains(slot.starts_at))
            self.slots[slot.provider_id, day].append(slot)

    def describe(self, *, is_by_day: bool) -> dict[str, Any]:
        """Rows and columns as JSON.

        is_by_day: whether the heading of a column is its day, rather than its provider.
        """
        used = [self.rows.number(day, slot.starts_at) for (_, day), slots in self.slots.items() for slot in slots]
        first, last = self.rows.shown(used)
        return {
            "rows": self.rows.labels,
            "first": first,
            "last": last,
            "columns": [self.describe_column(column, is_by_day=is_by_day) for column in self.columns],
        }

    def describe_column(self, column: CalendarColumn, *, is_by_day: bool) -> dict[str, Any]:
        """Returns a column as JSON: each free slot, and all slots of a reservation as one block."""
        provider, day = column.provider, column.day
        slots = self.slots[provider.pk, day]
        free: list[list[Any]] = []
        blocks: dict[int, dict[str, Any]] = {}
        for slot in slots:
            row = self.rows.number(day, slot.starts_at)
            reservation = self.reservations.get(slot.reservation_id or 0)
            if reservation is None:
                # A slot with the id of a reservation that is missing was given up between the two statements: the next
                # reading has it right.
                free.append([row, slot.id, SlotState.CLOSED if slot.reservation_id else slot.state, slot.room])
                continue
            block = blocks.setdefault(
                reservation.pk, {**self.describe_block(reservation, day), "first": row, "slots": []}
            )
            block["last"] = row
            block["slots"].append(slot.id)
        return {
            "key": f"{provider.pk}-{day.date}",
            "provider": provider.pk,
            "date": day.date.isoformat(),
            "heading": short_day(day.date) if is_by_day else provider.name,
            "name": f"{provider.name}, {short_day(day.date)}",
            "is_active": provider.is_active,
            "services": [service.pk for service in provider.services.all()],
            "open": sum(slot.state is SlotState.OPEN for slot in slots),
            "missing": self.rows.missing(day),
            "now": self.rows.position(day, self.now),
            "free": free,
            "blocks": list(blocks.values()),
        }

    def describe_block(self, reservation: Reservation, day: CalendarDay) -> dict[str, Any]:
        """Returns a reservation as JSON, without its rows."""
        words = STATUS_WORDS[Status(reservation.status)]
        return {
            "id": reservation.pk,
            "as_seen": state_of(reservation),
            "state": words.staff,
            "tone": words.tone,
            "sign": words.sign,
            "client": reservation.client.name,
            "service": reservation.service.name if reservation.service else "",
            "service_id": reservation.service_id,
            "time": span(reservation.starts_at, reservation.ends_at, day.zone),
            "lapses": clock(reservation.expires_at, day.zone) if reservation.expires_at else None,
            "is_movable": is_possible(Action.RESCHEDULE, reservation, caller=self.caller, now=self.now),
        }
