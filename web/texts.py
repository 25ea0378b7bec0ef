"""The texts of the pages' scripts, translated. Names in braces are placeholders that the scripts fill in."""

from django.utils.translation import gettext_lazy as _

from reservation.policy import MOVABLE, TRANSITIONS, Status
from reservation.status_words import STATUS_WORDS

HOME_TEXTS = {
    # The statuses of /health/
    "ok": _("Up and well"),
    "degraded": _("Up, with a part unavailable"),
    "unavailable": _("The database is unavailable"),
    "migrations pending": _("Being updated"),
    "draining": _("Restarting"),
    "away": _("No answer: try again in a moment"),
    "took": _("Answered in {milliseconds} ms"),
}

BOOK_TEXTS = {
    # What is shown
    "anybody": _("Anybody"),
    "appointment": _("Appointment"),
    "with": _("with {name}"),
    "there": _("{time} in {zone}"),
    "zone": _("Times are in your time zone, {zone}."),
    "zones": _("Times are in your time zone, {zone}; below each, in that of {name}, {there}."),
    "closed": _(", no open times"),
    **{str(status): _(words.client) for status, words in STATUS_WORDS.items()},
    # What has happened
    "held": _("Held for you: {date}, {time}. Confirm it before the time is up."),
    "booked": _("Booked: {what} {who} on {date}, {time}."),
    "moved": _("Moved to {date}, {time}."),
    "cancelled": _("Cancelled: {date}, {time}. The time is open to others again."),
    "left": _("{minutes} left to confirm your hold."),
    "elsewhere": _("This was changed elsewhere, perhaps in another tab. It is now: {status}."),
    "loggedIn": _("You are logged in as {email}."),
    "loggedOut": _("You are logged out."),
    # The next step
    "again": _("Try again"),
    "logIn": _("Log in"),
    "logOut": _("Log out"),
    "mine": _("My reservations"),
    # Failures: the codes of the API, and this page's own
    "APPOINTMENT_TAKEN": _("Somebody else has just taken {time}. The times below are up to date; these are close by:"),
    "TOO_SOON": _("{time} is too soon by now. Please choose a later time."),
    "HOLD_EXPIRED": _("Your hold has lapsed, and the time is open to all again. Choose it once more, or another."),
    "INVALID_TRANSITION": _("This was changed meanwhile, perhaps in another tab. You see how it stands now."),
    "TOO_LATE_TO_CANCEL": _("It is too late to change this reservation here. Please call us."),
    "TOO_MANY_HOLDS": _("You have as many holds as you may have at once. Confirm or release one of them first."),
    "CLIENT_BUSY": _("You have another reservation at this time. Choose another time, or cancel that one."),
    "NOT_FOUND": _("This is no longer offered. You see what is."),
    "FORBIDDEN": _("Your account may not do this. Log in with another one."),
    "NO_CLIENT": _("This account belongs to a provider or to staff, and reserves nothing for itself."),
    "UNAUTHENTICATED": _("Your session is over. Log in again: your choice is kept."),
    "RATE_LIMITED": _("That was a lot at once. Please wait {seconds} seconds and try again."),
    "NETWORK": _("There is no connection. Nothing is lost: try again, and nothing is booked twice."),
    "TIMEOUT": _("This takes longer than it should. Try again: nothing is booked twice."),
    "SERVICE_UNAVAILABLE": _("The service is unavailable for a moment. Try again: nothing is booked twice."),
    "OTHER": _("Something went wrong on our side. Try again in a moment: nothing is booked twice."),
    # Failures: the codes of allauth
    "email_password_mismatch": _("This email and this password do not belong together."),
    "too_many_login_attempts": _("Too many attempts. Wait a few minutes, then try again."),
    "incorrect_code": _("This code is not right, or no longer. Enter the one that your app shows now."),
    "verify_email": _("We have sent you an email. Open the link in it, then log in here."),
    "email_taken": _("There is an account with this email. Log in instead."),
    "password_too_short": _("This password is too short. Take at least 8 characters."),
    "password_too_common": _("Too many people use this password. Take another one."),
    "password_too_similar": _("This password is too much like your name or email. Take another one."),
    "password_entirely_numeric": _("A password needs more than digits. Take another one."),
    "invalid": _("Something in the form is not right. Check the email, please."),
}

BOOK_TONES = {status: words.tone for status, words in STATUS_WORDS.items()}

# The statuses in which each can be done, and those that are listed as upcoming, as attributes of the page's elements.
BOOK_STATUSES = {
    "to_confirm": " ".join(status for status, following in TRANSITIONS.items() if Status.CONFIRMED in following),
    "to_cancel": " ".join(status for status, following in TRANSITIONS.items() if Status.CANCELLED in following),
    "to_move": " ".join(status for status in Status if status in MOVABLE),
    "upcoming": " ".join(status for status in Status if status in MOVABLE - {Status.PENDING}),
}

# The next step that the page offers after a failure: a time close by, a fresh list, the log-in and so on. After any
# other failure it offers to try again.
BOOK_STEPS = {
    "APPOINTMENT_TAKEN": "neighbours",
    "TOO_SOON": "neighbours",
    "NOT_FOUND": "refresh",
    "INVALID_TRANSITION": "refresh",
    "HOLD_EXPIRED": "refresh",
    "TOO_LATE_TO_CANCEL": "refresh",
    "CLIENT_BUSY": "mine",
    "TOO_MANY_HOLDS": "mine",
    "UNAUTHENTICATED": "logIn",
    "NO_CLIENT": "logOut",
    "FORBIDDEN": "logOut",
}
