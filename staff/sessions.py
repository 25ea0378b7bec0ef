"""Where staff sees the sessions in which its own account has logged in, and ends them."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth import logout
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from staff.calendar.choice import id_in

SHOWN = 50

OTHERS = "others"
"""What the button says that ends all but this one."""


def show_sessions(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The page; posted to, it ends one of them, or all the others."""
    own = UserSession.objects.filter(user_id=request.user.pk)
    if request.method == "POST":
        return end_sessions(request, own)
    here = request.session.session_key
    context = site.each_context(request) | {
        "title": "Your sessions",
        "here": here,
        "others": OTHERS,
        "sessions": sorted(own.order_by("-last_seen_at", "-pk")[:SHOWN], key=lambda one: one.session_key != here),
    }
    return TemplateResponse(request, "admin/sessions.html", context)


def end_sessions(request: HttpRequest, own: QuerySet[UserSession]) -> HttpResponse:
    """Those that were chosen, of one's own: one by its id, or all but this one. Anything else chooses none."""
    here, chosen = request.session.session_key, request.POST.get("session", "")
    pk = id_in(chosen)
    ending = list(own.exclude(session_key=here) if chosen == OTHERS else own.filter(pk=pk) if pk else [])
    for session in ending:
        session.end()
    if any(session.session_key == here for session in ending):
        logout(request)
        return redirect("admin:login")
    messages.success(request, f"Ended: {len(ending)}.")
    return redirect("admin:sessions")
