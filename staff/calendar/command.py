"""Changes in the calendar: each calls the same command as the API's mutation, idempotent by its key."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Model
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone

from reservation.domain.command import Command
from reservation.domain.errors import DomainError
from reservation.domain.reservation import reserve
from reservation.policy import MAX_IDEMPOTENCY_KEY_LENGTH, Action
from staff.actions import STAFF_ACTIONS, name_of
from staff.base import current_caller
from staff.ids import MAX_ID

REFUSALS = {
    "APPOINTMENT_TAKEN": "This time has been taken meanwhile. The calendar is up to date: choose another time.",
    "HOLD_EXPIRED": "The hold has lapsed meanwhile. Reserve the time again.",
    "INVALID_TRANSITION": "The reservation has changed meanwhile, or its time has not come: this cannot be done now.",
    "NOT_FOUND": "This no longer exists. The calendar is up to date.",
    "CLIENT_BUSY": "The client has another reservation at this time.",
    "IDEMPOTENCY_KEY_REUSED": "This form was sent before, with other values. Close the panel and look at the calendar.",
}
"""Messages for staff, by code, where the domain's own is written for callers of the API."""


class KeyForm(forms.Form):
    """key: made by the page when its panel opens, so that a second click has no further effect."""

    key = forms.CharField(max_length=MAX_IDEMPOTENCY_KEY_LENGTH)


class ActionForm(KeyForm):
    """as_seen: what the panel showed of the reservation; the command refuses it once that has changed."""

    as_seen = forms.CharField(required=False)


class CancelForm(ActionForm):
    reason = forms.CharField(required=False)  # the domain limits its length


class RescheduleForm(ActionForm):
    appointment_id = forms.IntegerField(min_value=1, max_value=MAX_ID)


class ReserveForm(KeyForm):
    appointment_id = forms.IntegerField(min_value=1, max_value=MAX_ID)
    service_id = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    client_id = forms.IntegerField(
        min_value=1, max_value=MAX_ID, error_messages={"required": "Choose a client, or add a new one."}
    )
    note = forms.CharField(required=False)


ACTIONS_BY_NAME = {name_of(action): action for action in STAFF_ACTIONS}
FORMS: dict[Action, type[KeyForm]] = {Action.CANCEL: CancelForm, Action.RESCHEDULE: RescheduleForm}
"""The forms of the actions that have input."""


def do_action(request: HttpRequest, pk: int, name: str) -> JsonResponse:
    """Performs the action with this name on a reservation. Raises Http404 for an unknown name."""
    if name not in ACTIONS_BY_NAME:
        raise Http404
    action = ACTIONS_BY_NAME[name]
    chosen = STAFF_ACTIONS[action]
    return call_command(
        request, chosen.command, FORMS.get(action, ActionForm), lambda _: chosen.done, reservation_id=pk
    )


def reserve_for_client(request: HttpRequest) -> JsonResponse:
    """Holds a time for the chosen client."""
    return call_command(request, reserve, ReserveForm, lambda _: "Reserved. Confirm it before the hold lapses.")


def call_command(
    request: HttpRequest,
    command: Command[..., Any],
    form_class: type[KeyForm],
    message_for: Callable[[Any], str],
    **arguments: Any,
) -> JsonResponse:
    """Calls the command with the form's input. Returns the result, or the refusal, after which nothing has changed."""
    form = form_class(request.POST)
    if not form.is_valid():
        field, messages = next(iter(form.errors.items()))
        return refusal("INVALID_INPUT", " ".join(str(message) for message in messages), field)
    values = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
    key = values.pop("key")
    try:
        result: Model = command.once(key, caller=current_caller(request), now=timezone.now(), **values, **arguments)
    except DomainError as error:
        return refusal(error.code, REFUSALS.get(error.code, error.message), error.field)
    return JsonResponse({"id": result.pk, "message": message_for(result)})


def refusal(code: str, message: str, field: str | None) -> JsonResponse:
    return JsonResponse({"refusal": {"code": code, "message": message, "field": field}})
