"""Whatever commands run in whatever order, the domain agrees with a simple reference model."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import hypothesis
import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pytest_django import Settings

from reservation.domain.appointment import offer, withdraw
from reservation.domain.command import Command
from reservation.domain.errors import DomainError
from reservation.domain.expiry import expire_lapsed
from reservation.domain.queries.open_appointments import OpenAppointments
from reservation.domain.queries.verification import find_violations
from reservation.domain.reservation import cancel, confirm, reschedule, reserve
from reservation.models import Appointment, Reservation
from reservation.policy import Policy, Status
from tests.factories import NOW, TOMORROW, caller, make_client, make_provider, make_service, minutes, staff
from tests.reservation.domain.reference_model import MOST_HOLDS, QUARTER, Claim, ReferenceModel, Refused, Slot
from tests.rows import all_rows

PROVIDERS = ("provider 1", "provider 2")
CLIENTS = ("client 1", "client 2", "client 3")
DAYS = (TOMORROW, TOMORROW + timedelta(days=2))
SLOTS_A_DAY = 5
SERVICE_LENGTH = 3
MICROSECOND = timedelta(microseconds=1)
NO_KEY = 2**63 - 1

places = st.one_of(
    st.integers(0, 99),  # the number of an open slot
    st.tuples(
        st.sampled_from(PROVIDERS),
        st.sampled_from([day + place * QUARTER for day in reversed(DAYS) for place in range(SLOTS_A_DAY)]),
    ),
)
lengths = st.integers(1, SLOTS_A_DAY)
clients = st.sampled_from(["client 1", "client 1", *CLIENTS])  # client 1 more often, so that its own claims overlap
owners = st.sampled_from(["its provider", "its provider", "its provider", "staff", *PROVIDERS])
people = st.sampled_from(["its client"] * 8 + ["staff", *PROVIDERS, *CLIENTS])
ages = st.integers(0, 3)  # of a claim: 0 is the latest live one
spans = st.one_of(
    st.sampled_from([minutes(1), minutes(10)]),
    st.tuples(
        st.sampled_from(["lapse", "lapse", "lapse", "start"]),
        st.sampled_from([-MICROSECOND, timedelta(0), MICROSECOND]),
    ),
)


def outcome(do: Callable[[], int]) -> int | str:
    """Returns the result: a count, the number of a claim, or the code of an error."""
    try:
        return do()
    except Refused as refusal:
        return str(refusal)
    except DomainError as error:
        return error.code


class Machine(RuleBasedStateMachine):
    """Runs each command in the database and in the model; each example is rolled back."""

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.service = make_service(duration_minutes=45)
        self.providers = {name: make_provider(name=name, services=(self.service,)) for name in PROVIDERS}
        self.callers = {"staff": staff()}
        self.callers |= {name: caller(provider) for name, provider in self.providers.items()}
        self.callers |= {name: caller(make_client(name=name)) for name in CLIENTS}
        self.names = {provider.pk: name for name, provider in self.providers.items()}
        self.client_names = {self.callers[name].client_id: name for name in CLIENTS}
        self.numbers: dict[int, int] = {}  # the number of each reservation's claim, by its key
        self.model = ReferenceModel(now=NOW)
        self.verified: dict[str, list[dict[str, Any]]] = {}
        for provider, day in product(PROVIDERS, DAYS):
            self.change_calendar(offer, self.model.offer, "staff", (provider, day), SLOTS_A_DAY)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    # --- Commands --------------------------------------------------------------------------------------------------

    @rule(span=spans)
    def wait(self, span: timedelta | tuple[str, timedelta]) -> None:
        """Advance the clock by this span, or to about the next lapse of a hold or start of a claim."""
        if not isinstance(span, timedelta):
            event, margin = span
            claims = self.model.live().values()
            instants = [claim.lapses_at if event == "lapse" else claim.starts_at for claim in claims]
            waits = [instant - self.model.now for instant in instants if instant and instant > self.model.now]
            span = max(min(waits, default=timedelta(0)) + margin, timedelta(0))
        self.model.wait(span)

    @rule()
    def sweep(self) -> None:
        expire_lapsed(now=self.model.now)

    @rule(who=owners, place=places, length=lengths)
    def offer(self, who: str, place: Slot | int, length: int) -> None:
        self.change_calendar(offer, self.model.offer, who, place, length)

    @rule(who=owners, place=places, length=lengths)
    def withdraw(self, who: str, place: Slot | int, length: int) -> None:
        self.change_calendar(withdraw, self.model.withdraw, who, place, length)

    def change_calendar(
        self, do: Command[..., int], expect: Callable[[str, Slot, int], int], who: str, place: Slot | int, length: int
    ) -> None:
        first = provider, starts_at = self.slot_at(place)
        name = provider if who == "its provider" else who
        count = outcome(
            lambda: do(
                caller=self.callers[name],
                provider_id=self.providers[provider].pk,
                starts_at=starts_at,
                ends_at=starts_at + length * QUARTER,
                now=self.model.now,
            )
        )
        assert count == outcome(lambda: expect(name, first, length))

    @initialize(ahead=st.lists(st.tuples(clients, places, st.booleans()), min_size=3, max_size=5), span=spans)
    def begin(self, ahead: list[tuple[str, Slot | int, bool]], span: timedelta | tuple[str, timedelta]) -> None:
        """Make sure that there are holds, live or lapsed, since Hypothesis leaves some rules out of every example."""
        for client, place, is_long in ahead:
            self.reserve(client=client, place=place, is_long=is_long)
        self.wait(span=span)

    @rule(client=clients, place=places, is_long=st.booleans())
    def reserve(self, client: str, place: Slot | int, is_long: bool) -> None:
        length = SERVICE_LENGTH if is_long else 1
        first = self.slot_at(place, length=length)

        def claim() -> int:
            reservation = reserve(
                caller=self.callers[client],
                appointment_id=self.key_of(first),
                service_id=self.service.pk if is_long else None,
                now=self.model.now,
            )
            return self.numbers.setdefault(reservation.pk, len(self.numbers))

        assert outcome(claim) == outcome(lambda: self.model.reserve(client, first, length))

    @precondition(lambda self: self.numbers)
    @rule(who=people, age=ages)
    def confirm(self, who: str, age: int) -> None:
        self.change_claim(confirm, self.model.confirm, who, age)

    @precondition(lambda self: self.numbers)
    @rule(who=people, age=ages)
    def cancel(self, who: str, age: int) -> None:
        self.change_claim(cancel, self.model.cancel, who, age)

    @precondition(lambda self: self.numbers)
    @rule(who=people, age=ages, place=places)
    def reschedule(self, who: str, age: int, place: Slot | int) -> None:
        first = self.slot_at(place)

        def expect(caller: str, number: int) -> int:
            return self.model.reschedule(caller, number, first)

        self.change_claim(reschedule, expect, who, age, appointment_id=self.key_of(first))

    def change_claim(
        self,
        do: Command[..., Reservation],
        expect: Callable[[str, int], int],
        who: str,
        age: int,
        **arguments: int,
    ) -> None:
        live = self.model.live()
        by_age = sorted(self.model.claims, key=lambda number: (number not in live, -number))
        number = by_age[age % len(by_age)]
        key = list(self.numbers)[number]
        name = self.model.claims[number].client if who == "its client" else who
        changed = outcome(
            lambda: self.numbers[do(caller=self.callers[name], reservation_id=key, now=self.model.now, **arguments).pk]
        )
        assert changed == outcome(lambda: expect(name, number))

    # --- Invariants ------------------------------------------------------------------------------------------------

    @invariant()
    def every_reservation_equals_its_claim(self) -> None:
        now = self.model.now
        seen = {}
        for reservation in Reservation.objects.all():
            status = reservation.status_at(now)
            seen[self.numbers[reservation.pk]] = Claim(
                client=self.client_names[reservation.client_id],
                provider=self.names[reservation.provider_id],
                starts_at=reservation.starts_at,
                length=(reservation.ends_at - reservation.starts_at) // QUARTER,
                status=str(status),
                lapses_at=reservation.expires_at if status is Status.PENDING else None,
            )
        assert seen == self.model.claims

    @invariant()
    def every_slot_has_the_same_holder(self) -> None:
        now = self.model.now
        holders = {
            self.slot_of(one): None if one.is_free_at(now) else self.numbers[one.reservation_id]
            for one in Appointment.objects.all()
        }
        assert holders == self.model.holders()

    @invariant()
    def open_appointments_are_those_that_can_be_reserved(self) -> None:
        now = self.model.now
        for service, length in ((None, 1), (self.service, SERVICE_LENGTH)):
            listed = [self.slot_of(one) for one in OpenAppointments.of(now=now, service=service).queryset()]
            assert sorted(listed) == sorted(self.model.open_slots(length))

    @invariant()
    def no_invariant_is_broken(self) -> None:
        """It depends on the rows alone: those of a command that was refused have been verified before."""
        if (rows := all_rows()) != self.verified:
            assert list(find_violations()) == []
            self.verified = rows

    def slot_at(self, place: Slot | int, *, length: int = 1) -> Slot:
        """This slot, or the open slot with this number."""
        if isinstance(place, tuple):
            return place
        opened = sorted(self.model.open_slots(length)) or [(PROVIDERS[0], DAYS[0])]
        return opened[place % len(opened)]

    def key_of(self, slot: Slot) -> int:
        provider, starts_at = slot
        found = Appointment.objects.filter(provider=self.providers[provider], starts_at=starts_at).first()
        return found.pk if found else NO_KEY

    def slot_of(self, appointment: Appointment) -> Slot:
        return (self.names[appointment.provider_id], appointment.starts_at)


@pytest.mark.django_db
@pytest.mark.no_cover  # long, and others execute the same
def test_the_domain_agrees_with_the_reference_model(settings: Settings) -> None:
    settings.RESERVATION_POLICY = Policy(max_live_holds=MOST_HOLDS)
    bounds = hypothesis.settings(max_examples=60, stateful_step_count=30, deadline=None, print_blob=True)
    run_state_machine_as_test(Machine, settings=bounds)
