"""The page on which members of staff see the sessions of their own account, and end them."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth import logout
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from staff.ids import parse_id
from staff.instants import staff_moment
from staff.request_user import staff_id

MAX_LISTED_SESSIONS = 50

ALL_OTHERS = "others"
"""The value of the button that ends all sessions but this one."""


def show_sessions(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Shows the page; a POST ends one session, or all others."""
    own = UserSession.objects.filter(user_id=staff_id(request))
    if request.method == "POST":
        return end_sessions(request, own)
    here = request.session.session_key
    context = site.each_context(request) | {
        "title": "Your sessions",
        "here": here,
        "others": ALL_OTHERS,
        "sessions": [
            (session, staff_moment(session.created_at), staff_moment(session.last_seen_at))
            for session in sorted(
                own.order_by("-last_seen_at", "-pk")[:MAX_LISTED_SESSIONS],
                key=lambda session: session.session_key != here,
            )
        ],
    }
    return TemplateResponse(request, "admin/sessions.html", context)


def end_sessions(request: HttpRequest, own: QuerySet[UserSession]) -> HttpResponse:
    """Ends the session with the chosen id, if the user owns it, or all but this one."""
    here, chosen = request.session.session_key, request.POST.get("session", "")
    pk = parse_id(chosen)
    ending = list(own.exclude(session_key=here) if chosen == ALL_OTHERS else own.filter(pk=pk) if pk else [])
    for session in ending:
        session.end()
    if any(session.session_key == here for session in ending):
        logout(request)
        return redirect("admin:login")
    messages.success(request, f"Ended: {len(ending)}.")
    return redirect("admin:sessions")
