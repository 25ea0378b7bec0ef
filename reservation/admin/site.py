"""The admin as a place: who may enter, and how."""

from functools import partial
from typing import Any

from allauth.account.signals import password_changed
from allauth.usersessions.models import UserSession
from django.contrib.admin import AdminSite
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path

from reservation.accounts import may_try
from reservation.admin.log_in import StaffLogInForm
from reservation.admin.second_factor import may_set_up, set_up
from reservation.models import User
from reservation.second_factor import may_work_as_staff


class StaffSite(AdminSite):
    """Django's, with a second factor. Only what `reservation.admin` registers is there to see."""

    site_header = site_title = "Appointments"
    login_form = StaffLogInForm
    login_template = "admin/log_in.html"

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether this is staff, in a session that is good for staff's work."""
        user = request.user
        return (
            super().has_permission(request)
            and isinstance(user, User)
            and may_work_as_staff(request.session, user_id=user.pk)
        )

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Log in; who lacks the second factor that is required sets it up."""
        if request.method != "POST" and not self.has_permission(request) and may_set_up(request.user):
            return redirect("admin:second_factor")
        response = super().login(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            UserSession.objects.create_from_request(request)  # so that its owner sees it listed, and can end it
        return response

    def password_change(  # type: ignore[override]  # it redirects, too
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Change one's own password, which ends every session, as over the API. Attempts count like those to log in."""
        user = request.user
        if request.method == "POST" and isinstance(user, User) and not may_try(user.email):
            return HttpResponse("Too many attempts. Try again later.", status=429, content_type="text/plain")
        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == 302 and isinstance(user, User):
            password_changed.send(User, request=request, user=user)
            logout(request)
            return redirect("admin:login")
        return response

    def get_urls(self) -> list[URLResolver | URLPattern]:
        return [path("second-factor/", partial(set_up, site=self), name="second_factor"), *super().get_urls()]
