"""A status is complete when all places that must list it do: a failing test names the missing places."""

import re
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from reservation.models import Reservation
from reservation.models.event import EventKind
from reservation.policy import BOOKINGS, HOLDING, LEADS_TO, MAY, MOVABLE, TRANSITIONS, Action, Status
from reservation.status_words import STATUS_WORDS, StatusGroup, Tone, statuses_in
from staff.actions import STAFF_ACTIONS
from staff.history import NOT_A_STATUS

CALENDAR_CSS = Path(settings.BASE_DIR, "staff", "static", "staff", "calendar", "grid.css")
GERMAN = Path(settings.BASE_DIR, "web", "locale", "de", "LC_MESSAGES", "django.po")

BY_TIME = {Status.EXPIRED}
"""Statuses that a reservation gets as time passes, so by no action."""


def places_to_do(status: str) -> list[str]:
    """The places where the status is missing; none if it is complete."""
    reached_by: dict[str, Action] = {following: action for action, following in LEADS_TO.items()}
    is_first_or_by_time = status in BY_TIME | {Status.PENDING}
    recorded_as = set(EventKind) - set(NOT_A_STATUS) | {Status.PENDING}
    max_length = Reservation._meta.get_field("status").max_length or 0
    missing = {
        "reservation/policy.py: Status": status not in set(Status),
        "reservation/policy.py: TRANSITIONS from it": status not in TRANSITIONS,
        "reservation/policy.py: TRANSITIONS to it": status != Status.PENDING
        and not any(status in following for following in TRANSITIONS.values()),
        "reservation/status_words.py: STATUS_WORDS": status not in STATUS_WORDS,
        "reservation/models/reservation.py: max_length of status": len(status) > max_length,
        "reservation/models/event.py: EventKind": status not in recorded_as,
        "reservation/policy.py: LEADS_TO": not is_first_or_by_time and status not in reached_by,
        "staff/actions.py: STAFF_ACTIONS": not is_first_or_by_time and reached_by.get(status) not in STAFF_ACTIONS,
    }
    return [place for place, is_missing in missing.items() if is_missing]


def test_every_status_is_complete() -> None:
    assert {status: places for status in Status if (places := places_to_do(status))} == {}


def test_a_new_status_is_missing_in_five_files_at_most() -> None:
    """Its command adds three: domain/reservation.py, api/mutation/reservation.py and api/permissions.py."""
    places = places_to_do("AWAITING_APPROVAL")
    assert places == [
        "reservation/policy.py: Status",
        "reservation/policy.py: TRANSITIONS from it",
        "reservation/policy.py: TRANSITIONS to it",
        "reservation/status_words.py: STATUS_WORDS",
        "reservation/models/reservation.py: max_length of status",
        "reservation/models/event.py: EventKind",
        "reservation/policy.py: LEADS_TO",
        "staff/actions.py: STAFF_ACTIONS",
    ]
    assert len({place.partition(":")[0] for place in places}) == 5


def test_every_action_has_its_roles_and_its_button() -> None:
    assert (set(MAY), set(STAFF_ACTIONS)) == (set(Action), set(Action))


def test_every_kind_of_event_has_words() -> None:
    assert set(EventKind) - set(NOT_A_STATUS) <= set(STATUS_WORDS)


def test_the_sets_of_statuses_agree() -> None:
    assert BOOKINGS | MOVABLE <= HOLDING <= set(Status)
    for status, following in TRANSITIONS.items():
        assert status in HOLDING or not following, "a status without time has no next one"


def test_every_group_has_a_status_and_every_status_one_group() -> None:
    assert sorted(status for group in StatusGroup for status in statuses_in(group)) == sorted(Status)
    assert all(statuses_in(group) for group in StatusGroup)


def test_status_words_are_unique_for_staff_and_for_clients() -> None:
    for words in ([words.staff for words in STATUS_WORDS.values()], [words.client for words in STATUS_WORDS.values()]):
        assert len(set(words)) == len(Status)


def test_statuses_that_hold_time_are_distinguished_in_the_calendar_without_colours() -> None:
    signs = [STATUS_WORDS[status].sign for status in HOLDING]
    assert len(set(signs)) == len(HOLDING)


def test_every_tone_has_a_colour_in_the_calendar() -> None:
    css = CALENDAR_CSS.read_text(encoding="utf-8")
    assert {tone for tone in Tone if f".is-{tone} {{\n  --cal-ink:" not in css} == set()


def test_no_script_style_or_template_of_staff_names_a_status() -> None:
    folders = (Path(settings.BASE_DIR, "staff", "static"), Path(settings.BASE_DIR, "staff", "templates"))
    assert list(naming_a_status(file for folder in folders for file in folder.rglob("*.*"))) == []


def test_every_word_of_clients_is_translated() -> None:
    german = GERMAN.read_text(encoding="utf-8")
    assert [words.client for words in STATUS_WORDS.values() if f'msgid "{words.client}"\n' not in german] == []


def naming_a_status(files: Iterable[Path]) -> Iterable[str]:
    pattern = re.compile("|".join(rf"\b{status}\b|\bis-{status.lower()}\b" for status in Status))
    for file in files:
        if found := pattern.search(file.read_text(encoding="utf-8")):
            yield f"{file.name}: {found[0]}"
