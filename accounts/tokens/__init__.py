"""Tokens: ours, which `own` writes and reads with `keys`, and those of an identity provider, which `external` reads."""


class InvalidToken(Exception):
    """Nobody is to be believed because of this token: it is forged, garbled, for others, too old or too new."""
