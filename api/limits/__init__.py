"""What a request may ask for at most. Each limit is a setting, and named in `extensions.limit` of its refusal."""
