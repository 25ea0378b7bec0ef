from typing import Any

from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from reservation.models import User
from staff.base import BoundedAdmin
from staff.instants import instant_column

PERMISSION_FIELDS = ("is_staff", "is_superuser", "groups", "user_permissions")
"""The fields that make an account one of staff, and grant it permissions."""


class NewUserForm(UserCreationForm):
    class Meta(UserCreationForm.Meta):
        model = User
        fields = ("email",)


class NewPasswordForm(AdminPasswordChangeForm):
    """Saves the password only: the other columns may have changed since the account was read."""

    def set_password_and_save(self, user: User, *, commit: bool = True, **kwargs: Any) -> User:
        super().set_password_and_save(user, commit=False, **kwargs)
        if commit:
            user.save(update_fields=["password"])
        return user


def is_superuser(request: HttpRequest) -> bool:
    return bool(request.user.is_active and getattr(request.user, "is_superuser", False))


@admin.register(User)
class UserAdmin(auth_admin.UserAdmin, BoundedAdmin):  # type: ignore[misc] # one paginator is narrower
    """Only a superuser grants permissions, or changes an account that has any: else staff could grant itself all."""

    form = UserChangeForm
    add_form = NewUserForm
    change_password_form = NewPasswordForm
    list_display = ("email", "is_staff", "is_superuser", "is_active", "logged_in")
    list_filter = ("is_staff", "is_superuser", "is_active", "groups")
    search_fields = ("email",)
    ordering = ("email",)
    sortable_by = ("email",)
    readonly_fields = ("logged_in", "joined")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (
            "What the account may do",
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        ("When", {"fields": (("logged_in", "joined"),)}),
    )
    logged_in = instant_column("last_login")
    joined = instant_column("date_joined")
    add_fieldsets = ((None, {"fields": ("email", "usable_password", "password1", "password2")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str] | tuple[str, ...]:
        return self.readonly_fields if is_superuser(request) else (*self.readonly_fields, *PERMISSION_FIELDS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (is_superuser(request) or not has_permissions(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (is_superuser(request) or not has_permissions(obj))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Saves, and deletes the former email address, which could still log in and would get the mails."""
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            EmailAddress.objects.filter(user=obj).exclude(email=obj.email).delete()


def has_permissions(account: User | None) -> bool:
    """Returns whether the account may do more than one of a client or a provider."""
    if account is None:
        return False
    return account.is_staff or account.is_superuser or account.groups.exists() or account.user_permissions.exists()


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(auth_admin.GroupAdmin, BoundedAdmin):
    """Only a superuser changes a group, since that grants permissions to all its members."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return is_superuser(request)
