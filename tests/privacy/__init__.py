"""That personal data stays where it belongs."""
