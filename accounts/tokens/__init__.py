"""Access and refresh tokens (JWT).

`own` issues and verifies this API's tokens with `keys`; `external` verifies those of an identity provider with `jwks`.
"""


class InvalidToken(Exception):
    """The token authenticates nobody: forged, malformed, for another issuer or audience, or not valid at this time."""
