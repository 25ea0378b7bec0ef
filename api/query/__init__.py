"""Queries. One file a noun: its type, its filter, and the fields of Query that find it."""
