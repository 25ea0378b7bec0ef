"""A writer: every kind of change to two calendars, one after the other, each acknowledged before the next."""

import random
import time
import uuid
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from api.types.ids import from_global_id
from tests.faults.api_client import ApiClient
from tests.faults.calendars import OPEN, SLOTS, Calendars, Writable
from tests.faults.history import Change, Key
from tests.faults.sender import RETRY_SECONDS, TRIES, Sender

CLOCK_SECONDS = 5.0
"""After which time a hold that has lapsed must show as open, by the default of GRAPHQL_RESPONSE_CACHE_SECONDS."""

SLACK_SECONDS = 1.0
"""How long a request may take from the instant that it counts as its own to its read of the cache."""


@dataclass(frozen=True)
class Taken:
    """A reservation, and the slots that it takes."""

    id: str
    token: str
    keys: tuple[Key, ...]
    is_hold: bool = True


class Writer(Sender):
    """Knows the state of its two calendars, which nobody else changes."""

    def __init__(
        self, calendars: Calendars, writable: Writable, *, port: int, database_url: str, at_once: bool = False
    ) -> None:
        super().__init__(port, at_once=at_once)
        self.calendars = calendars
        self.writable = writable
        self.database_url = database_url
        self.ids: dict[Key, str | None] = {}
        self.taken: list[Taken] = []
        self.changes: list[Change] = []
        self.done: Counter[str] = Counter()

    def write(self, number: int) -> None:
        """Makes this many changes, of random kinds."""
        kinds = (self.reserve, self.reserve, self.reserve, self.confirm, self.cancel, self.move, self.lapse)
        others = (self.offer, self.withdraw, self.rename, self.repeat)
        self.read_ids()
        while self.done.total() < number:
            kind = random.choice((*kinds, *others))
            if kind():
                self.done[kind.__name__] += 1
            time.sleep(random.uniform(0, 0.05))

    # --- Changes ---------------------------------------------------------------------------------------------------

    def reserve(self) -> bool:
        length = random.choice((1, 2))
        if not (run := self.free_run(length)):
            return False
        token = random.choice(self.writable.client_tokens)
        service = {"serviceId": self.calendars.service} if length == 2 else {}
        payload, at = self.mutate("reserveAppointment", token, appointmentId=self.ids[run[0]], **service)
        if payload is None:
            return False
        self.taken.append(Taken(payload["reservation"]["id"], token, run))
        self.record(dict.fromkeys(run, False), at)
        return True

    def confirm(self) -> bool:
        if not (holds := [one for one in self.taken if one.is_hold]):
            return False
        hold = random.choice(holds)
        for _ in range(random.choice((1, 2))):  # to confirm a booking changes nothing
            payload, at = self.mutate("confirmReservation", hold.token, reservationId=hold.id)
        self.taken[self.taken.index(hold)] = replace(hold, is_hold=False)
        self.record(dict.fromkeys(hold.keys, False), at)
        return payload is not None

    def cancel(self) -> bool:
        if not self.taken:
            return False
        taken = self.taken.pop(random.randrange(len(self.taken)))
        _, at = self.mutate("cancelReservation", taken.token, reservationId=taken.id)
        self.record(dict.fromkeys(taken.keys, True), at)
        return True

    def move(self) -> bool:
        if not self.taken:
            return False
        taken = random.choice(self.taken)
        if not (run := self.free_run(len(taken.keys))):
            return False
        payload, at = self.mutate(
            "rescheduleReservation", taken.token, reservationId=taken.id, appointmentId=self.ids[run[0]]
        )
        if payload is None:
            return False
        self.taken[self.taken.index(taken)] = replace(taken, keys=run)
        self.record(dict.fromkeys(taken.keys, True) | dict.fromkeys(run, False), at)
        return True

    def lapse(self) -> bool:
        """Lets a hold lapse: the database gets an earlier instant for it, and then only the clock changes."""
        if not (holds := [one for one in self.taken if one.is_hold]):
            return False
        hold = random.choice(holds)
        self.taken.remove(hold)
        seconds = random.uniform(0.3, 0.6)
        earliest = time.monotonic() + seconds
        self.set_expiry(from_global_id(hold.id, noun="Reservation"), datetime.now(UTC) + timedelta(seconds=seconds))
        latest = time.monotonic() + seconds  # on a busy machine it takes a while
        self.record(dict.fromkeys(hold.keys, True), (earliest, latest + CLOCK_SECONDS + SLACK_SECONDS))
        time.sleep(max(0.0, latest + 0.1 - time.monotonic()))
        return True

    def withdraw(self) -> bool:
        place, start, end = self.interval()
        keys = self.keys(place, start, end)
        free = [key for key in keys if self.ids[key] and not self.is_taken(key)]
        payload, at = self.mutate("withdrawAppointments", self.writable.provider_tokens[place], **self.of(keys))
        assert payload is not None
        assert payload["withdrawnCount"] == len(free), (payload, free)
        self.ids |= dict.fromkeys(free)
        self.record(dict.fromkeys(free, False), at)
        return bool(free)

    def offer(self) -> bool:
        place, start, end = self.interval()
        keys = self.keys(place, start, end)
        missing = [key for key in keys if not self.ids[key]]
        payload, at = self.mutate("offerAppointments", self.writable.provider_tokens[place], **self.of(keys))
        assert payload is not None
        assert payload["createdCount"] == len(missing), (payload, missing)
        self.record(dict.fromkeys(missing, True), at)
        self.read_ids()
        return bool(missing)

    def rename(self) -> bool:
        place = random.randrange(2)
        provider, name = self.writable.providers[place], uuid.uuid4().hex
        payload, at = self.mutate(
            "updateProvider", self.writable.provider_tokens[place], providerId=provider, name=name
        )
        assert payload is not None
        self.record({(provider, "name"): name}, at)
        return True

    def repeat(self) -> bool:
        """Sends the last mutation again, with its key."""
        if self.last is None:
            return False
        self.send(*self.last)
        return True

    # --- What it knows ---------------------------------------------------------------------------------------------

    def read_ids(self) -> None:
        """Reads the ids of open appointments. A response with its cost comes from the database."""
        variables = self.calendars.window(self.writable.providers)
        with closing(ApiClient(self.port)) as api_client:
            for _ in range(TRIES):
                request = api_client.send(
                    "", "POST", "/graphql/", {"query": OPEN, "variables": variables}, GraphQL_Cost="report"
                )
                if not request.failed:
                    break
                time.sleep(RETRY_SECONDS)
        nodes = request.body["data"]["openAppointments"]["nodes"]
        self.ids |= {(node["provider"]["id"], self.calendars.slot(node["startsAt"])): node["id"] for node in nodes}

    def set_expiry(self, reservation: int, at: datetime) -> None:
        import MySQLdb

        url = urlsplit(self.database_url)
        with closing(
            MySQLdb.connect(
                host=url.hostname, port=url.port, user=url.username, password=url.password, database=url.path.strip("/")
            )
        ) as connection:
            cursor = connection.cursor()
            instant = at.replace(tzinfo=None)
            cursor.execute(
                "UPDATE reservation_appointment SET available_at = %s WHERE reservation_id = %s", (instant, reservation)
            )
            cursor.execute("UPDATE reservation_reservation SET expires_at = %s WHERE id = %s", (instant, reservation))
            connection.commit()

    def record(self, values: dict[Key, Any], at: tuple[float, float]) -> None:
        """Records changes. One that follows a lapse ends the time in which that may show."""
        sent_at, due_at = at
        for key, value in values.items():
            for place, change in enumerate(self.changes):
                if change.key == key and change.due_at > due_at:
                    self.changes[place] = replace(change, due_at=due_at)
            self.changes.append(Change(key, value, sent_at, due_at))

    def is_taken(self, key: Key) -> bool:
        return any(key in one.keys for one in self.taken)

    def free_run(self, length: int) -> tuple[Key, ...]:
        """A random run of so many open slots, if there is any."""
        runs = [self.keys(place, start, start + length) for place in (0, 1) for start in range(SLOTS - length + 1)]
        free = [run for run in runs if all(self.ids[key] and not self.is_taken(key) for key in run)]
        return tuple(random.choice(free)) if free else ()

    def interval(self) -> tuple[int, int, int]:
        """A random calendar, and an interval of up to three slots on it."""
        start = random.randrange(SLOTS - 2)
        return random.randrange(2), start, start + random.choice((1, 2, 3))

    def keys(self, place: int, start: int, end: int) -> list[Key]:
        return [(self.writable.providers[place], slot) for slot in range(start, end)]

    def of(self, keys: Iterable[Key]) -> dict[str, Any]:
        (provider, first), *_ = keys = list(keys)
        return {
            "providerId": provider,
            "startsAt": self.calendars.instant(first),
            "endsAt": self.calendars.instant(keys[-1][1] + 1),
        }
