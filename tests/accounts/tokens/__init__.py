"""Tokens: their keys, and those of identity providers."""
