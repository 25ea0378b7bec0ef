"""The token strategy of django-allauth: issues access and refresh tokens, and exchanges refresh tokens."""

import hashlib
import logging
from typing import Any

from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.httpkit import authenticated_user, get_authorization_credential
from allauth.headless.tokens.strategies.base import AbstractTokenStrategy
from allauth.headless.tokens.strategies.jwt import JWTTokenStrategy
from django.conf import settings
from django.http import HttpRequest

from accounts.errors import error_response
from accounts.tokens import InvalidToken
from accounts.tokens.own import Token, TokenType, read_token
from accounts.tokens.refresh import Refusal, exchange_refresh_token, issue_first_tokens
from ops.rate_limit import Rate, rate_limiter
from ops.request_rate import network_of
from reservation.domain.transaction import transact

logger = logging.getLogger(__name__)

HOUR = 3600


class TokenStrategy(JWTTokenStrategy):
    def get_session_token(self, request: HttpRequest) -> str | None:
        """Returns the session's key, from X-Session-Token or from an access token; None without a valid one."""
        if session_key := AbstractTokenStrategy.get_session_token(self, request):
            return session_key
        access_token = get_authorization_credential(request, "Bearer")
        try:
            return read_token(TokenType.ACCESS, access_token).session_key if access_token else None
        except InvalidToken:
            return None

    def create_access_token_payload(self, request: HttpRequest) -> dict[str, Any] | None:
        """Returns both tokens for the account that has just logged in."""
        access_token, refresh_token = issue_first_tokens(authenticated_user(request).pk, request.session)
        return {"access_token": access_token, "refresh_token": refresh_token}

    def refresh_token(self, refresh_token: str) -> tuple[str, str]:
        """Returns an access token and the successor of the refresh token.

        Raises ImmediateHttpResponse with the code of the Refusal, or with 429 beyond TOKEN_REFRESHES_PER_HOUR.
        """
        try:
            token = read_token(TokenType.REFRESH, refresh_token)
        except InvalidToken as error:
            raise refused(Refusal.INVALID) from error
        check_rate(token)
        client = client_of(context.request)
        result = transact(lambda: exchange_refresh_token(token, client=client))
        if isinstance(result, Refusal):
            if result is Refusal.SPENT:
                logger.warning("A refresh token of account %s was used twice: its session is ended.", token.user_id)
            raise refused(result)
        return result


def check_rate(token: Token) -> None:
    """Counts the exchange for the token's session. Raises ImmediateHttpResponse beyond TOKEN_REFRESHES_PER_HOUR."""
    if not settings.TOKEN_REFRESHES_PER_HOUR:
        return
    rate = Rate("refresh", settings.TOKEN_REFRESHES_PER_HOUR, HOUR)
    result = rate_limiter().consume(rate, hashlib.sha256(token.session_key.encode()).hexdigest())
    if not result.is_allowed:
        message = "The tokens of this session are refreshed too often."
        raise ImmediateHttpResponse(
            error_response(message, status=429, code="too_many_refreshes", retry_seconds=result.retry_seconds)
        )


def client_of(request: HttpRequest | None) -> str:
    """Returns a hash of what distinguishes one client from another: its address and its User-Agent."""
    if request is None:
        return ""
    text = f"{network_of(request)} {request.headers.get('User-Agent', '')}"
    return hashlib.sha256(text.encode()).hexdigest()


def refused(refusal: Refusal) -> ImmediateHttpResponse:
    """Returns the exception that makes a response of the refusal."""
    return ImmediateHttpResponse(error_response(refusal.message, status=400, code=refusal.code, param="refresh_token"))
