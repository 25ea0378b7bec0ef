"""Request metrics."""
