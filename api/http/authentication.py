"""Who sends a request: an access token in `Authorization: Bearer …`, staff's session in a page of ours, or nobody."""

from dataclasses import replace

from allauth.headless.internal.sessionkit import lookup_session
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

from accounts.identity import find_caller_by_identity
from accounts.second_factor import may_work_as_staff
from accounts.tokens import InvalidToken, external, own
from reservation.domain.caller import ANONYMOUS, Caller, find_caller

SCHEME = "bearer"

__all__ = ["InvalidToken", "caller_of"]


def caller_of(request: HttpRequest) -> Caller:
    """The caller that the request's credentials stand for; anonymous without any.

    Raises InvalidToken: there is a token, and it is not to be believed, its session has ended or its account is gone.
    """
    header = request.headers.get("Authorization")
    if header is None:
        return staff_in_a_page(request)
    scheme, _, token = header.partition(" ")
    if scheme.lower() != SCHEME:
        raise InvalidToken
    caller = find_owner(token.strip())
    if caller is None:
        raise InvalidToken
    return caller


def staff_in_a_page(request: HttpRequest) -> Caller:
    """The member of staff who has logged in to the admin, when a page of this site posts; anybody else is anonymous.

    Browsers send cookies along for every page. Ours is told by `Origin`, which no page can choose; and what changes
    nothing by itself, a GET, is never believed to be anybody's, since its answer may be kept.
    """
    if request.method != "POST" or settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return ANONYMOUS
    if request.headers.get("Origin") != f"{request.scheme}://{request.get_host()}" or not request.user.is_staff:
        return ANONYMOUS
    caller = find_caller(str(request.user.pk))
    return with_staffs_rights(caller, request.session) if caller else ANONYMOUS


def find_owner(token: str) -> Caller | None:
    """The active account of a token, ours or the identity provider's. Raises InvalidToken."""
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
    return with_staffs_rights(caller, lookup_session(session_key) if session_key else None)


def with_staffs_rights(caller: Caller, session: SessionBase | None) -> Caller:
    """The caller, who is staff only in a session that is good for staff's work. An identity provider's is none."""
    assert caller.user_id is not None  # it was found
    return replace(caller, is_staff=caller.is_staff and may_work_as_staff(session, user_id=caller.user_id))
