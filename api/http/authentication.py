"""Authenticates a request: by an access token, or, on a page of this site, by the session of a member of staff."""

from dataclasses import replace

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

from accounts.identity import find_caller_by_identity
from accounts.second_factor import may_work_as_staff
from accounts.sessions import lookup_session
from accounts.tokens import InvalidToken, external, own
from reservation.domain.caller import ANONYMOUS, Caller, find_caller
from reservation.models import User

SCHEME = "bearer"

__all__ = ["InvalidToken", "caller_of"]


def caller_of(request: HttpRequest) -> Caller:
    """The caller that the request's credentials identify; anonymous without credentials.

    Raises InvalidToken when there is a token and it is invalid, its session has ended or its account is not active.
    """
    header = request.headers.get("Authorization", "").strip()
    if not header:  # absent, or empty, as clients send it that have no token
        return staff_by_session(request)
    scheme, _, token = header.partition(" ")
    if scheme.lower() != SCHEME:
        raise InvalidToken
    caller = find_owner(token.strip())
    if caller is None:
        raise InvalidToken
    return caller


def staff_by_session(request: HttpRequest) -> Caller:
    """The member of staff who is logged in to the admin, for a POST from a page of this site; otherwise anonymous.

    Browsers send cookies with requests from any page. `Origin`, which a page cannot forge, identifies pages of this
    site. A GET is always anonymous, since its response may be cached.
    """
    if request.method != "POST" or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return ANONYMOUS
    if request.headers.get("Origin") != f"{request.scheme}://{request.get_host()}":
        return ANONYMOUS
    if not isinstance(request.user, User) or not request.user.is_staff:
        return ANONYMOUS
    caller = find_caller(str(request.user.pk))
    return with_staff_status(caller, request.session) if caller else ANONYMOUS


def find_owner(token: str) -> Caller | None:
    """The caller with the active account that a token of this service or of the identity provider belongs to.

    None when there is no such account, or its session has ended. Raises InvalidToken.
    """
    session_key = None
    if own.is_own(token):
        claims = own.read_token(own.TokenType.ACCESS, token)
        session_key = claims.session_key
        caller = find_caller(claims.user_id, session_key=session_key)
    else:
        identity = external.read_identity(token)
        caller = find_caller_by_identity(
            issuer=identity.issuer, subject=identity.subject, email=identity.email, now=timezone.now()
        )
    if caller is None or not (caller.is_staff and settings.STAFF_MFA_REQUIRED):
        return caller
    return with_staff_status(caller, lookup_session(session_key) if session_key else None)


def with_staff_status(caller: Caller, session: SessionBase | None) -> Caller:
    """The caller, as staff only if its session fulfils the rules of the second factor.

    session: None for a token of the identity provider, which has no session here.
    """
    assert caller.user_id is not None  # an account was found
    return replace(caller, is_staff=caller.is_staff and may_work_as_staff(session, user_id=caller.user_id))
