"""Queries. One file per noun: its type, its filter, and the fields of Query that return it."""
