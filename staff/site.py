"""The admin site: access, log-in and URLs."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, TypeVar, cast

from allauth.account.signals import password_changed
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from unfold.sites import UnfoldAdminSite

from accounts.attempts import consume_attempt
from accounts.hashers import slots
from accounts.second_factor import may_work_as_staff
from reservation.models import User
from reservation.time_zones import zone_named
from staff.calendar.urls import calendar_urls
from staff.home import home_context
from staff.log_in import StaffLogInForm
from staff.second_factor import may_set_up, set_up
from staff.sessions import show_sessions

View = TypeVar("View", bound=Callable[..., Any])


class StaffSite(UnfoldAdminSite):
    """Django's admin site with a second factor. It shows only the models that staff.admin registers."""

    login_form = StaffLogInForm
    login_template = "admin/log_in.html"
    index_title = "Home"

    def has_permission(self, request: HttpRequest) -> bool:
        """Returns whether the user is staff, in a session with the second factor that staff needs."""
        user = request.user
        return (
            super().has_permission(request)
            and isinstance(user, User)
            and may_work_as_staff(request.session, user_id=user.pk)
        )

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Returns the view in staff's time zone. A TemplateResponse is rendered here, before the zone is reset."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def view_in_staff_time_zone(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            with timezone.override(zone_named(settings.STAFF_TIME_ZONE)):
                response: HttpResponse = inner(request, *args, **kwargs)
                return response.render() if isinstance(response, TemplateResponse) else response

        return cast("View", view_in_staff_time_zone)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().index(request, home_context(request) | (extra_context or {}))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Logs in; a member of staff without the required second factor is redirected to set it up."""
        if request.method != "POST" and not self.has_permission(request) and may_set_up(request.user):
            return redirect("admin:second_factor")
        response = super().login(request, {"has_google": has_google(), **(extra_context or {})})
        if request.method == "POST" and response.status_code == 302:
            UserSession.objects.create_from_request(request)  # so that it is listed on the page of sessions
        return response

    def password_change(  # type: ignore[override] # redirects, too
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Changes the user's password, which ends every session, as in the API. Attempts are limited like log-ins."""
        user = request.user
        if request.method == "POST" and isinstance(user, User):
            slots.require_free()  # before anything is counted: a password that cannot be checked was not tried
            if not consume_attempt(user.email):
                return HttpResponse("Too many attempts. Try again later.", status=429, content_type="text/plain")
        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == 302 and isinstance(user, User):
            password_changed.send(User, request=request, user=user)
            logout(request)
            return redirect("admin:login")
        return response

    def get_urls(self) -> list[URLResolver | URLPattern]:
        return [
            *google_urls(self),
            path("second-factor/", partial(set_up, site=self), name="second_factor"),
            *calendar_urls(self),
            path("sessions/", self.admin_view(partial(show_sessions, site=self)), name="sessions"),
            *super().get_urls(),
        ]


def has_google() -> bool:
    """Returns whether the log-in with Google is configured."""
    return "allauth.socialaccount.providers.google" in settings.INSTALLED_APPS


def google_urls(site: StaffSite) -> list[URLPattern]:
    """Returns the paths of the log-in with Google, where that is configured: elsewhere its module cannot be loaded."""
    if not has_google():
        return []
    from staff import google

    return [
        path("log-in/google/", partial(google.start, site=site), name="google"),
        path("log-in/google/return/", partial(google.return_from_google, site=site), name="google_return"),
        path("log-in/google/code/", partial(google.ask_for_code, site=site), name="google_code"),
    ]
