"""The limits of a request. Each is a setting, and is named in `extensions.limit` of the error when exceeded."""
