"""What staff can do to a reservation in lists, on its page and in the calendar: each is a command of the domain."""

from collections.abc import Mapping
from dataclasses import dataclass

from reservation.domain.command import Command
from reservation.domain.reservation import cancel, complete, confirm, mark_no_show, reschedule
from reservation.models import Reservation
from reservation.policy import Action


@dataclass(frozen=True, kw_only=True)
class StaffAction:
    """button: the text on it. done: the message afterwards.

    needs_input: whether a form follows the button, before the command is called.
    """

    command: Command[..., Reservation]
    button: str
    done: str
    is_primary: bool = False
    needs_input: bool = False


STAFF_ACTIONS: Mapping[Action, StaffAction] = {
    Action.CONFIRM: StaffAction(command=confirm, button="Confirm", done="Confirmed.", is_primary=True),
    Action.COMPLETE: StaffAction(
        command=complete,
        button="Mark as completed",
        done="Marked as completed.",
        is_primary=True,
    ),
    Action.MARK_NO_SHOW: StaffAction(command=mark_no_show, button="Mark as no-show", done="Marked as no-show."),
    Action.CANCEL: StaffAction(
        command=cancel,
        button="Cancel…",
        done="Cancelled. The time is open again.",
        needs_input=True,
    ),
    Action.RESCHEDULE: StaffAction(command=reschedule, button="Move…", done="Moved.", needs_input=True),
}


def name_of(action: Action) -> str:
    """Returns the name of the action in addresses and forms."""
    return action.name.lower()
