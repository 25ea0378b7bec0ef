"""Where staff sees the sessions in which its own account has logged in, and ends them."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth import logout
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

SHOWN = 50


def show_sessions(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The page; posted to, it ends one of them, or all the others."""
    own = UserSession.objects.filter(user_id=request.user.pk)
    if request.method == "POST":
        return end_sessions(request, own)
    here = request.session.session_key
    context = site.each_context(request) | {
        "title": "Your sessions",
        "here": here,
        "sessions": sorted(own.order_by("-last_seen_at", "-pk")[:SHOWN], key=lambda one: one.session_key != here),
    }
    return TemplateResponse(request, "admin/sessions.html", context)


def end_sessions(request: HttpRequest, own: QuerySet[UserSession]) -> HttpResponse:
    """Those that were chosen, of one's own: one by its id, or all but this one."""
    here, chosen = request.session.session_key, request.POST.get("session", "")
    ending = list(own.filter(pk=chosen) if chosen.isdecimal() else own.exclude(session_key=here))
    for session in ending:
        session.end()
    if any(session.session_key == here for session in ending):
        logout(request)
        return redirect("admin:login")
    messages.success(request, f"Ended: {len(ending)}.")
    return redirect("admin:sessions")
