"""What happens when many act at once, over HTTP, against gunicorn with two processes: full size on a database server,
smaller on SQLite, where writers queue anyway."""
