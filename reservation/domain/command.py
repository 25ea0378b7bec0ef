"""Commands: each change is one transaction, retried as a whole; with an idempotency key it is carried out once."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar, cast

from django.conf import settings
from django.db.models import Model

from database.compiled_insert import CompiledInsert
from reservation.domain.access import find_one_visible
from reservation.domain.acknowledgement import send_affected, send_calendars_of
from reservation.domain.caller import Caller
from reservation.domain.errors import (
    IdempotencyKeyReused,
    InvalidInput,
    InvalidTransition,
    ResultNotFound,
    Unauthenticated,
)
from reservation.domain.signals import send_catalogue_changed
from reservation.domain.transaction import transact
from reservation.models import IdempotencyKey, Reservation, User
from reservation.policy import MAX_IDEMPOTENCY_KEY_LENGTH, Policy

P = ParamSpec("P")
R = TypeVar("R", bound=Model | int)

insert_key = CompiledInsert(IdempotencyKey)


@dataclass(frozen=True)
class HourlyLimit:
    """How often callers other than staff may try a command within an hour.

    name: of the counters in Redis; it stays when functions are renamed, so that counts survive an upgrade.
    number_of: the number of the policy for each account; 0 is no limit.
    network_number_of: the same for all accounts together that call from one address, so that signing up more often does
        not help.
    """

    name: str
    number_of: Callable[[Policy], int]
    network_number_of: Callable[[Policy], int]

    @property
    def number(self) -> int:
        return self.number_of(settings.RESERVATION_POLICY)

    @property
    def network_name(self) -> str:
        """The name of the counters by address."""
        return f"{self.name}-of-network"

    @property
    def network_number(self) -> int:
        return self.network_number_of(settings.RESERVATION_POLICY)


class Command(Generic[P, R]):
    """A function that changes something, with keyword arguments only, among them `caller` and `now`.

    A call runs in a transaction of its own. `once` does the same with an idempotency key.
    """

    def __init__(self, work: Callable[P, R], result: type[R], hourly_limit: HourlyLimit | None = None) -> None:
        self.work = work
        self.result = result
        self.name = work.__name__
        self.hourly_limit = hourly_limit
        update_wrapper(self, work)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the command. Raises Unauthenticated for an anonymous caller, and what the function raises."""
        require_user(kwargs)
        return self.transact(lambda: self.work(*args, **kwargs), kwargs)

    def once(self, key: str | None, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the command, or return the former result when this caller has run it with this key.

        Raises IdempotencyKeyReused when the key was used with another input, and ResultNotFound when the former result
        is gone or the caller may no longer see it. A failure is not stored.
        """
        if key is None:
            return self(*args, **kwargs)
        if not 0 < len(key) <= MAX_IDEMPOTENCY_KEY_LENGTH:
            raise InvalidInput(
                f"A key has 1 to {MAX_IDEMPOTENCY_KEY_LENGTH} characters.",
                field="idempotency_key",
            )
        user_id, now = require_user(kwargs), cast("datetime", kwargs["now"])
        key_hash, input_hash = hash_text(key), self.hash_input(kwargs)

        def work() -> R:
            # Commands of one account wait for each other here. If they waited for the key's own row, they would share a
            # lock on it when the first one fails, and then deadlock.
            User.objects.select_for_update().only("pk").get(pk=user_id)
            former = IdempotencyKey.objects.filter(user_id=user_id, key_hash=key_hash).first()
            if former is None:
                result = self.work(*args, **kwargs)
                insert_key(
                    IdempotencyKey(
                        user_id=user_id,
                        key_hash=key_hash,
                        input_hash=input_hash,
                        result=result if isinstance(result, int) else result.pk,
                        created_at=now,
                    )
                )
                return result
            if former.input_hash != input_hash:
                raise IdempotencyKeyReused
            return self.recall(former.result, caller=cast("Caller", kwargs["caller"]))

        return self.transact(work, kwargs)

    def transact(self, work: Callable[[], R], kwargs: Mapping[str, Any]) -> R:
        """Run work in a transaction. Caches are invalidated before it returns, also for a change that was made before.

        So they are before a refusal that says so: of a transition, since the reservation may already be what the caller
        wants it to be, and of a former result that the caller may no longer see.
        """

        def acknowledged() -> R:
            result = work()
            send_affected(result, kwargs)
            return result

        try:
            return transact(acknowledged)
        except InvalidTransition:
            for reservation in Reservation.objects.filter(pk__in=[kwargs.get("reservation_id")]):
                send_calendars_of(reservation)
            raise
        except ResultNotFound:
            send_catalogue_changed()  # whatever it was about
            raise

    def recall(self, result: int, *, caller: Caller) -> R:
        """The former result of the command, from the id or the count that was stored with the key.

        An object is read as the caller may see it now: its rights may have changed since. Raises ResultNotFound.
        """
        if not issubclass(self.result, Model):
            return cast("R", result)
        found = find_one_visible(self.result, caller=caller, pk=result)
        if found is None:
            raise ResultNotFound
        return found

    def hash_input(self, kwargs: dict[str, Any]) -> str:
        """The hash of the command's name and all arguments that were given, except the caller and the instant."""
        given = {name: value for name, value in kwargs.items() if name not in ("caller", "now") and value is not None}
        return hash_text(json.dumps([self.name, given], sort_keys=True, default=canonical))


def command(*, result: type[R], hourly_limit: HourlyLimit | None = None) -> Callable[[Callable[P, R]], Command[P, R]]:
    """Decorates a function that changes something, to make it a command.

    result: the type of what the function returns: a model, or int for a count.
    hourly_limit: the API's rate limiter enforces it. A call counts once, however often its transaction is retried.
    """
    return lambda work: Command(work, result, hourly_limit)


def require_user(kwargs: dict[str, Any]) -> int:
    """The id of the caller's account. Raises Unauthenticated for an anonymous caller."""
    user_id = cast("Caller", kwargs["caller"]).user_id
    if user_id is None:
        raise Unauthenticated
    return user_id


def canonical(value: object) -> str:
    """A value that JSON has no type for, as text. Instants are in UTC, so that equal ones have the same hash."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def hash_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
