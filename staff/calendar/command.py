"""What staff does: each is the command that the API's mutation calls, once for each key, in the name of who asks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Model
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone

from reservation.domain.command import Command
from reservation.domain.errors import DomainError
from reservation.domain.reservation import cancel, complete, confirm, mark_no_show, reschedule, reserve
from reservation.models import Reservation
from reservation.policy import MAX_IDEMPOTENCY_KEY_LENGTH
from staff.base import current_caller
from staff.calendar.choice import MAX_ID

SENTENCES = {
    "APPOINTMENT_TAKEN": "This time has been taken meanwhile. The calendar shows how it is now: choose another time.",
    "HOLD_EXPIRED": "The hold has lapsed meanwhile. Reserve the time again.",
    "INVALID_TRANSITION": "The reservation has changed meanwhile, or its time has not come: this cannot be done now.",
    "NOT_FOUND": "This is not there any more. The calendar shows how it is now.",
    "CLIENT_BUSY": "The client has another reservation at this time.",
    "IDEMPOTENCY_KEY_REUSED": "This was done already, with something else chosen. Close the panel and look.",
}
"""For staff, where the domain's own sentence is for who calls it."""


class KeyForm(forms.Form):
    """key: made by the page when its panel opens, so that a second click does nothing more."""

    key = forms.CharField(max_length=MAX_IDEMPOTENCY_KEY_LENGTH)


class CancelForm(KeyForm):
    reason = forms.CharField(required=False)  # how long it may be is the domain's


class RescheduleForm(KeyForm):
    appointment_id = forms.IntegerField(min_value=1, max_value=MAX_ID)


class ReserveForm(RescheduleForm):
    service_id = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    client_id = forms.IntegerField(
        min_value=1, max_value=MAX_ID, error_messages={"required": "Choose a client, or add a new one."}
    )
    note = forms.CharField(required=False)


@dataclass(frozen=True)
class Step:
    """command: what it calls. form: what it asks for. done: what the page then says."""

    command: Command[..., Reservation]
    form: type[KeyForm]
    done: str


STEPS = {
    "confirm": Step(confirm, KeyForm, "Confirmed."),
    "cancel": Step(cancel, CancelForm, "Cancelled. The time is open again."),
    "reschedule": Step(reschedule, RescheduleForm, "Moved."),
    "complete": Step(complete, KeyForm, "Marked as done."),
    "mark_no_show": Step(mark_no_show, KeyForm, "Marked as no-show."),
}


def perform(request: HttpRequest, pk: int, step: str) -> JsonResponse:
    """Take a reservation one step further."""
    if step not in STEPS:
        raise Http404
    chosen = STEPS[step]
    return give(request, chosen.command, chosen.form, lambda _: chosen.done, reservation_id=pk)


def reserve_for_client(request: HttpRequest) -> JsonResponse:
    """Hold a time for a client, who is named."""
    return give(request, reserve, ReserveForm, lambda _: "Reserved. Confirm it before the hold lapses.")


def give(
    request: HttpRequest,
    command: Command[..., Any],
    form_class: type[KeyForm],
    done: Callable[[Any], str],
    **arguments: Any,
) -> JsonResponse:
    """Call the command with what the form holds. A refusal is an answer, too: nothing has changed then."""
    form = form_class(request.POST)
    if not form.is_valid():
        field, messages = next(iter(form.errors.items()))
        return refuse("INVALID_INPUT", " ".join(str(message) for message in messages), field)
    given = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
    key = given.pop("key")
    try:
        result: Model = command.once(key, caller=current_caller(request), now=timezone.now(), **given, **arguments)
    except DomainError as error:
        return refuse(error.code, SENTENCES.get(error.code, error.message), error.field)
    return JsonResponse({"id": result.pk, "message": done(result)})


def refuse(code: str, message: str, field: str | None) -> JsonResponse:
    return JsonResponse({"refusal": {"code": code, "message": message, "field": field}})
