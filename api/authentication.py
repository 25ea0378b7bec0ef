"""Who sends a request: an access token in `Authorization: Bearer …`, or nobody."""

from allauth.headless.tokens.strategies.jwt.internal import validate_access_token
from django.http import HttpRequest

from reservation.domain.caller import ANONYMOUS, Caller, find_caller

SCHEME = "bearer"


class InvalidToken(Exception):
    """There is a token, and it is none of ours, has expired, or its account is gone."""


def caller_of(request: HttpRequest) -> Caller:
    """The caller that the request's credentials stand for; anonymous without any. Raises InvalidToken."""
    header = request.headers.get("Authorization")
    if header is None:
        return ANONYMOUS
    scheme, _, token = header.partition(" ")
    if scheme.lower() != SCHEME:
        raise InvalidToken
    validated = validate_access_token(token.strip())
    if validated is None:
        raise InvalidToken
    caller = find_caller(validated[1]["sub"])
    if caller is None:
        raise InvalidToken
    return caller
