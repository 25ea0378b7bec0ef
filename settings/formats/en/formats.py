"""Dates and times in the admin, as its lists and its calendar write them: by the clock of 24 hours."""

DATE_FORMAT = "D d M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "D d M Y, H:i"
