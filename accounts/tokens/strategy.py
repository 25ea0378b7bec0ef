"""The token strategy of django-allauth: issues access and refresh tokens, and accepts each refresh token once."""

import logging
import uuid
from datetime import timedelta
from typing import Any

from allauth.core.internal.httpkit import authenticated_user, get_authorization_credential
from allauth.core.internal.sessionkit import get_session_user
from allauth.headless import app_settings
from allauth.headless.internal.sessionkit import lookup_session
from allauth.headless.tokens.strategies.base import AbstractTokenStrategy
from allauth.headless.tokens.strategies.jwt import JWTTokenStrategy
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from accounts.tokens import InvalidToken
from accounts.tokens.own import Token, TokenType, read_token, write_token
from reservation.domain.transaction import transact

CURRENT_REFRESH_TOKEN = "refresh_token"
"""The item of a session that stores the `jti` of its only valid refresh token."""

logger = logging.getLogger(__name__)


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
        access_token, refresh_token = issue_tokens(authenticated_user(request).pk, request.session)
        return {"access_token": access_token, "refresh_token": refresh_token}

    def refresh_token(self, refresh_token: str) -> tuple[str, str] | None:
        """Returns a new access token and refresh token, or None when the given refresh token is not valid.

        A refresh token that is used again ends the session, since two parties have it. So of several requests that
        exchange one at the same moment, one gets tokens, and the session ends all the same.
        """
        try:
            token = read_token(TokenType.REFRESH, refresh_token)
        except InvalidToken:
            return None
        return transact(lambda: exchange_refresh_token(token))


def exchange_refresh_token(token: Token) -> tuple[str, str] | None:
    """Returns new tokens, or None. Ends the session when the refresh token is not its current one."""
    # The lock makes concurrent exchanges of this session wait, so that each reads what the one before it has written.
    if Session.objects.select_for_update().filter(pk=token.session_key).first() is None:
        return None
    session = lookup_session(token.session_key)
    user = get_session_user(session) if session else None
    if session is None or user is None or user.pk != token.user_id:
        return None
    if session.get(CURRENT_REFRESH_TOKEN) != token.jti:
        session.flush()
        logger.warning("A refresh token of account %s was used twice: its session is ended.", user.pk)
        return None
    tokens = issue_tokens(user.pk, session)
    session.save()
    return tokens


def issue_tokens(user_id: int, session: SessionBase) -> tuple[str, str]:
    """Returns an access token and a refresh token, which becomes the session's current one: the caller must save it."""
    now, jti = timezone.now(), uuid.uuid4().hex
    token = Token(user_id=user_id, session_key=session.session_key or "", jti=jti)
    session[CURRENT_REFRESH_TOKEN] = jti
    access, refresh = app_settings.JWT_ACCESS_TOKEN_EXPIRES_IN, app_settings.JWT_REFRESH_TOKEN_EXPIRES_IN
    return (
        write_token(TokenType.ACCESS, token, lifetime=timedelta(seconds=access), now=now),
        write_token(TokenType.REFRESH, token, lifetime=timedelta(seconds=refresh), now=now),
    )
