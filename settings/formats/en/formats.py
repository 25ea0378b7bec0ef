"""Formats of what libraries show, mails among it: a 24-hour clock, with the zone. Our own: reservation/instants.py."""

DATE_FORMAT = "D j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "D j M Y, H:i T"
