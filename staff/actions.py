"""What staff can do to a reservation in lists, on its page and in the calendar: each is a command of the domain."""

from collections.abc import Mapping
from dataclasses import dataclass

from reservation.domain.command import Command
from reservation.domain.reservation import cancel, complete, confirm, mark_no_show, reschedule
from reservation.models import Reservation
from reservation.policy import Action, Status


@dataclass(frozen=True, kw_only=True)
class StaffAction:
    """button: the text on it. done: the message afterwards. leads_to: the new status; None when it stays the same.

    needs_input: whether a form stands between the button and the command.
    """

    command: Command[..., Reservation]
    button: str
    done: str
    leads_to: Status | None
    is_primary: bool = False
    needs_input: bool = False


STAFF_ACTIONS: Mapping[Action, StaffAction] = {
    Action.CONFIRM: StaffAction(
        command=confirm, button="Confirm", done="Confirmed.", leads_to=Status.CONFIRMED, is_primary=True
    ),
    Action.COMPLETE: StaffAction(
        command=complete,
        button="Mark as completed",
        done="Marked as completed.",
        leads_to=Status.COMPLETED,
        is_primary=True,
    ),
    Action.MARK_NO_SHOW: StaffAction(
        command=mark_no_show, button="Mark as no-show", done="Marked as no-show.", leads_to=Status.NO_SHOW
    ),
    Action.CANCEL: StaffAction(
        command=cancel,
        button="Cancel…",
        done="Cancelled. The time is open again.",
        leads_to=Status.CANCELLED,
        needs_input=True,
    ),
    Action.RESCHEDULE: StaffAction(command=reschedule, button="Move…", done="Moved.", leads_to=None, needs_input=True),
}


def name_of(action: Action) -> str:
    """The name of the action in addresses and forms."""
    return action.name.lower()
