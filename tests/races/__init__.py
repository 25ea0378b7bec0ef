"""Many clients at once, over HTTP, against gunicorn with two processes: full size on a database server, smaller on
SQLite, which has one writer at a time."""
