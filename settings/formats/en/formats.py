"""Formats of dates and times in the admin's lists and calendar: a 24-hour clock."""

DATE_FORMAT = "D d M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "D d M Y, H:i"
